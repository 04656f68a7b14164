/** A filter in words, so that whoever wrote it can see what it means. */
import type { FilterRule } from '../../contract/record-filter.ts';

/** `drops records whose eventSource is "kms.amazonaws.com" and whose readOnly is true`. */
export function inWords({ action, texts, flags }: FilterRule): string {
  const conditions = [
    ...[...texts].map(([field, wanted]) => `whose ${field} ${oneOf(wanted.map(textInWords))}`),
    ...[...flags].map(([field, wanted]) => `whose ${field} is ${wanted}`),
  ];
  return `${action}s records ${conditions.join(' and ')}`;
}

function textInWords(text: string): string {
  const inner = text.slice(1, -1);
  if (!text.includes('*')) {
    return `is "${text}"`;
  }
  if (/^\*+$/.test(text)) {
    return 'is there';
  }
  if (text.endsWith('*') && !text.slice(0, -1).includes('*')) {
    return `begins with "${text.slice(0, -1)}"`;
  }
  if (text.startsWith('*') && !text.slice(1).includes('*')) {
    return `ends with "${text.slice(1)}"`;
  }
  if (text.startsWith('*') && text.endsWith('*') && !inner.includes('*')) {
    return `contains "${inner}"`;
  }
  return `is like "${text}"`;
}

function oneOf(alternatives: readonly string[]): string {
  return alternatives.join(' or ');
}

/** What is allowed, and does nothing. */
export function idleRules(rules: readonly FilterRule[]): string[] {
  const lastDrop = rules.findLastIndex(({ action }) => action === 'drop');
  return rules
    .slice(lastDrop + 1)
    .map(
      ({ name }) =>
        `"${name}" keeps what no later rule would drop: it does nothing. Put it before the rules that drop.`,
    );
}

/**
 * What a filter must do to records, worked out without the product's help: from parsed records, rule by rule, with
 * regular expressions.
 */
import { createHash } from 'node:crypto';
import { type FilterRule, parseRecordFilter } from '../../contract/record-filter.ts';

export interface GivenFilter {
  /** The value of the stack's parameter. */
  readonly text: string;
  /** What the ledger calls it; see `LedgerItem.filter`. */
  readonly fingerprint: string;
  /** The name of the rule that drops a record; `undefined` where it is kept. */
  droppingRule(record: object): string | undefined;
}

/**
 * @returns `undefined` where the text has no rules.
 * @throws RecordFilterError
 */
export function filterOf(text: string): GivenFilter | undefined {
  const filter = parseRecordFilter(text);
  if (filter === undefined) {
    return undefined;
  }
  return {
    text: filter.text,
    fingerprint: createHash('sha256').update(filter.text).digest('hex').slice(0, 16),
    droppingRule: (record) => {
      const decisive = filter.rules.find((rule) => matches(rule, new Map(Object.entries(record))));
      return decisive?.action === 'drop' ? decisive.name : undefined;
    },
  };
}

function matches({ texts, flags }: FilterRule, record: ReadonlyMap<string, unknown>): boolean {
  return (
    [...flags].every(([field, wanted]) => record.get(field) === wanted) &&
    [...texts].every(([field, wanted]) => {
      const value = record.get(field);
      return typeof value === 'string' && wanted.some((text) => expressionOf(text).test(value));
    })
  );
}

function expressionOf(text: string): RegExp {
  const literally = (piece: string) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${text.split('*').map(literally).join('.*')}$`, 's');
}

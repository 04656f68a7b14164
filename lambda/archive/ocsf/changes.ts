/**
 * Changes as vendors tell them without saying how: a list of fields with their old and new values, an object of them, that as
 * JSON in a string, or lines such as `name: old -> new`. Assumed: none of these shapes is published.
 */

import type { AuditChange } from '../../../contract/ocsf.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { isJsonObject, type JsonObject, writable } from './json.ts';

const FIELD_NAMES = ['field', 'fieldName', 'name', 'property', 'attribute', 'key', 'path'];
const OLD_NAMES = ['oldValue', 'old', 'before', 'from', 'previous', 'previousValue'];
const NEW_NAMES = ['newValue', 'new', 'after', 'to', 'current', 'currentValue'];
const ARROWS = ['->', '=>', '→'];

/**
 * @returns the changes; `undefined` where not every one can be told, so that the vendor's own value is kept instead. None is told of
 *   an empty value.
 */
export function readChanges(value: unknown): readonly AuditChange[] | undefined {
  const changes = typeof value === 'string' ? changesInText(value) : changesIn(value);
  return changes !== undefined && changes.length > 0 ? changes : undefined;
}

function changesInText(text: string): readonly AuditChange[] | undefined {
  const parsed = tryParseJson(text);
  if (typeof parsed === 'object') {
    return changesIn(parsed);
  }
  return allOf(
    text.split('\n').filter((line) => line.trim() !== ''),
    changeInLine,
  );
}

function changesIn(value: unknown): readonly AuditChange[] | undefined {
  if (Array.isArray(value)) {
    return allOf(value, (element) =>
      typeof element === 'string'
        ? changeInLine(element)
        : isJsonObject(element)
          ? namedChange(element)
          : undefined,
    );
  }
  if (!isJsonObject(value)) {
    return undefined;
  }
  const single = namedChange(value);
  return single === undefined
    ? allOf(Object.entries(value), ([field, content]) => pairOf(field, content) ?? readChange(field, content))
    : [single];
}

function allOf<T>(
  elements: readonly T[],
  read: (element: T) => AuditChange | undefined,
): readonly AuditChange[] | undefined {
  const changes: AuditChange[] = [];
  for (const element of elements) {
    const change = read(element);
    if (change === undefined) {
      return undefined;
    }
    changes.push(change);
  }
  return changes;
}

/** `{"field": "name", "oldValue": …, "newValue": …}` */
function namedChange(element: JsonObject): AuditChange | undefined {
  const field = firstOf(element, FIELD_NAMES);
  return typeof field === 'string' ? readChange(field, element) : undefined;
}

/** `{"old": …, "new": …}`, by any of the names that the two usually have. */
export function readChange(field: string, content: unknown): AuditChange | undefined {
  if (!isJsonObject(content)) {
    return undefined;
  }
  const [before, after] = [firstOf(content, OLD_NAMES), firstOf(content, NEW_NAMES)];
  return before === undefined && after === undefined ? undefined : change(field, before, after);
}

/** `["old", "new"]` */
function pairOf(field: string, content: unknown): AuditChange | undefined {
  return Array.isArray(content) && content.length === 2 ? change(field, content[0], content[1]) : undefined;
}

/** `name: old -> new` */
function changeInLine(line: string): AuditChange | undefined {
  const arrow = ARROWS.find((each) => line.includes(each));
  if (arrow === undefined) {
    return undefined;
  }
  const at = line.indexOf(arrow);
  const left = line.slice(0, at);
  const colon = left.search(/[:=]/);
  const field = left.slice(0, Math.max(colon, 0)).trim();
  return field === ''
    ? undefined
    : change(field, left.slice(colon + 1).trim(), line.slice(at + arrow.length).trim());
}

function change(field: string, before: unknown, after: unknown): AuditChange {
  return { field, label: inWords(field), old: writable(before ?? null), new: writable(after ?? null) };
}

function firstOf(element: JsonObject, names: readonly string[]): unknown {
  const name = names.find((each) => Object.hasOwn(element, each));
  return name === undefined ? undefined : element[name];
}

/** `roleID` and `role_id` are "Role ID" and "Role id". */
export function inWords(field: string): string {
  const words = field
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_\s.-]+/g, ' ')
    .trim()
    .split(' ')
    .map((word) => (/^[A-Z][a-z]+$/.test(word) ? word.toLowerCase() : word))
    .join(' ');
  return words === '' ? field : words.charAt(0).toUpperCase() + words.slice(1);
}

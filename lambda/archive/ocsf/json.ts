/** What a vendor's JSON may do to whoever maps it: be no object, or be nested so deeply that nothing can write it again. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Far more than a vendor's record has, far less than what `JSON.stringify` and Parquet readers can bear. */
const DEEPEST = 50;
const TOO_DEEP = '(nested too deeply; see raw_data)';

/** A copy that can be written as JSON again: what is nested too deeply is replaced by a note. */
export function writable(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (depth === DEEPEST) {
    return TOO_DEEP;
  }
  return Array.isArray(value)
    ? value.map((element) => writable(element, depth + 1))
    : // Not by assignment: a key may be `__proto__`.
      Object.fromEntries(
        Object.entries(value).map(([name, content]) => [name, writable(content, depth + 1)]),
      );
}

/** Without the members that are `undefined`, which JSON has not and Parquet need not know. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, content]) => content !== undefined)) as T;
}

/** The same; `undefined` where nothing is left. */
export function definedOrNone<T extends object>(object: T): T | undefined {
  const kept = defined(object);
  return Object.keys(kept).length > 0 ? kept : undefined;
}

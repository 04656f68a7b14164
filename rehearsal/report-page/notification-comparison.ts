/** Compares a bucket's notification document before, during and after, entry by entry. */

/** What one moment holds of an entry: the entry in canonical JSON, or null where it is absent. */
export type Held = string | null;

export interface ComparedEntry {
  /** Such as `QueueConfigurations` or `EventBridgeConfiguration`. */
  readonly kind: string;
  /** Its `Id`, where it has one. */
  readonly id: string | null;
  readonly before: Held;
  readonly during: Held;
  readonly after: Held;
}

/** What became of an entry. */
export type Fate = 'unchanged' | 'added, then removed' | 'changed meanwhile, then restored' | 'not restored';

export function fateOf({ before, during, after }: ComparedEntry): Fate {
  if (before !== after) return 'not restored';
  if (before === during) return 'unchanged';
  return before === null ? 'added, then removed' : 'changed meanwhile, then restored';
}

/**
 * Documents are shaped as S3's GetBucketNotificationConfiguration answers: lists of entries by kind, and
 * `EventBridgeConfiguration`, an empty object that means "on". Anything else is compared as a whole.
 */
export function compareNotifications(before: unknown, during: unknown, after: unknown): ComparedEntry[] {
  const moments = [before, during, after].map(entriesOf);
  const [first, second, third] = moments;
  const keys = new Set(moments.flatMap((entries) => [...entries.keys()]));
  return [...keys].map((key) => {
    const entry = moments.map((entries) => entries.get(key)).find((found) => found !== undefined);
    return {
      kind: entry?.kind ?? '',
      id: entry?.id ?? null,
      before: first?.get(key)?.json ?? null,
      during: second?.get(key)?.json ?? null,
      after: third?.get(key)?.json ?? null,
    };
  });
}

interface Entry {
  readonly kind: string;
  readonly id: string | null;
  readonly json: string;
}

/** Keyed so that the same entry has the same key at each moment. */
function entriesOf(document: unknown): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (kind: string, id: string | null, value: unknown) => {
    const json = canonicalJson(value);
    // Entries without an id are known by their content, and counted where it repeats.
    const name = JSON.stringify([kind, id ?? json]);
    let key = name;
    for (let copy = 2; entries.has(key); copy += 1) key = `${name} ${copy}`;
    entries.set(key, { kind, id, json });
  };
  if (isObject(document)) {
    for (const [kind, value] of Object.entries(document)) {
      if (Array.isArray(value)) for (const item of value) add(kind, idOf(item), item);
      // Known by its kind alone, so that another content is a change and not another entry.
      else if (value !== undefined && value !== null) add(kind, '', value);
    }
  } else if (document !== null && document !== undefined) {
    add('The whole document', '', document);
  }
  return entries;
}

function idOf(item: unknown): string | null {
  return isObject(item) && typeof item.Id === 'string' ? item.Id : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys, so that equal values have equal texts; indented where asked. */
export function canonicalJson(value: unknown, indent?: number): string {
  const sorted = (_key: string, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return JSON.stringify(value, sorted, indent) ?? 'undefined';
}

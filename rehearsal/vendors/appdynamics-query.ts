import { Refused } from './http.ts';
import { isJsonObject } from './validate.ts';

/** A request for audit history, understood. */
export interface HistoryQuery {
  /** Milliseconds since the epoch; both are included. */
  readonly from: number;
  readonly to: number;
  /** Whether an event is asked for. */
  readonly selects: (text: string) => boolean;
}

const DAY_MS = 24 * 3_600_000;

/** `yyyy-MM-dd'T'HH:mm:ss.SSSZ`; published clients also write the zone as `Z`. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(?:Z|[+-]\d{4})$/;

/** Fields of a record that can be filtered by. */
const FIELDS = new Set([
  'accountName',
  'action',
  'apiKeyId',
  'apiKeyName',
  'applicationName',
  'objectId',
  'objectName',
  'objectType',
  'securityProviderType',
  'userName',
]);

/**
 * `startTime`, `endTime`, and any number of `include` and `exclude`, each `field:value`. `timeZoneId` is taken, and changes
 * nothing: assumed, for the documentation's own examples name zones that there are not.
 *
 * Source: Splunk AppDynamics documentation, "Controller Audit Log".
 * @throws Refused with 400
 */
export function historyQuery(query: URLSearchParams): HistoryQuery {
  const from = timeOf(query, 'startTime');
  const to = timeOf(query, 'endTime');
  // Assumed: 400 for both, and the words.
  if (to < from) throw new Refused(400, 'endTime is before startTime.');
  if (to - from > DAY_MS) throw new Refused(400, 'The time range must not be more than 24 hours.');
  const included = filtersOf(query.getAll('include'));
  const excluded = filtersOf(query.getAll('exclude'));
  if (included.size === 0 && excluded.size === 0) return { from, to, selects: () => true };
  return {
    from,
    to,
    selects: (text) => {
      const values = valuesOf(text);
      const isOneOf = ([field, wanted]: [string, ReadonlySet<string>]) => wanted.has(values(field));
      // Of one field, any value; of several fields, every one. Assumed of excluding: a value of one field is enough to leave it out.
      return [...included].every(isOneOf) && ![...excluded].some(isOneOf);
    },
  };
}

function timeOf(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null) throw new Refused(400, `${name} is missing.`);
  const time = TIME.test(text) ? Date.parse(text.replace(/(\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  if (Number.isNaN(time)) throw new Refused(400, `${name} must be like yyyy-MM-dd'T'HH:mm:ss.SSSZ.`);
  return time;
}

/** Assumed: 400 for a filter that is none, or by a field that there is not. */
function filtersOf(filters: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byField = new Map<string, Set<string>>();
  for (const filter of filters) {
    const [field = ''] = filter.split(':', 1);
    if (!FIELDS.has(field) || field.length === filter.length) {
      throw new Refused(400, `A filter must be <field>:<value>, the field one of ${[...FIELDS].join(', ')}.`);
    }
    byField.set(field, (byField.get(field) ?? new Set()).add(filter.slice(field.length + 1)));
  }
  return byField;
}

/** A record's values as a filter writes them; what is absent or null is empty. */
function valuesOf(text: string): (field: string) => string {
  const record: unknown = JSON.parse(text);
  return (field) => String((isJsonObject(record) ? record[field] : undefined) ?? '');
}

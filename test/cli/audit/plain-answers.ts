/** The saved questions answered by hand: over rows in the archive's columns, without SQL. */
import type { AuditRow } from '../../../contract/audit-columns.ts';

type Answer = readonly Readonly<Record<string, unknown>>[];

const iso = (time: number) => new Date(time).toISOString();
const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
const text = (value: unknown) => String(value ?? '').toLowerCase();

/** A row's values as a query gives them. */
function pick(row: AuditRow, ...names: readonly (keyof AuditRow)[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      name === 'time' ? iso(row.time) : name === 'changes' ? json(row.changes) : row[name],
    ]),
  );
}

function newestFirst(rows: readonly AuditRow[]): readonly AuditRow[] {
  return rows.toSorted((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1));
}

const GRAVITIES = ['Low', 'Medium', 'High', 'Critical'];

function gravestFirst(rows: readonly AuditRow[]): readonly AuditRow[] {
  const gravity = ({ severity }: AuditRow) => GRAVITIES.indexOf(String(severity));
  return rows.toSorted((a, b) => gravity(b) - gravity(a));
}

/** `person` is whoever has an id, whether a row has the name or not. */
function cellOf(row: AuditRow, name: keyof AuditRow | 'person'): unknown {
  return name === 'person' ? (row.principal_id ?? row.principal) : row[name];
}

function grouped(rows: readonly AuditRow[], ...names: readonly (keyof AuditRow | 'person')[]) {
  const shown = names.filter((name) => name !== 'person');
  return [...Map.groupBy(rows, (row) => JSON.stringify(names.map((name) => cellOf(row, name)))).values()].map(
    (ofGroup) => ({ keys: pick(ofGroup[0] as AuditRow, ...shown), rows: ofGroup }),
  );
}

function nameIn(rows: readonly AuditRow[]): unknown {
  const named = rows.find(({ principal, principal_id: id }) => id !== null && principal !== id) ?? rows[0];
  return named?.principal ?? null;
}

const last = (rows: readonly AuditRow[]) => iso(Math.max(...rows.map(({ time }) => time)));
const first = (rows: readonly AuditRow[]) => iso(Math.min(...rows.map(({ time }) => time)));
const failures = (rows: readonly AuditRow[]) => rows.filter(({ outcome }) => outcome === 'Failure').length;
function distinct(rows: readonly AuditRow[], name: keyof AuditRow | 'person'): number {
  return new Set(rows.map((row) => cellOf(row, name)).filter((value) => value !== null)).size;
}

/** By the first name downwards where it says so, else upwards; nothing comes last. */
function sorted(answer: Answer, ...by: readonly string[]): Answer {
  return answer.toSorted((a, b) => {
    for (const each of by) {
      const name = each.replace(/^-/, '');
      const [x, y] = [a[name] ?? null, b[name] ?? null];
      if (x !== y) {
        if (x === null || y === null) {
          return x === null ? 1 : -1;
        }
        return (x < y ? -1 : 1) * (each.startsWith('-') ? -1 : 1);
      }
    }
    return 0;
  });
}

export const PLAIN_ANSWERS: Readonly<Record<string, (rows: readonly AuditRow[]) => Answer>> = {
  'look-first': (rows) =>
    gravestFirst(newestFirst(rows.filter(({ attention }) => attention !== null))).map((row) =>
      pick(
        row,
        'time',
        'severity',
        'source',
        'attention',
        'event',
        'principal',
        'source_ip',
        'object_type',
        'object_name',
        'message',
        'id',
      ),
    ),
  'sign-ins': (rows) =>
    sorted(
      grouped(
        rows.filter((row) => row.class_uid === 3002 && row.activity === 'Logon' && row.outcome === 'Success'),
        'source',
        'person',
      ).map((group) => ({
        ...group.keys,
        principal: nameIn(group.rows),
        sign_ins: group.rows.length,
        addresses: distinct(group.rows, 'source_ip'),
        first_time: first(group.rows),
        last_time: last(group.rows),
      })),
      '-sign_ins',
      'source',
      'principal',
    ),
  failures: (rows) =>
    newestFirst(rows.filter(({ outcome }) => outcome === 'Failure')).map((row) =>
      pick(
        row,
        'time',
        'source',
        'event',
        'principal',
        'source_ip',
        'object_type',
        'object_name',
        'message',
        'id',
      ),
    ),
  changes: (rows) =>
    newestFirst(rows.filter(({ changes }) => changes !== null)).map((row) =>
      pick(row, 'time', 'source', 'principal', 'event', 'object_type', 'object_name', 'changes', 'id'),
    ),
  'by-whom': (rows) =>
    sorted(
      grouped(
        rows.filter((row) => row.class_uid !== 3002 && row.activity !== 'Read'),
        'source',
        'person',
        'event',
      ).map((group) => ({
        ...group.keys,
        principal: nameIn(group.rows),
        times: group.rows.length,
        last_time: last(group.rows),
      })),
      '-times',
      'source',
      'principal',
      'event',
    ),
  'from-where': (rows) =>
    sorted(
      grouped(
        rows.filter((row) => row.source_ip !== null),
        'source_ip',
        'source',
      ).map((group) => ({
        ...group.keys,
        events: group.rows.length,
        principals: distinct(group.rows, 'person'),
        failures: failures(group.rows),
        last_time: last(group.rows),
      })),
      '-events',
      'source_ip',
      'source',
    ),
  'api-keys': (rows) =>
    newestFirst(
      rows.filter(
        ({ activity, outcome, event, object_type }) =>
          activity === 'Create' &&
          outcome !== 'Failure' &&
          [event, object_type].some((words) => /api.*key/.test(text(words))),
      ),
    ).map((row) =>
      pick(row, 'time', 'source', 'principal', 'object_name', 'object_id', 'event', 'source_ip', 'id'),
    ),
  people: (rows) =>
    newestFirst(
      rows.filter(
        ({ class_uid, activity, event }) =>
          class_uid === 3001 &&
          (activity === 'Create' || activity === 'Delete' || text(event).includes('invit')),
      ),
    ).map((row) =>
      pick(
        row,
        'time',
        'source',
        'event',
        'activity',
        'principal',
        'object_name',
        'object_id',
        'outcome',
        'id',
      ),
    ),
  'by-day': (rows) =>
    sorted(
      [...Map.groupBy(rows, (row) => `${iso(row.time).slice(0, 10)} ${row.source}`).values()].map(
        (group) => ({
          day: first(group).slice(0, 10),
          source: group[0]?.source,
          events: group.length,
          principals: distinct(group, 'person'),
          failures: failures(group),
        }),
      ),
      'day',
      'source',
    ),
  pending: (rows) =>
    newestFirst(
      rows.filter(
        (begun) =>
          begun.outcome === 'Pending' &&
          !rows.some(
            (ended) =>
              ended.source === begun.source &&
              ended.event === begun.event &&
              ended.pairing_id !== null &&
              ended.pairing_id === begun.pairing_id &&
              ended.time >= begun.time &&
              ended.time < begun.time + 24 * 3_600_000 &&
              ended.outcome !== 'Pending',
          ),
      ),
    ).map((row) => pick(row, 'time', 'source', 'event', 'principal', 'object_name', 'correlation_id', 'id')),
};

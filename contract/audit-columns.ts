/**
 * The archive's columns: an event as one flat row, for lists, reports and queries.
 *
 * One definition for all of them. A column is the first of its paths that an OCSF event holds; the views of Athena and DuckDB
 * are made of the same paths.
 */
import type { OcsfEvent } from './ocsf.ts';

export interface AuditColumn {
  /** As a column of the view `audit_events`. */
  readonly name: string;
  /** As a heading. */
  readonly heading: string;
  /** `time`: milliseconds since the epoch in a row, a timestamp in a view. `json`: a value in a row, its JSON text in a view. */
  readonly type: 'text' | 'number' | 'time' | 'json';
  /** Attribute paths in an OCSF event; `0` is a list's first element. */
  readonly paths: readonly (readonly string[])[];
}

/** Where the classes of what the vendors tell of hold its id. */
const OBJECT_IDS = [
  ['entity', 'uid'],
  ['group', 'uid'],
  ['resources', '0', 'uid'],
  ['user', 'uid'],
] as const;

const definitions = {
  time: { heading: 'Time', type: 'time', paths: [['time']] },
  source: { heading: 'Source', type: 'text', paths: [['metadata', 'log_source']] },
  event: { heading: 'Action', type: 'text', paths: [['metadata', 'event_code']] },
  activity: { heading: 'Activity', type: 'text', paths: [['activity_name']] },
  class: { heading: 'Class', type: 'text', paths: [['class_name']] },
  class_uid: { heading: 'Class UID', type: 'number', paths: [['class_uid']] },
  outcome: { heading: 'Outcome', type: 'text', paths: [['status']] },
  severity: { heading: 'Severity', type: 'text', paths: [['severity']] },
  attention: { heading: 'Look at first', type: 'text', paths: [['unmapped', 'attention']] },
  principal: {
    heading: 'User name',
    type: 'text',
    paths: [
      ['actor', 'user', 'name'],
      ['actor', 'user', 'uid'],
    ],
  },
  principal_id: { heading: 'User id', type: 'text', paths: [['actor', 'user', 'uid']] },
  api_key_id: {
    heading: 'API key id',
    type: 'text',
    paths: [['actor', 'user', 'programmatic_credentials', '0', 'uid']],
  },
  api_key_name: { heading: 'API key name', type: 'text', paths: [['unmapped', 'api_key_name']] },
  source_ip: { heading: 'Source address', type: 'text', paths: [['src_endpoint', 'ip']] },
  account_id: { heading: 'Account id', type: 'text', paths: [['cloud', 'account', 'uid']] },
  account_name: { heading: 'Account name', type: 'text', paths: [['cloud', 'account', 'name']] },
  application_name: { heading: 'Application name', type: 'text', paths: [['unmapped', 'application_name']] },
  object_type: {
    heading: 'Object type',
    type: 'text',
    paths: [
      ['unmapped', 'object_type'],
      ['entity', 'type'],
      ['group', 'type'],
      ['resources', '0', 'type'],
      ['user', 'type'],
    ],
  },
  object_id: { heading: 'Object id', type: 'text', paths: OBJECT_IDS },
  // Who was deleted or invited is often told by id alone: better that than an empty cell, as with a principal.
  object_name: {
    heading: 'Object name',
    type: 'text',
    paths: [
      ['entity', 'name'],
      ['group', 'name'],
      ['resources', '0', 'name'],
      ['user', 'name'],
      ...OBJECT_IDS,
    ],
  },
  changes: { heading: 'Object changes', type: 'json', paths: [['unmapped', 'changes']] },
  message: { heading: 'Description', type: 'text', paths: [['message']] },
  correlation_id: { heading: 'Correlation id', type: 'text', paths: [['metadata', 'correlation_uid']] },
  pairing_id: { heading: 'Pairing id', type: 'text', paths: [['unmapped', 'pairing_id']] },
  vendor_id: { heading: "Vendor's id", type: 'text', paths: [['metadata', 'original_event_uid']] },
  id: { heading: 'Archive id', type: 'text', paths: [['metadata', 'uid']] },
} as const satisfies Record<string, Omit<AuditColumn, 'name'>>;

export type AuditColumnName = keyof typeof definitions;

export const AUDIT_COLUMNS: readonly (AuditColumn & { readonly name: AuditColumnName })[] = Object.entries(
  definitions,
).map(([name, definition]) => ({ name: name as AuditColumnName, ...definition }));

/** An event in the archive's columns; `null` where it holds none of a column's paths. */
export type AuditRow = { readonly [Name in AuditColumnName]: unknown } & {
  readonly id: string;
  readonly time: number;
};

export function auditRow(event: OcsfEvent): AuditRow {
  return Object.fromEntries(
    AUDIT_COLUMNS.map(({ name, paths }) => [name, firstOf(event, paths)]),
  ) as AuditRow;
}

function firstOf(event: OcsfEvent, paths: AuditColumn['paths']): unknown {
  for (const path of paths) {
    const value = path.reduce<unknown>(
      (holder, step) => (holder as Record<string, unknown> | null | undefined)?.[step],
      event,
    );
    if (value !== undefined && value !== null) {
      return value;
    }
  }
  return null;
}

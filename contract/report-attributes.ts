/** What a report can show and be filtered by, and which names it goes by. */
import { AUDIT_COLUMNS, type AuditColumnName } from './audit-columns.ts';

/**
 * The attributes of a controller audit report, as AppDynamics names them. Source: Splunk AppDynamics documentation,
 * "Controller Audit Log". Its API writes the same names with a small first letter.
 */
export const REPORT_ATTRIBUTES = {
  ObjectType: 'object_type',
  ObjectName: 'object_name',
  UserName: 'principal',
  AccountName: 'account_name',
  ApplicationName: 'application_name',
  Action: 'event',
  ApiKeyId: 'api_key_id',
  ApiKeyName: 'api_key_name',
} as const satisfies Record<string, AuditColumnName>;

/** The archive's columns, and how an action ended or began that is told in two events. */
export type ReportColumnName = AuditColumnName | 'course';

export const REPORT_COLUMNS: readonly { readonly name: ReportColumnName; readonly heading: string }[] = [
  ...AUDIT_COLUMNS,
  { name: 'course', heading: 'Course of the action' },
];

const COLUMN_NAMES = REPORT_COLUMNS.map(({ name }) => name);

/** A column's own name wins over an attribute's; upper and lower case are one. */
const COLUMNS_BY_NAME: ReadonlyMap<string, ReportColumnName> = new Map([
  ...Object.entries(REPORT_ATTRIBUTES).map(([name, column]) => [name.toLowerCase(), column] as const),
  ...COLUMN_NAMES.map((name) => [name, name] as const),
]);

/** @param name a column of the archive (`object_type`), or an attribute (`ObjectType`, `objectType`) */
export function columnNamed(name: string): ReportColumnName | undefined {
  return COLUMNS_BY_NAME.get(name.trim().toLowerCase());
}

/** The range decides on the time; the others are no single text. */
const NOT_FILTERED: readonly ReportColumnName[] = ['time', 'changes', 'course'];

function isFiltered(column: ReportColumnName): column is AuditColumnName {
  return !NOT_FILTERED.includes(column);
}

/** For messages. */
export const COLUMN_CHOICE = [...Object.keys(REPORT_ATTRIBUTES), ...COLUMN_NAMES].join(', ');
export const FILTER_CHOICE = [...Object.keys(REPORT_ATTRIBUTES), ...COLUMN_NAMES.filter(isFiltered)].join(
  ', ',
);

/** `UserName:alice@example.com`, read. */
export interface ReportFilter {
  readonly column: AuditColumnName;
  /** `*` stands for any characters, also for none; a value of only `*` takes any value, but there must be one. */
  readonly value: string;
}

/** @returns `undefined` where the text is no filter: `<field>:<value>`, of a field that can be filtered by. */
export function readReportFilter(text: string): ReportFilter | undefined {
  const colon = text.indexOf(':');
  const column = columnNamed(text.slice(0, Math.max(0, colon)));
  const value = text.slice(colon + 1).trim();
  return column === undefined || !isFiltered(column) || value === '' ? undefined : { column, value };
}

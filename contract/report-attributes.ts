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

const COLUMN_NAMES = AUDIT_COLUMNS.map(({ name }) => name);

/** A column's own name wins over an attribute's; upper and lower case are one. */
const COLUMNS_BY_NAME: ReadonlyMap<string, AuditColumnName> = new Map([
  ...Object.entries(REPORT_ATTRIBUTES).map(([name, column]) => [name.toLowerCase(), column] as const),
  ...COLUMN_NAMES.map((name) => [name, name] as const),
]);

/** @param name a column of the archive (`object_type`), or an attribute (`ObjectType`, `objectType`) */
export function columnNamed(name: string): AuditColumnName | undefined {
  return COLUMNS_BY_NAME.get(name.trim().toLowerCase());
}

/** The range decides on the time, and object changes are no single text. */
const NOT_FILTERED: readonly AuditColumnName[] = ['time', 'changes'];

/** For messages. */
export const COLUMN_CHOICE = [...Object.keys(REPORT_ATTRIBUTES), ...COLUMN_NAMES].join(', ');
export const FILTER_CHOICE = [
  ...Object.keys(REPORT_ATTRIBUTES),
  ...COLUMN_NAMES.filter((name) => !NOT_FILTERED.includes(name)),
].join(', ');

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
  return column === undefined || NOT_FILTERED.includes(column) || value === ''
    ? undefined
    : { column, value };
}

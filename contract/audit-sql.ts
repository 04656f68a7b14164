/**
 * The archive's SQL: the view `audit_events`, which shows the events of all classes in the archive's columns.
 *
 * Athena (Trino) and DuckDB each have their words for a few things; everything else is written once.
 */
import { AUDIT_COLUMNS, type AuditColumn, type AuditColumnName } from './audit-columns.ts';
import {
  type AuditTableColumn,
  type ColumnType,
  columnsOf,
  isList,
  isStruct,
  OCSF_CLASS_NAMES,
  TIMESTAMP_COLUMN,
} from './audit-schema.ts';
import type { OcsfClassName } from './ocsf.ts';

/** What the two engines call differently. Arguments are expressions, but for keys, which are plain names. */
export interface SqlDialect {
  /** The text of a member of a JSON object, where it is a scalar. */
  readonly jsonScalar: (json: string, key: string) => string;
  /** The JSON text of a member of a JSON object. */
  readonly jsonMember: (json: string, key: string) => string;
  /** A list's first element, or NULL where it has none. */
  readonly first: (list: string) => string;
  /** A timestamp in UTC, of a text in ISO 8601 that ends with `Z`. */
  readonly timestamp: (text: string) => string;
  /** Whether what has no usable time is in tables of its own. */
  readonly undatedTables: boolean;
}

/** Source: Trino documentation, "JSON functions", "Array functions", "Date and time functions"; Athena's engine 3 is Trino. */
export const ATHENA: SqlDialect = {
  jsonScalar: (json, key) => `json_extract_scalar(${json}, '$.${key}')`,
  jsonMember: (json, key) => `json_format(json_extract(${json}, '$.${key}'))`,
  first: (list) => `element_at(${list}, 1)`,
  timestamp: (text) => `CAST(from_iso8601_timestamp(${text}) AS timestamp(3))`,
  undatedTables: true,
};

/** Source: DuckDB documentation, "JSON processing functions", "List functions". */
export const DUCKDB: SqlDialect = {
  jsonScalar: (json, key) => `json_extract_string(${json}, '$.${key}')`,
  jsonMember: (json, key) => `CAST(json_extract(${json}, '$.${key}') AS varchar)`,
  first: (list) => `list_extract(${list}, 1)`,
  timestamp: (text) => `CAST(${text} AS timestamp)`,
  undatedTables: false,
};

/** The name of the table with the events of a class. */
export function tableName(className: OcsfClassName): string {
  return `audit_${className}`;
}

/** The name of the table with those events of a class that have no usable time; in Athena only. */
export function undatedTableName(className: OcsfClassName): string {
  return `${tableName(className)}_undated`;
}

export const VIEWS = { audit: 'audit_events', cloudTrail: 'cloudtrail_events', all: 'all_events' } as const;

/** `20260301`: by it, a query reads no more files than it has to. A column of each table and each view. */
export const DAY_COLUMN = 'eventday';

export interface ViewColumn<Name extends string = string> {
  readonly name: Name;
  readonly type: SqlType;
}

/** The columns of each of the three views. */
export const VIEW_COLUMNS: readonly ViewColumn<AuditColumnName | typeof DAY_COLUMN>[] = [
  ...AUDIT_COLUMNS.map(({ name, type }) => ({ name, type: sqlType(type) })),
  { name: DAY_COLUMN, type: 'varchar' },
];

/** As both engines take them in a CAST. */
export type SqlType = 'varchar' | 'bigint' | 'timestamp';

function sqlType(type: AuditColumn['type']): SqlType {
  return type === 'time' ? 'timestamp' : type === 'number' ? 'bigint' : 'varchar';
}

/** The query that `audit_events` is. */
export function auditEventsSql(dialect: SqlDialect): string {
  const selects = OCSF_CLASS_NAMES.flatMap((className) =>
    [tableName(className), ...(dialect.undatedTables ? [undatedTableName(className)] : [])].map((table) =>
      selectOfClass(className, table, dialect),
    ),
  );
  return selects.join('\nUNION ALL\n');
}

/** The query that `all_events` is: CloudTrail's events among the archive's. */
export function allEventsSql(): string {
  const names = VIEW_COLUMNS.map(({ name }) => quoted(name)).join(', ');
  return [VIEWS.audit, VIEWS.cloudTrail].map((view) => `SELECT ${names} FROM ${view}`).join('\nUNION ALL\n');
}

function selectOfClass(className: OcsfClassName, table: string, dialect: SqlDialect): string {
  const columns = new Map(columnsOf(className).map((column) => [column.name as string, column]));
  const selected = AUDIT_COLUMNS.map(
    (column) =>
      // By the partition and not by what stands in the event, so that a query for one source reads no other's files.
      `${column.name === 'source' ? 'e."source"' : expressionOf(column, columns, dialect)} AS ${quoted(column.name)}`,
  );
  return `SELECT ${[...selected, `e.${quoted(DAY_COLUMN)}`].join(',\n  ')}\nFROM ${table} e`;
}

type Columns = ReadonlyMap<string, AuditTableColumn>;

/** The first of the column's paths that the event holds, as `auditRow` finds it. */
function expressionOf({ type, paths }: AuditColumn, columns: Columns, dialect: SqlDialect): string {
  if (type === 'time') {
    return `e.${quoted(TIMESTAMP_COLUMN)}`;
  }
  const found = paths.flatMap(([root = '', ...rest]) => {
    const column = columns.get(root);
    return column === undefined
      ? []
      : [expressionAt(`e.${quoted(root)}`, column.type, rest, { dialect, asJson: type === 'json' })];
  });
  const [only, ...others] = found;
  if (only === undefined) {
    return `CAST(NULL AS ${sqlType(type)})`;
  }
  const value = others.length === 0 ? only : `COALESCE(${found.join(', ')})`;
  return type === 'number' ? `CAST(${value} AS bigint)` : value;
}

function expressionAt(
  base: string,
  type: ColumnType,
  [step, ...rest]: readonly string[],
  how: { readonly dialect: SqlDialect; readonly asJson: boolean },
): string {
  if (step === undefined) {
    return base;
  }
  if (isList(type) && step === '0') {
    return expressionAt(how.dialect.first(base), type.list, rest, how);
  }
  const member = isStruct(type) ? type.struct[step] : undefined;
  if (member !== undefined) {
    return expressionAt(`${base}.${quoted(step)}`, member, rest, how);
  }
  if (type === 'json' && rest.length === 0) {
    return how.asJson ? how.dialect.jsonMember(base, step) : how.dialect.jsonScalar(base, step);
  }
  throw new TypeError(
    `There is no "${step}" at ${base}: the paths of AUDIT_COLUMNS and the columns of audit-schema.ts differ.`,
  );
}

/** Names such as `user`, `group` and `time` mean something else without quotation marks. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

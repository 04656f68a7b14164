/** The archive's tables and views in DuckDB's SQL: those of Athena, under the same names. */
import {
  CLOUDTRAIL_FIELDS,
  CLOUDTRAIL_TABLE,
  type CloudTrailType,
  cloudTrailEventsSql,
  isArray,
} from '../../contract/audit-cloudtrail.ts';
import {
  type ColumnType,
  columnsOf,
  isList,
  isStruct,
  OCSF_CLASS_NAMES,
  TIMESTAMP_COLUMN,
} from '../../contract/audit-schema.ts';
import {
  allEventsSql,
  auditEventsSql,
  DAY_COLUMN,
  DUCKDB,
  literal,
  quoted,
  tableName,
  VIEWS,
} from '../../contract/audit-sql.ts';
import type { OcsfClassName } from '../../contract/ocsf.ts';
import type { LocalFile } from './derived-files.ts';

export interface QueriedFiles {
  /** Parquet files of the archive. */
  readonly derived: readonly LocalFile[];
  /** CloudTrail's own files, compressed or not. */
  readonly cloudTrail: readonly { readonly path: string; readonly bytes: number }[];
  /** Milliseconds since the epoch; `to` is not among them. */
  readonly from: number;
  readonly to: number;
}

/** The statements that make all tables and views, in their order. */
export function viewStatements(files: QueriedFiles): readonly string[] {
  const tables = OCSF_CLASS_NAMES.map((className) => classTable(className, files));
  return [
    ...tables,
    `CREATE VIEW ${VIEWS.audit} AS ${auditEventsSql(DUCKDB)}`,
    cloudTrailLogs(files),
    `CREATE VIEW ${VIEWS.cloudTrail} AS ${cloudTrailEventsSql(DUCKDB)}`,
    `CREATE VIEW ${VIEWS.all} AS ${allEventsSql()}`,
  ];
}

/** The declared columns first, so that a class without files has them, and one with files of earlier versions all of them. */
function classTable(className: OcsfClassName, { derived, from, to }: QueriedFiles): string {
  const paths = derived.filter((file) => file.className === className).map(({ path }) => path);
  const empty = [
    ...columnsOf(className).map(({ name, type }) => `CAST(NULL AS ${duckDbType(type)}) AS ${quoted(name)}`),
    `CAST(NULL AS timestamp) AS ${quoted(TIMESTAMP_COLUMN)}`,
    'CAST(NULL AS varchar) AS "source"',
    `CAST(NULL AS varchar) AS ${quoted(DAY_COLUMN)}`,
  ];
  const declared = `SELECT ${empty.join(', ')} WHERE false`;
  const name = tableName(className);
  if (paths.length === 0) {
    return `CREATE VIEW ${name} AS ${declared}`;
  }
  return `CREATE VIEW ${name} AS ${declared}
UNION ALL BY NAME
SELECT * EXCLUDE (filename), "metadata"."log_source" AS "source", regexp_extract(filename, 'eventDay=(\\d{8})', 1) AS ${quoted(DAY_COLUMN)}
FROM read_parquet(${list(paths)}, filename = true, union_by_name = true, hive_partitioning = false)
WHERE "time" >= ${bigint(from)} AND "time" < ${bigint(to)}`;
}

function bigint(time: number): string {
  return Number.isFinite(time)
    ? String(Math.trunc(time))
    : time < 0
      ? '-9223372036854775807'
      : '9223372036854775807';
}

function list(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

const SCALARS = {
  string: 'varchar',
  json: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  boolean: 'boolean',
} as const;

function duckDbType(type: ColumnType): string {
  if (isList(type)) {
    return `${duckDbType(type.list)}[]`;
  }
  return isStruct(type)
    ? structOf(Object.entries(type.struct).map(([name, member]) => [name, duckDbType(member)]))
    : SCALARS[type];
}

function structOf(members: readonly (readonly [name: string, type: string])[]): string {
  return `STRUCT(${members.map(([name, type]) => `${quoted(name)} ${type}`).join(', ')})`;
}

/** Nested at any depth in a record, and kept as its JSON text. */
const FREE_FIELDS: ReadonlySet<string> = new Set([
  'requestParameters',
  'responseElements',
  'additionalEventData',
]);

function recordType(): string {
  return structOf(
    Object.entries(CLOUDTRAIL_FIELDS).map(([name, type]) => [
      name,
      FREE_FIELDS.has(name) ? 'JSON' : cloudTrailType(type),
    ]),
  );
}

function cloudTrailType(type: CloudTrailType): string {
  if (type === 'string') {
    return 'varchar';
  }
  if (isArray(type)) {
    return `${cloudTrailType(type[0])}[]`;
  }
  return structOf(Object.entries(type).map(([name, field]) => [name, cloudTrailType(field)]));
}

/** A file is one JSON object. Text is compressed to a twentieth of it at the most. */
const LEAST_OBJECT_BYTES = 16 * 1024 * 1024;
const INFLATION = 20;

function cloudTrailLogs({ cloudTrail, from, to }: QueriedFiles): string {
  const head = `CREATE VIEW ${CLOUDTRAIL_TABLE} AS SELECT unnest(r), "account", "region", "day" FROM`;
  if (cloudTrail.length === 0) {
    return `${head} (SELECT CAST(NULL AS ${recordType()}) AS r, CAST(NULL AS varchar) AS "account", CAST(NULL AS varchar) AS "region", CAST(NULL AS varchar) AS "day") WHERE false`;
  }
  const bytes = Math.max(LEAST_OBJECT_BYTES, ...cloudTrail.map((file) => file.bytes * INFLATION));
  const part = (pattern: string) => `nullif(regexp_extract(filename, ${literal(pattern)}, 1), '')`;
  return `${head} (
  SELECT unnest("Records") AS r, ${part('/(\\d{12})/CloudTrail/')} AS "account", ${part('/CloudTrail/([a-z0-9-]+)/')} AS "region", ${part('/(\\d{4}/\\d{2}/\\d{2})/[^/]*$')} AS "day"
  FROM read_json(${list(cloudTrail.map(({ path }) => path))}, columns = {Records: ${literal(`${recordType()}[]`)}}, format = 'auto', filename = true, maximum_object_size = ${bytes})
) WHERE epoch_ms(CAST(r."eventTime" AS timestamp)) >= ${bigint(from)} AND epoch_ms(CAST(r."eventTime" AS timestamp)) < ${bigint(to)}`;
}

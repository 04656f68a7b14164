/** The archive's tables and views as AWS Glue keeps them for Athena: plain data, of which the stack makes resources. */
import {
  AUDIT_SOURCES,
  type AuditSource,
  customSource,
  DERIVED_PREFIX,
  EXTERNAL_ACCOUNT,
  UNDATED_DAY,
} from './archive.ts';
import {
  type ColumnType,
  columnsOf,
  isList,
  isStruct,
  OCSF_CLASS_NAMES,
  TIMESTAMP_COLUMN,
} from './audit-schema.ts';
import { DAY_COLUMN, type SqlType, tableName, undatedTableName, type ViewColumn } from './audit-sql.ts';
import { OCSF_CLASSES, type OcsfClassName } from './ocsf.ts';

export interface GlueColumn {
  readonly name: string;
  /** Of Hive, such as `array<struct<uid:string>>`. */
  readonly type: string;
}

export interface GlueTable {
  readonly name: string;
  readonly description: string;
  /** `s3://…/` */
  readonly location: string;
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where the derived files are, and since when there may be any. */
export interface DerivedFiles {
  readonly bucket: string;
  /** The region in the layout: the stack's. */
  readonly awsRegion: string;
  /**
   * `20250101`. Athena finds no events of earlier days, but those without a usable time, which have tables of their own;
   * and each day more is looked for by every query that names no day.
   */
  readonly firstDay: string;
}

/**
 * Two tables a class: its events, and those without a usable time. A projected range of days has no gaps, and the two
 * decades between these would be looked into in vain by each query.
 */
export function auditTables({ firstDay, ...files }: DerivedFiles): readonly GlueTable[] {
  const dated = {
    type: 'date',
    format: 'yyyyMMdd',
    // A vendor's clock may be ahead.
    range: `${firstDay},NOW+2DAYS`,
    interval: '1',
    'interval.unit': 'DAYS',
  };
  const undated = { type: 'enum', values: UNDATED_DAY };
  return OCSF_CLASS_NAMES.flatMap((className) => [
    auditTable(className, { ...files, name: tableName(className), what: 'events', days: dated }),
    auditTable(className, {
      ...files,
      name: undatedTableName(className),
      what: 'events without a usable time',
      days: undated,
    }),
  ]);
}

interface TableOfClass extends Omit<DerivedFiles, 'firstDay'> {
  readonly name: string;
  readonly what: string;
  /** Properties of the projection of days. */
  readonly days: Readonly<Record<string, string>>;
}

/** Source: Amazon Athena User Guide, "Use partition projection with Amazon Athena", "Supported types for partition projection". */
function auditTable(
  className: OcsfClassName,
  { bucket, awsRegion, name, what, days }: TableOfClass,
): GlueTable {
  const root = `s3://${bucket}/${DERIVED_PREFIX}`;
  const folder = customSource(SOURCE_PLACEHOLDER, className);
  return {
    name,
    description: `OCSF ${OCSF_CLASSES[className].caption} (${OCSF_CLASSES[className].uid}) ${what} of the audit archive`,
    location: root,
    columns: [
      { name: TIMESTAMP_COLUMN, type: 'timestamp' },
      ...columnsOf(className).map(({ name, type }) => ({ name, type: hiveType(type) })),
    ],
    partitionKeys: [
      { name: 'source', type: 'string' },
      { name: DAY_COLUMN, type: 'string' },
    ],
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.source.type': 'enum',
      'projection.source.values': AUDIT_SOURCES.join(','),
      ...Object.fromEntries(
        Object.entries(days).map(([property, value]) => [`projection.${DAY_COLUMN}.${property}`, value]),
      ),
      'storage.location.template': `${root}${folder}/region=${awsRegion}/accountId=${EXTERNAL_ACCOUNT}/eventDay=\${${DAY_COLUMN}}/`,
    },
  };
}

/** What Athena puts the source's name for. */
const SOURCE_PLACEHOLDER = `\${source}` as AuditSource;

const HIVE_SCALARS = {
  string: 'string',
  json: 'string',
  int: 'int',
  bigint: 'bigint',
  boolean: 'boolean',
} as const;

function hiveType(type: ColumnType): string {
  if (isList(type)) {
    return `array<${hiveType(type.list)}>`;
  }
  if (isStruct(type)) {
    const members = Object.entries(type.struct).map(([name, member]) => `${name}:${hiveType(member)}`);
    return `struct<${members.join(',')}>`;
  }
  return HIVE_SCALARS[type];
}

/** The columns that Glue knows a view by; the view itself is in its text. */
export function glueColumns(columns: readonly ViewColumn[]): readonly GlueColumn[] {
  return columns.map(({ name, type }) => ({ name, type: HIVE_OF_SQL[type] }));
}

const HIVE_OF_SQL: Readonly<Record<SqlType, string>> = {
  varchar: 'string',
  bigint: 'bigint',
  timestamp: 'timestamp',
};

/** Trino's own name of a timestamp in milliseconds, which is what Athena reads from Parquet. */
const TRINO_OF_SQL: Readonly<Record<SqlType, string>> = {
  varchar: 'varchar',
  bigint: 'bigint',
  timestamp: 'timestamp(3)',
};

/**
 * A view's definition, as Athena keeps it in Glue: the table's original text is `PRESTO_VIEW_PREFIX`, this in Base64, and
 * `PRESTO_VIEW_SUFFIX`; its type is `VIRTUAL_VIEW`. Source: Trino, `ViewReaderUtil` and `ConnectorViewDefinition`; assumed
 * of Athena, which writes its own views so and documents it nowhere.
 */
export function prestoView(sql: string, database: string, columns: readonly ViewColumn[]): string {
  return JSON.stringify({
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: TRINO_OF_SQL[type] })),
  });
}

export const PRESTO_VIEW_PREFIX = '/* Presto View: ';
export const PRESTO_VIEW_SUFFIX = ' */';
export const PRESTO_VIEW_PARAMETERS: Readonly<Record<string, string>> = {
  presto_view: 'true',
  comment: 'Presto View',
};

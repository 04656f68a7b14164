/** CloudTrail's own files as a table, and the view that shows them in the archive's columns. */
import type { AuditColumnName } from './audit-columns.ts';
import { type DAY_COLUMN, quoted, type SqlDialect, VIEW_COLUMNS, type ViewColumn } from './audit-sql.ts';
import type { GlueTable } from './audit-tables.ts';

export const CLOUDTRAIL_TABLE = 'cloudtrail_logs';

/** What a file's place tells; a day is `2026/01/31`. */
const PARTITIONS = ['account', 'region', 'day'] as const;

/** Of a Glue table; in DuckDB a `struct` is made of the same. */
export type CloudTrailType =
  | 'string'
  | { readonly [Field in string]: CloudTrailType }
  | readonly [CloudTrailType];

/**
 * The fields of a record, under CloudTrail's names; SQL asks for them in any case. Objects that differ from service to
 * service are text. Source: Amazon Athena User Guide, "Create a table for CloudTrail logs in Athena using partition
 * projection"; AWS CloudTrail User Guide, "CloudTrail record contents".
 */
export const CLOUDTRAIL_FIELDS = {
  eventVersion: 'string',
  userIdentity: {
    type: 'string',
    principalId: 'string',
    arn: 'string',
    accountId: 'string',
    invokedBy: 'string',
    accessKeyId: 'string',
    userName: 'string',
    onBehalfOf: { userId: 'string', identityStoreArn: 'string' },
    sessionContext: {
      attributes: { mfaAuthenticated: 'string', creationDate: 'string' },
      sessionIssuer: {
        type: 'string',
        principalId: 'string',
        arn: 'string',
        accountId: 'string',
        userName: 'string',
      },
    },
  },
  eventTime: 'string',
  eventSource: 'string',
  eventName: 'string',
  awsRegion: 'string',
  sourceIPAddress: 'string',
  userAgent: 'string',
  errorCode: 'string',
  errorMessage: 'string',
  requestParameters: 'string',
  responseElements: 'string',
  additionalEventData: 'string',
  requestID: 'string',
  eventID: 'string',
  readOnly: 'string',
  resources: [{ ARN: 'string', accountId: 'string', type: 'string' }],
  eventType: 'string',
  eventCategory: 'string',
  recipientAccountId: 'string',
  sharedEventID: 'string',
  vpcEndpointId: 'string',
} as const satisfies Record<string, CloudTrailType>;

/** Where a trail's files are. */
export interface TrailFiles {
  /** `s3://<bucket>/<prefix>AWSLogs/`, and of an organisation trail the organisation's id and a slash. */
  readonly location: string;
  /** Twelve digits each. */
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** `2026/01/01`: no file is older. */
  readonly firstDay: string;
}

/**
 * The Glue table over a trail's files. Every account, region and day of it is looked for when a query names none.
 *
 * Source: Amazon Athena User Guide, as above; the input format takes the records out of the files' one array.
 */
export function cloudTrailTable({ location, accounts, regions, firstDay }: TrailFiles): GlueTable {
  return {
    name: CLOUDTRAIL_TABLE,
    description: "CloudTrail's own files, where they lie",
    location,
    columns: Object.entries(CLOUDTRAIL_FIELDS).map(([name, type]) => ({
      name: name.toLowerCase(),
      type: hiveType(type),
    })),
    partitionKeys: PARTITIONS.map((name) => ({ name, type: 'string' })),
    inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe',
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'cloudtrail',
      'projection.enabled': 'true',
      'projection.account.type': 'enum',
      'projection.account.values': accounts.join(','),
      'projection.region.type': 'enum',
      'projection.region.values': regions.join(','),
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy/MM/dd',
      'projection.day.range': `${firstDay},NOW+1DAYS`,
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'storage.location.template': `${location}\${account}/CloudTrail/\${region}/\${day}/`,
    },
  };
}

function hiveType(type: CloudTrailType): string {
  if (type === 'string') {
    return type;
  }
  if (isArray(type)) {
    return `array<${hiveType(type[0])}>`;
  }
  const fields = Object.entries(type).map(([name, field]) => `${name.toLowerCase()}:${hiveType(field)}`);
  return `struct<${fields.join(',')}>`;
}

/** Array.isArray does not know read-only ones. */
export function isArray(type: CloudTrailType): type is readonly [CloudTrailType] {
  return Array.isArray(type);
}

/** Signing in is Authentication here, too; everything else is API Activity. Source: AWS CloudTrail User Guide, "AWS Management Console sign-in events". */
const IS_SIGN_IN = `t.eventsource IN ('signin.amazonaws.com', 'sso.amazonaws.com') AND t.eventname IN ('ConsoleLogin', 'UserAuthentication')`;

/** Each column of the archive, of a record `t`; what CloudTrail does not tell is NULL. */
const EXPRESSIONS: Readonly<Record<AuditColumnName | typeof DAY_COLUMN, (dialect: SqlDialect) => string>> = {
  time: ({ timestamp }) => timestamp('t.eventtime'),
  source: () => `'cloudtrail'`,
  event: () => 't.eventname',
  activity: () =>
    `CASE WHEN ${IS_SIGN_IN} THEN 'Logon' WHEN lower(t.readonly) = 'true' THEN 'Read' ELSE 'Other' END`,
  class: () => `CASE WHEN ${IS_SIGN_IN} THEN 'Authentication' ELSE 'API Activity' END`,
  class_uid: () => `CAST(CASE WHEN ${IS_SIGN_IN} THEN 3002 ELSE 6003 END AS bigint)`,
  outcome: ({ jsonScalar }) =>
    `CASE WHEN t.errorcode IS NOT NULL OR (t.eventname = 'ConsoleLogin' AND ${jsonScalar('t.responseelements', 'ConsoleLogin')} = 'Failure') THEN 'Failure' ELSE 'Success' END`,
  severity: () => `'Informational'`,
  attention: () => NO_TEXT,
  principal: () =>
    'COALESCE(t.useridentity.username, t.useridentity.arn, t.useridentity.invokedby, t.useridentity.principalid)',
  principal_id: () => 't.useridentity.principalid',
  api_key_id: () => 't.useridentity.accesskeyid',
  api_key_name: () => NO_TEXT,
  source_ip: () => 't.sourceipaddress',
  account_id: () => 'COALESCE(t.recipientaccountid, t.useridentity.accountid)',
  account_name: () => NO_TEXT,
  application_name: () => 't.eventsource',
  object_type: ({ first }) => `${first('t.resources')}.type`,
  object_id: ({ first }) => `${first('t.resources')}.arn`,
  object_name: ({ first }) => `${first('t.resources')}.arn`,
  changes: () => NO_TEXT,
  message: () => 'COALESCE(t.errormessage, t.eventname)',
  correlation_id: () => 't.sharedeventid',
  pairing_id: () => NO_TEXT,
  vendor_id: () => 't.eventid',
  id: () => 't.eventid',
  eventday: () => `replace(t.day, '/', '')`,
};

const NO_TEXT = 'CAST(NULL AS varchar)';

/**
 * The columns of `cloudtrail_events`: those of all views, then the partitions as they are. Whoever names these reads no
 * other files; `eventday` is computed, and whether Athena skips files by it is for its planner to see.
 */
export const CLOUDTRAIL_VIEW_COLUMNS: readonly ViewColumn[] = [
  ...VIEW_COLUMNS,
  ...PARTITIONS.map((name) => ({ name, type: 'varchar' as const })),
];

/** The query that `cloudtrail_events` is. */
export function cloudTrailEventsSql(dialect: SqlDialect): string {
  const selected = [
    ...VIEW_COLUMNS.map(({ name }) => `${EXPRESSIONS[name](dialect)} AS ${quoted(name)}`),
    ...PARTITIONS.map((name) => `t.${quoted(name)} AS ${quoted(name)}`),
  ];
  return `SELECT ${selected.join(',\n  ')}\nFROM ${CLOUDTRAIL_TABLE} t`;
}

/** The parameters and outputs of the `AuditArchive` stack, and the patterns that only it has. */
import { PARAMETERS } from './parameters.ts';

/** `https://<host>`, with a port where the controller is one's own; no path. */
export const CONTROLLER_URL_PATTERN = '^$|^https://[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?(:\\d{1,5})?/?$';
/** `<user or API client>@<account>`. A user's name may itself be an e-mail address. */
export const CONTROLLER_PRINCIPAL_PATTERN = '^$|^[^:\\s]+@[^@:\\s]+$';
/** Source: IBM Cloud Object Storage documentation, "Bucket naming conventions". */
export const IBM_BUCKET_NAME_PATTERN = '^$|^[0-9a-z][0-9a-z.-]{1,61}[0-9a-z]$';
/** Such as `eu-de`, `us` (cross-region) or `ams03` (a single site). */
export const IBM_BUCKET_REGION_PATTERN = '^$|^[a-z]{2}[0-9a-z-]*$';
/** `<access key id>:<secret access key>`. */
export const HMAC_KEY_PATTERN = '^$|^[^:\\s]+:\\S+$';
export const OBJECT_KEY_PREFIX_PATTERN = "^[0-9a-zA-Z!_.*'()=/-]*$";
/** Source: AWS Organizations API Reference, "Organization". */
export const ORGANIZATION_ID_PATTERN = '^$|^o-[0-9a-z]{10,32}$';
export const ACCOUNT_IDS_PATTERN = '^$|^\\d{12}(,\\d{12})*$';
export const REGIONS_PATTERN = '^[a-z]{2}(-[a-z]+)+-\\d(,[a-z]{2}(-[a-z]+)+-\\d)*$';
/**
 * Where a trail of all regions may have files: a query looks for them in these, and finds no others.
 *
 * Source: AWS General Reference, "AWS CloudTrail endpoints and quotas"; without China and GovCloud, which are apart.
 */
export const TRAIL_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
] as const;
/** A JSON list, by its look; the function that uses it looks into it. */
export const JSON_LIST_PATTERN = '^\\s*\\[[\\s\\S]*\\]\\s*$';
/**
 * `2022-01-01`, from 2001 on: what has no usable time is filed before that, and has tables of its own. (A day that no month
 * has is let through; there are no files of it.)
 */
export const QUERIED_DAY_PATTERN = '^20(0[1-9]|[1-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$';
/** Of a role, a user or an account's root user; no pattern. Source: AWS IAM User Guide, "IAM identifiers". */
export const PRINCIPAL_ARN_PATTERN = '^$|^arn:[a-z-]+:iam::\\d{12}:(root|(role|user)/[0-9a-zA-Z+=,.@_/-]+)$';
/** 1 to 36500, the most that Object Lock takes (Amazon S3 API Reference, "DefaultRetention"). */
export const LOCK_DAYS_PATTERN = '^([1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36[0-4][0-9]{2}|36500)$';

export const OBJECT_LOCK_MODES = ['GOVERNANCE', 'COMPLIANCE'] as const;

export const ARCHIVE_PARAMETERS = {
  cloudOneApiKey: PARAMETERS.cloudOneApiKey,
  cloudOneApiKeySecretArn: PARAMETERS.cloudOneApiKeySecretArn,
  cloudOneRegion: 'CloudOneAuditRegion',
  controllerUrl: 'AppDynamicsControllerUrl',
  principal: 'AppDynamicsPrincipal',
  authentication: 'AppDynamicsAuthentication',
  credential: 'AppDynamicsCredential',
  credentialSecretArn: 'AppDynamicsCredentialSecretArn',
  include: 'AppDynamicsInclude',
  exclude: 'AppDynamicsExclude',
  ibmBucketName: 'IbmCloudBucketName',
  ibmBucketRegion: 'IbmCloudBucketRegion',
  ibmKeyPrefix: 'IbmCloudKeyPrefix',
  ibmHmacKey: 'IbmCloudHmacKey',
  ibmHmacKeySecretArn: 'IbmCloudHmacKeySecretArn',
  lockMode: 'ObjectLockMode',
  lockDays: 'ObjectLockRetentionDays',
  coldStorageAfterDays: 'ColdStorageAfterDays',
  rawAdministratorArn: 'RawRecordsAdministratorArn',
  firstQueriedDay: 'QueriesFirstDay',
  cloudTrailBucketName: 'CloudTrailBucketName',
  cloudTrailKeyPrefix: 'CloudTrailKeyPrefix',
  cloudTrailOrganizationId: 'CloudTrailOrganizationId',
  cloudTrailAccountIds: 'CloudTrailAccountIds',
  cloudTrailRegions: 'CloudTrailRegions',
  reports: 'AuditReports',
  reportMailFrom: 'ReportMailFrom',
  secretsKeyArn: PARAMETERS.secretsKeyArn,
  revision: PARAMETERS.revision,
  alarmEmail: PARAMETERS.alarmEmail,
  permissionsBoundaryArn: PARAMETERS.permissionsBoundaryArn,
} as const;

/** What the code calls a parameter. */
export type ArchiveParameterKey = keyof typeof ARCHIVE_PARAMETERS;

/** Outputs; those of what is switched off are not there. */
export const ARCHIVE_OUTPUTS = {
  rawBucket: 'RawBucketName',
  rawKeyArn: 'RawKeyArn',
  derivedBucket: 'DerivedBucketName',
  table: 'ArchiveTableName',
  cloudOneCollector: 'CloudOneCollector',
  appDynamicsCollector: 'AppDynamicsCollector',
  ibmCloudCollector: 'IbmCloudCollector',
  derivation: 'Derivation',
  reports: 'Reports',
  workGroup: 'AthenaWorkGroup',
  database: 'AthenaDatabase',
  alarmTopicArn: 'AlarmTopicArn',
} as const;

/** Folder of the derived bucket that Athena writes results to. */
export const QUERY_RESULTS_PREFIX = 'query-results/';

/**
 * The parameters of the `CloudOne` stack: the names, defaults and patterns that a user, the templates, the
 * command line tool and the rehearsal share.
 *
 * The first group has the names, defaults and patterns of Trend Micro's own onboarding solution, so that
 * what people know, and have scripted, goes on working.
 */
export const BUCKET_NAME_PATTERN = '^$|^[0-9a-zA-Z]([0-9a-zA-Z-]*[0-9a-zA-Z])?$';
export const CLOUD_ONE_API_KEY_PATTERN = '^$|^[^:\\s]+:\\S+$';
export const TOKEN_PATTERN = '^\\S*$';
export const VISION_ONE_URL_PATTERN = '^$|^https://[0-9a-zA-Z.-]+\\.xdr\\.trendmicro\\.(com|co\\.jp)/\\S*$';
/**
 * A secret's whole ARN, with the six characters that Secrets Manager puts behind its name: an IAM policy
 * matches no other (AWS Secrets Manager User Guide, "Permissions policy examples").
 */
export const SECRET_ARN_PATTERN =
  '^$|^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\\d{12}:secret:[0-9a-zA-Z/_+=.@!-]+-[0-9a-zA-Z]{6}$';
export const KEY_ARN_PATTERN = '^$|^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[0-9a-zA-Z-]+$';
/** Days, from 0 to 3650: ten years. */
export const DAYS_PATTERN = '^([0-9]|[1-9][0-9]{1,2}|[12][0-9]{3}|3[0-5][0-9]{2}|36[0-4][0-9]|3650)$';
export const POLICY_ARN_PATTERN = '^$|^arn:[a-z-]+:iam::(\\d{12}|aws):policy/[0-9a-zA-Z+=,.@_/-]+$';
/** A JSON list, by its look, or nothing; a custom resource looks into it. */
export const OPTIONAL_JSON_LIST_PATTERN = '^\\s*(\\[[\\s\\S]*\\]\\s*)?$';
export const EMAIL_PATTERN = '^$|^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$';
export const AWS_ACCOUNT_ID_PATTERN = '^\\d{12}$';
/** Where something may be elsewhere; empty where the stack is. */
export const OTHER_REGION_PATTERN = '^$|^[a-z]{2}(-[a-z]+)+-\\d$';
export const OTHER_ACCOUNT_ID_PATTERN = '^$|^\\d{12}$';

/** Hours without a new file after which an alarm goes off. The health check looks no further back than the last. */
export const QUIET_HOURS = ['1', '3', '6', '12', '24'] as const;
export const DEFAULT_QUIET_HOURS = '3';

/** AWS account of Trend Cloud One Workload Security. Source: the vendor's published onboarding template. */
export const WORKLOAD_SECURITY_ACCOUNT_ID = '147995105371';

export const PARAMETERS = {
  cloudOneApiKey: 'CloudOneApiKey',
  cloudOneApiKeySecretArn: 'CloudOneApiKeySecretArn',
  visionOneServiceToken: 'VisionOneServiceToken',
  visionOneServiceTokenSecretArn: 'VisionOneServiceTokenSecretArn',
  visionOneApiKey: 'VisionOneApiKey',
  visionOneApiKeySecretArn: 'VisionOneApiKeySecretArn',
  visionOneRegion: 'VisionOneRegion',
  createNewTrail: 'CreateNewTrail',
  existingCloudtrailBucketName: 'ExistingCloudtrailBucketName',
  cloudtrailBucketRegion: 'CloudtrailBucketRegion',
  cloudtrailBucketAccountId: 'CloudtrailBucketAccountId',
  forwardingDestination: 'ForwardingDestination',
  visionOneIngestUrl: 'VisionOneIngestUrl',
  visionOneIngestToken: 'VisionOneIngestToken',
  visionOneIngestTokenSecretArn: 'VisionOneIngestTokenSecretArn',
  forwardingFilter: 'ForwardingFilter',
  secretsKeyArn: 'SecretsKeyArn',
  cloudOneAccountTemplateUrl: 'CloudOneAccountTemplateUrl',
  workloadSecurityAccountId: 'WorkloadSecurityAccountId',
  trailKeyArn: 'TrailKeyArn',
  backfillDays: 'BackfillDays',
  repairNotifications: 'RepairNotifications',
  logBucketOnDelete: 'LogBucketOnDelete',
  onVendorDeleteFailure: 'OnVendorDeleteFailure',
  revision: 'Revision',
  permissionsBoundaryArn: 'PermissionsBoundaryArn',
  alarmEmail: 'AlarmEmail',
  quietHours: 'AlarmAfterQuietHours',
} as const;

/** What the code calls a parameter. */
export type ParameterKey = keyof typeof PARAMETERS;

/** Parameters of the `Relay` stack, which is launched where a bucket is that the `CloudOne` stack is not. */
export const RELAY_PARAMETERS = {
  bucketName: 'CloudtrailBucketName',
  trailbridgeRegion: 'TrailbridgeRegion',
  trailbridgeAccountId: 'TrailbridgeAccountId',
  permissionsBoundaryArn: PARAMETERS.permissionsBoundaryArn,
  alarmEmail: PARAMETERS.alarmEmail,
} as const;

/** Outputs of the `CloudOne` stack. None has a parameter's name: CloudFormation would not mind, the CDK does. */
export const OUTPUTS = {
  bucketName: 'CloudTrailBucketName',
  queueUrl: 'ForwardingQueueUrl',
  deadLetterQueueUrl: 'DeadLetterQueueUrl',
  ledgerTable: 'LedgerTableName',
  forwarderMappingId: 'ForwarderMappingId',
  eventDeadLetterQueueUrl: 'EventDeadLetterQueueUrl',
  listingQueueUrl: 'ListingQueueUrl',
  listingDeadLetterQueueUrl: 'ListingDeadLetterQueueUrl',
  destination: 'Destination',
  vendorClientStack: 'VendorClientStack',
  apiKeySecretArn: 'ApiKeySecretArn',
  cloudOneAccountId: 'CloudOneAccountId',
  cloudOneRegion: 'CloudOneRegion',
  visionOneStatus: 'VisionOneConnectionStatus',
  alarmTopicArn: 'AlarmTopicArn',
} as const;

import {
  ACCOUNT_IDS_PATTERN,
  type ArchiveParameterKey,
  CONTROLLER_PRINCIPAL_PATTERN,
  CONTROLLER_URL_PATTERN,
  HMAC_KEY_PATTERN,
  IBM_BUCKET_NAME_PATTERN,
  IBM_BUCKET_REGION_PATTERN,
  JSON_LIST_PATTERN,
  LOCK_DAYS_PATTERN,
  OBJECT_KEY_PREFIX_PATTERN,
  OBJECT_LOCK_MODES,
  ORGANIZATION_ID_PATTERN,
  PRINCIPAL_ARN_PATTERN,
  QUERIED_DAY_PATTERN,
  REGIONS_PATTERN,
  TRAIL_REGIONS,
} from '../../contract/archive-parameters.ts';
import {
  BUCKET_NAME_PATTERN,
  DAYS_PATTERN,
  EMAIL_PATTERN,
  OPTIONAL_JSON_LIST_PATTERN,
} from '../../contract/parameters.ts';
import { CLOUD_ONE_REGIONS } from '../../contract/regions.ts';
import { MAXIMUM_REPORTS_BYTES } from '../../contract/report.ts';
import { DECLARATIONS } from './declarations.ts';
import type { DeclaredParameter } from './declared.ts';
import { oneOf, secretArn, secretText } from './forms.ts';

/** Groups of the CloudFormation console's form, in its order. */
export const ARCHIVE_GROUPS = {
  cloudOne: 'Trend Cloud One: collected where an API key is given',
  appDynamics: 'Splunk AppDynamics: collected where a controller is given',
  ibmCloud: 'IBM Cloud: collected where a bucket is given',
  retention: 'What is kept, and how long',
  queries: 'Queries: of CloudTrail beside the archive where a bucket is given',
  reports: 'Reports: made where some are defined',
  operation: 'Secrets and updates',
  account: 'This AWS account',
} as const;

const keyPrefix = {
  default: '',
  allowedPattern: OBJECT_KEY_PREFIX_PATTERN,
  constraintDescription: "Letters, digits and !_.*'()=/- only.",
};
/** Controller filters, as the audit history takes them. */
const eventFilter = {
  default: '[]',
  allowedPattern: JSON_LIST_PATTERN,
  constraintDescription: 'A JSON list of field:value texts, such as ["action:LOGIN"].',
};

/** The parameters of the `AuditArchive` stack, in the order of the console's form. */
export const ARCHIVE_DECLARATIONS = {
  cloudOneApiKey: {
    ...DECLARATIONS.cloudOneApiKey,
    group: 'cloudOne',
    description:
      'API key of the Trend Cloud One account, <id>:<secret>, that may read the audit log. Leave it and CloudOneApiKeySecretArn empty not to collect.',
  },
  cloudOneApiKeySecretArn: DECLARATIONS.cloudOneApiKeySecretArn,
  cloudOneRegion: {
    group: 'cloudOne',
    label: 'Region of the account',
    description: "Region of the Trend Cloud One account. It need not belong to this stack's AWS region.",
    ...oneOf(CLOUD_ONE_REGIONS),
  },
  controllerUrl: {
    group: 'appDynamics',
    label: "Controller's URL",
    description:
      'URL of the controller, such as https://<account>.saas.appdynamics.com. Leave it empty not to collect.',
    default: '',
    allowedPattern: CONTROLLER_URL_PATTERN,
    constraintDescription: 'An https URL of a host, with a port if need be, and no path.',
  },
  principal: {
    group: 'appDynamics',
    label: 'User or API client',
    description: 'Who reads the audit history: <user or API client>@<account>.',
    default: '',
    allowedPattern: CONTROLLER_PRINCIPAL_PATTERN,
    constraintDescription: 'A name, an @ and the account, without spaces or colons.',
  },
  authentication: {
    group: 'appDynamics',
    label: 'Way to authenticate',
    description: "basic: a user's password. oauth: an API client's secret.",
    ...oneOf(['basic', 'oauth']),
  },
  credential: {
    group: 'appDynamics',
    label: "User's password, or API client's secret",
    description:
      'Password of the user, or secret of the API client. Or leave it empty and give AppDynamicsCredentialSecretArn.',
    ...secretText,
  },
  credentialSecretArn: {
    group: 'appDynamics',
    label: 'or: ARN of a secret with it',
    description:
      'ARN of a secret in this region that holds the password or secret as plain text. When its value changes, change Revision too.',
    ...secretArn,
  },
  include: {
    group: 'appDynamics',
    label: 'Events to include',
    description:
      'Events that are collected, as a JSON list of field:value texts. One field or another of the same name is enough. []: all.',
    ...eventFilter,
  },
  exclude: {
    group: 'appDynamics',
    label: 'Events to exclude',
    description: 'Events that are not collected, as a JSON list of field:value texts. []: none.',
    ...eventFilter,
  },
  ibmBucketName: {
    group: 'ibmCloud',
    label: 'Object storage bucket',
    description:
      'Bucket of IBM Cloud Object Storage that Activity Tracker Event Routing writes to. Leave it empty not to collect.',
    default: '',
    allowedPattern: IBM_BUCKET_NAME_PATTERN,
    constraintDescription: '3 to 63 lower-case letters, digits, hyphens and dots.',
  },
  ibmBucketRegion: {
    group: 'ibmCloud',
    label: "Bucket's region",
    description: 'Region of that bucket, such as eu-de, or us of a cross-region one.',
    default: '',
    allowedPattern: IBM_BUCKET_REGION_PATTERN,
    constraintDescription: 'The code of a region of IBM Cloud, such as eu-de.',
  },
  ibmKeyPrefix: {
    group: 'ibmCloud',
    label: 'Prefix of the objects',
    description: 'Prefix that the target of Event Routing has. Leave it empty for the whole bucket.',
    ...keyPrefix,
  },
  ibmHmacKey: {
    group: 'ibmCloud',
    label: 'HMAC credentials',
    description:
      'HMAC credentials of a service credential that may read the bucket, <access key id>:<secret access key>. Or leave it empty and give IbmCloudHmacKeySecretArn.',
    ...secretText,
    allowedPattern: HMAC_KEY_PATTERN,
    constraintDescription: 'An access key id, a colon and the secret access key, without spaces.',
  },
  ibmHmacKeySecretArn: {
    group: 'ibmCloud',
    label: 'or: ARN of a secret with the HMAC credentials',
    description:
      'ARN of a secret in this region that holds the HMAC credentials as plain text. When its value changes, change Revision too.',
    ...secretArn,
  },
  lockMode: {
    group: 'retention',
    label: 'Object Lock mode',
    description:
      'GOVERNANCE: who has s3:BypassGovernanceRetention may delete a locked record. COMPLIANCE: nobody may, not even the root user, until its retention ends.',
    ...oneOf(OBJECT_LOCK_MODES),
  },
  lockDays: {
    group: 'retention',
    label: 'Days that a record is locked',
    description:
      'Days, from when it is stored, that no record can be deleted or overwritten. Another number holds for what is stored from then on.',
    default: '365',
    allowedPattern: LOCK_DAYS_PATTERN,
    constraintDescription: 'A number of days from 1 to 36500.',
  },
  coldStorageAfterDays: {
    group: 'retention',
    label: 'Days until colder storage',
    description:
      'Days after which raw records move to Glacier Instant Retrieval, where they can still be read at once. 0: never.',
    default: '90',
    allowedPattern: DAYS_PATTERN,
    constraintDescription: 'A number of days from 0 to 3650.',
  },
  rawAdministratorArn: {
    group: 'retention',
    label: 'Only administrator of the raw records',
    description:
      'ARN of the one role or user that may disable or delete the key of the raw records, and bypass GOVERNANCE. Give it once the stack stands. Empty: whom IAM allows.',
    default: '',
    allowedPattern: PRINCIPAL_ARN_PATTERN,
    constraintDescription:
      'The ARN of an IAM role or user, or of the root user, such as arn:aws:iam::<account>:role/<name>.',
  },
  firstQueriedDay: {
    group: 'queries',
    label: 'First day that queries look into',
    description:
      'First day that queries look into, of the archive and of CloudTrail, such as 2022-01-01. What is older is not found; each day more slows queries that name no day.',
    default: '2022-01-01',
    allowedPattern: QUERIED_DAY_PATTERN,
    constraintDescription: 'A day from 2001 on, such as 2022-01-01.',
  },
  cloudTrailBucketName: {
    group: 'queries',
    label: "Trail's bucket",
    description:
      "Bucket that a trail writes to, to be queried beside the archive where it lies. Athena reads it with the analyst's permissions.",
    default: '',
    allowedPattern: BUCKET_NAME_PATTERN,
    constraintDescription: DECLARATIONS.existingCloudtrailBucketName.constraintDescription,
  },
  cloudTrailKeyPrefix: {
    group: 'queries',
    label: "Trail's key prefix",
    description: "Prefix that the trail's files have before AWSLogs/, if any.",
    ...keyPrefix,
  },
  cloudTrailOrganizationId: {
    group: 'queries',
    label: "Organization's id",
    description: 'Id of the organization, o-…, where it is an organization trail.',
    default: '',
    allowedPattern: ORGANIZATION_ID_PATTERN,
    constraintDescription: 'The id of an organization, such as o-a1b2c3d4e5.',
  },
  cloudTrailAccountIds: {
    group: 'queries',
    label: 'Accounts whose files are queried',
    description:
      "Ids of the accounts whose files are in that bucket, with commas and no spaces between them. Leave it empty for this stack's own.",
    default: '',
    allowedPattern: ACCOUNT_IDS_PATTERN,
    constraintDescription: '12-digit AWS account ids, with commas between them.',
  },
  cloudTrailRegions: {
    group: 'queries',
    label: 'Regions whose files are queried',
    description:
      'AWS regions whose files queries look for, with commas and no spaces between them. Fewer make queries of CloudTrail faster.',
    default: TRAIL_REGIONS.join(','),
    allowedPattern: REGIONS_PATTERN,
    constraintDescription: 'Codes of AWS regions, such as us-east-1, with commas between them.',
  },
  reports: {
    group: 'reports',
    label: 'Definitions of the reports',
    description:
      'Reports, as a JSON list; see docs/audit-reports.md. Leave it empty to have none made. Checked before anything is collected.',
    default: '',
    maxLength: MAXIMUM_REPORTS_BYTES,
    allowedPattern: OPTIONAL_JSON_LIST_PATTERN,
    constraintDescription: 'A JSON list of report definitions.',
  },
  reportMailFrom: {
    group: 'reports',
    label: 'Sender of mailed reports',
    description:
      'E-mail address that reports are sent from, verified with Amazon SES in this region, or of a verified domain. Leave it empty to have reports announced only.',
    default: '',
    allowedPattern: EMAIL_PATTERN,
    constraintDescription: 'One e-mail address.',
  },
  secretsKeyArn: DECLARATIONS.secretsKeyArn,
  revision: {
    ...DECLARATIONS.revision,
    description:
      'Any other value than before has the secrets read again and the sources proven with them, where the value of a secret given by ARN, or AppDynamicsCredential, is another.',
  },
  alarmEmail: {
    ...DECLARATIONS.alarmEmail,
    label: 'E-mail address for alarms and reports',
    description:
      'E-mail address that alarms and announced reports are sent to, after it has confirmed. Empty: nobody is told.',
  },
  permissionsBoundaryArn: {
    ...DECLARATIONS.permissionsBoundaryArn,
    description: 'IAM policy that bounds every role of this stack, where roles must have one.',
  },
} as const satisfies Record<ArchiveParameterKey, DeclaredParameter<keyof typeof ARCHIVE_GROUPS>>;

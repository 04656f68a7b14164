import { FORWARDING_DESTINATIONS } from '../../contract/forwarding.ts';
import {
  AWS_ACCOUNT_ID_PATTERN,
  BUCKET_NAME_PATTERN,
  CLOUD_ONE_API_KEY_PATTERN,
  DAYS_PATTERN,
  DEFAULT_QUIET_HOURS,
  EMAIL_PATTERN,
  OPTIONAL_JSON_LIST_PATTERN,
  OTHER_ACCOUNT_ID_PATTERN,
  OTHER_REGION_PATTERN,
  type ParameterKey,
  POLICY_ARN_PATTERN,
  QUIET_HOURS,
  VISION_ONE_URL_PATTERN,
  WORKLOAD_SECURITY_ACCOUNT_ID,
} from '../../contract/parameters.ts';
import { MAXIMUM_FILTER_CHARACTERS } from '../../contract/record-filter.ts';
import { VISION_ONE_REGIONS } from '../../contract/regions.ts';
import type { DeclaredParameter } from './declared.ts';
import { keyArn, oneOf, secretArn, secretText, token } from './forms.ts';

/** Groups of the CloudFormation console's form, in its order. */
export const GROUPS = {
  cloudOne: 'Trend Cloud One',
  visionOne: 'Trend Vision One: one way to connect, or none if the account is connected already',
  trail: 'Trail',
  forwarding: 'Forwarding',
  operation: 'Secrets, updates and deletion',
  account: 'This AWS account',
  vendor: "The vendor's own (keep the defaults)",
} as const;

export type ParameterDeclaration = DeclaredParameter<keyof typeof GROUPS>;

/** The parameters of the `CloudOne` stack, in the order of the console's form. */
export const DECLARATIONS = {
  cloudOneApiKey: {
    group: 'cloudOne',
    label: 'API key',
    description:
      'API key of the Trend Cloud One account, <id>:<secret>, with the Full Access role. Or leave it empty and give CloudOneApiKeySecretArn.',
    ...secretText,
    allowedPattern: CLOUD_ONE_API_KEY_PATTERN,
    constraintDescription: 'An API key is its id, a colon and its secret, without spaces.',
  },
  cloudOneApiKeySecretArn: {
    group: 'cloudOne',
    label: 'or: ARN of a secret with the API key',
    description:
      'ARN of a secret in this region that holds the Cloud One API key as plain text. When its value changes, change Revision too.',
    ...secretArn,
  },
  visionOneServiceToken: {
    group: 'visionOne',
    label: 'Enrolment token',
    description:
      'Enrolment token from Trend Vision One (Product Connector). Leave empty if the Cloud One account is connected already.',
    ...token,
  },
  visionOneServiceTokenSecretArn: {
    group: 'visionOne',
    label: 'or: ARN of a secret with the enrolment token',
    description: 'ARN of a secret in this region that holds the enrolment token as plain text.',
    ...secretArn,
  },
  visionOneApiKey: {
    group: 'visionOne',
    label: 'or: API key of Vision One, to generate a token with',
    description:
      'API key of Trend Vision One, in place of an enrolment token: the deployment generates one itself, and deletes its connector with the stack.',
    ...token,
  },
  visionOneApiKeySecretArn: {
    group: 'visionOne',
    label: 'or: ARN of a secret with the API key of Vision One',
    description:
      'ARN of a secret in this region that holds the Vision One API key as plain text. When its value changes, change Revision too.',
    ...secretArn,
  },
  visionOneRegion: {
    group: 'visionOne',
    label: 'Region of Vision One',
    description: 'Region of the Trend Vision One account. Used with a Vision One API key.',
    ...oneOf(VISION_ONE_REGIONS, 'us'),
  },
  createNewTrail: {
    group: 'trail',
    label: 'Create a new trail',
    description:
      'Create a trail and a bucket for it. A second copy of management events costs extra. Where a bucket is named too, true wins: the new trail is forwarded, the bucket is not.',
    ...oneOf(['true', 'false'], 'false'),
  },
  existingCloudtrailBucketName: {
    group: 'trail',
    label: "Existing trail's bucket",
    description: 'Bucket that your trail writes to. Used when CreateNewTrail is false.',
    default: '',
    allowedPattern: BUCKET_NAME_PATTERN,
    constraintDescription: 'Letters, digits and hyphens, with no hyphen at either end.',
  },
  cloudtrailBucketRegion: {
    group: 'trail',
    label: "Existing bucket's region, if another",
    description:
      'AWS region of the existing bucket. Leave empty for this region. Launch the relay template there first, which sends ' +
      "the bucket's events here.",
    default: '',
    allowedPattern: OTHER_REGION_PATTERN,
    constraintDescription: 'The code of an AWS region, such as eu-west-1.',
  },
  cloudtrailBucketAccountId: {
    group: 'trail',
    label: "Existing bucket's account, if another",
    description:
      'AWS account of the existing bucket. Leave empty for this account. Launch the relay template there first.',
    default: '',
    allowedPattern: OTHER_ACCOUNT_ID_PATTERN,
    constraintDescription: 'A 12-digit AWS account id.',
  },
  trailKeyArn: {
    group: 'trail',
    label: "KMS key of the existing bucket's files",
    description:
      "KMS key that the existing bucket's files are encrypted with. Leave empty to have it found. A new trail gets a key of its own.",
    ...keyArn,
  },
  backfillDays: {
    group: 'trail',
    label: 'Days of earlier files to forward',
    description: "Days before the deployment whose files are forwarded too, of the existing bucket's.",
    default: '0',
    allowedPattern: DAYS_PATTERN,
    constraintDescription: 'A number of days from 0 to 3650.',
  },
  repairNotifications: {
    group: 'trail',
    label: "Repair the existing bucket's events",
    description:
      'Switch EventBridge on again where another tool has switched it off for the existing bucket. Not used for a bucket elsewhere.',
    ...oneOf(['false', 'true']),
  },
  logBucketOnDelete: {
    group: 'trail',
    label: "New trail's bucket, when the stack is deleted",
    description: "What becomes of a new trail's bucket and key when the stack is deleted.",
    ...oneOf(['Delete', 'Retain']),
  },
  forwardingDestination: {
    group: 'forwarding',
    label: 'Destination',
    description:
      'Where CloudTrail files go: the Cloud One CloudTrail service, or a Vision One HTTP collector. VendorClient ' +
      "deploys the vendor's own client instead of our forwarder; the stack's name may then have 8 characters.",
    ...oneOf(FORWARDING_DESTINATIONS),
  },
  visionOneIngestUrl: {
    group: 'forwarding',
    label: 'Collector: endpoint URL',
    description:
      'Endpoint URL of the Vision One HTTP collector. Used when ForwardingDestination is VisionOne.',
    default: '',
    allowedPattern: VISION_ONE_URL_PATTERN,
    constraintDescription:
      "An https URL of Vision One's, such as https://<collector>.xdr.trendmicro.com/ingest/.",
  },
  visionOneIngestToken: {
    group: 'forwarding',
    label: 'Collector: ingestion token',
    description:
      'Ingestion token of the Vision One HTTP collector. Used when ForwardingDestination is VisionOne.',
    ...token,
  },
  visionOneIngestTokenSecretArn: {
    group: 'forwarding',
    label: 'or: ARN of a secret with the ingestion token',
    description:
      'ARN of a secret in this region that holds the ingestion token as plain text. When its value changes, change Revision too.',
    ...secretArn,
  },
  forwardingFilter: {
    group: 'forwarding',
    label: 'Filter: records that are not forwarded',
    description:
      'JSON rules that drop CloudTrail records, such as [{"drop":{"eventSource":"kms.amazonaws.com","readOnly":true}}]; ' +
      'see docs/filters.md. Leave empty to forward every record. Checked before anything is changed.',
    default: '',
    maxLength: MAXIMUM_FILTER_CHARACTERS,
    allowedPattern: OPTIONAL_JSON_LIST_PATTERN,
    constraintDescription: 'A JSON list of rules, such as [{"drop":{"readOnly":true}}].',
  },
  secretsKeyArn: {
    group: 'operation',
    label: 'KMS key of the secrets given by ARN',
    description:
      'KMS key that the secrets given by ARN are encrypted with; empty if they are under the AWS managed key aws/secretsmanager.',
    ...keyArn,
  },
  revision: {
    group: 'operation',
    label: 'Revision',
    description:
      'Any other value than before makes an update look at every registration again, read every secret again and fetch a new token.',
    default: '1',
  },
  onVendorDeleteFailure: {
    group: 'operation',
    label: 'When a vendor refuses a deletion',
    description: 'What happens when a vendor refuses to take a registration back: Fail stops the deletion.',
    ...oneOf(['Fail', 'Continue']),
  },
  alarmEmail: {
    group: 'account',
    label: 'E-mail address for alarms',
    description: 'E-mail address that alarms are sent to, after it has confirmed. Empty: nobody is told.',
    default: '',
    allowedPattern: EMAIL_PATTERN,
    constraintDescription: 'One e-mail address.',
  },
  quietHours: {
    group: 'account',
    label: 'Hours without a new file until the alarm',
    description:
      'Hours after which an alarm goes off when no new CloudTrail file has been forwarded. Choose more for a bucket that is ' +
      'seldom written to, such as one with data events only.',
    ...oneOf(QUIET_HOURS, DEFAULT_QUIET_HOURS),
  },
  permissionsBoundaryArn: {
    group: 'account',
    label: 'Permissions boundary of the roles',
    description:
      "IAM policy that bounds every role of this stack, where roles must have one. It does not reach the roles of the vendor's own stack.",
    default: '',
    allowedPattern: POLICY_ARN_PATTERN,
    constraintDescription: "A managed IAM policy's ARN.",
  },
  cloudOneAccountTemplateUrl: {
    group: 'vendor',
    label: "Cloud One's account template",
    description:
      "Template of Cloud One's account stack: in S3, readable by whoever deploys, with the vendor's parameters and the " +
      "output CloudOneRoleArn. Leave empty for the vendor's own.",
    default: '',
    allowedPattern: '^$|^https?://\\S+$',
    constraintDescription: 'The URL of a template in S3.',
  },
  workloadSecurityAccountId: {
    group: 'vendor',
    label: "Workload Security's AWS account",
    description: 'AWS account of Trend Cloud One Workload Security, which may assume the inventory role.',
    default: WORKLOAD_SECURITY_ACCOUNT_ID,
    allowedPattern: AWS_ACCOUNT_ID_PATTERN,
    constraintDescription: 'A 12-digit AWS account id.',
  },
} as const satisfies Record<ParameterKey, ParameterDeclaration>;

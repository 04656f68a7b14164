/**
 * What the onboarding constructs and their functions agree on: environment variables, and the properties
 * and attributes of each custom resource. Keys of properties and attributes are in CloudFormation's
 * spelling, because that is where they are read.
 */
import * as z from 'zod';
import { cloudOneRegion } from './cloud-one-region.ts';
import { optionalText } from './environment.ts';
import { FORWARDING_DESTINATIONS } from './forwarding.ts';
import { VISION_ONE_REGIONS } from './regions.ts';

const awsAccountId = z.string().regex(/^\d{12}$/, 'a 12-digit AWS account id');
const roleArn = z.string().regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/, "an IAM role's ARN");

/** The environment of every function that calls Cloud One with the user's API key. */
export const cloudOneEnvironment = z.object({
  CLOUD_ONE_API_KEY_SECRET_ARN: z.string().startsWith('arn:'),
});

export const visionOneConnectionEnvironment = cloudOneEnvironment.extend({
  /** Absent where the user gave no token. */
  VISION_ONE_SERVICE_TOKEN_SECRET_ARN: optionalText,
  /** Absent where the stack generates none. Without either, the connection must exist already. */
  VISION_ONE_ENROLMENT_SECRET_ARN: optionalText,
  /** Name of the SSM parameter that remembers whose the connection is. */
  CONNECTION_MARK_PARAMETER: z.string().min(1),
});

export const visionOneEnrolmentTokenEnvironment = cloudOneEnvironment.extend({
  VISION_ONE_API_KEY_SECRET_ARN: z.string().startsWith('arn:'),
  /** The secret that the generated token is written to, as an `Enrolment`. */
  VISION_ONE_ENROLMENT_SECRET_ARN: z.string().startsWith('arn:'),
  /** Name of the SSM parameter that remembers whose the connection is. */
  CONNECTION_MARK_PARAMETER: z.string().min(1),
});

export const cloudTrailTokenEnvironment = cloudOneEnvironment.extend({
  /** The secret that the token is written to; the forwarder reads it there. */
  SERVICE_TOKEN_SECRET_ARN: z.string().startsWith('arn:'),
});

/** The environment of the function that renews that token. */
export const tokenRotationEnvironment = cloudTrailTokenEnvironment.extend({
  CLOUD_ONE_REGION: cloudOneRegion,
  STACK_ACCOUNT_ID: awsAccountId,
  STACK_REGION: z.string().min(1),
  /** Where the forwarder was deployed to send to: a renewed token must be for the same. */
  SERVICE_URL: z.url(),
  SERVICE_API_VERSION: z.string().min(1),
});

/** Cloud One account look-up. Attributes: `AccountId`, `Region`, and `ForwardingFilter`, without white space. */
export const cloudOneAccountProperties = z.object({
  /** Where the stack is deployed; it must belong to the Cloud One region. */
  AwsRegion: z.string(),
  /** Decides how long the stack's name may be, and what an update must not change. */
  ForwardingDestination: z.enum(FORWARDING_DESTINATIONS),
  /** See `parseRecordFilter`: it must be right before anything is changed. */
  ForwardingFilter: optionalText,
  /** The secrets that the user gave by ARN: they must be usable before anything is registered. */
  CloudOneApiKeySecretArn: optionalText,
  VisionOneServiceTokenSecretArn: optionalText,
  VisionOneApiKeySecretArn: optionalText,
  VisionOneIngestTokenSecretArn: optionalText,
});

/** Generation of an enrolment token. It has no attributes: the token is a secret. */
export const visionOneEnrolmentTokenProperties = z.object({
  CloudOneRegion: cloudOneRegion,
  VisionOneRegion: z.enum(VISION_ONE_REGIONS),
});

/** What a generated enrolment token's secret holds, as JSON. */
export const enrolment = z.object({
  token: z.string().min(1),
  /** Vision One's own id of the product connector that came with the token. */
  connectorId: z.string().min(1),
  visionOneRegion: z.enum(VISION_ONE_REGIONS),
  /** Of the Cloud One account that it is to connect. */
  cloudOneRegion,
  /** Milliseconds since the epoch after which the token is no longer taken; absent where Vision One did not say. */
  expiresAt: z.number().optional(),
});

export type Enrolment = z.infer<typeof enrolment>;

/** Enrolment of the Cloud One account in Vision One. Attribute: `Status`. */
export const visionOneConnectionProperties = z.object({ CloudOneRegion: cloudOneRegion });

/** Workload Security's external id for the cross-account role. Attribute: `ExternalId`. */
export const workloadSecurityExternalIdProperties = z.object({ CloudOneRegion: cloudOneRegion });

/** Workload Security's AWS connector. Attribute: `ConnectorId`. */
export const workloadSecurityConnectorProperties = z.object({
  CloudOneRegion: cloudOneRegion,
  AwsAccountId: awsAccountId,
  /** The cross-account role of this stack: a connector that names it is ours. */
  RoleArn: roleArn,
  DisplayName: z.string().min(1),
});

/** Cloud One's cloud account. Attribute: `CloudAccountId`. */
export const cloudAccountProperties = z.object({
  CloudOneRegion: cloudOneRegion,
  AwsAccountId: awsAccountId,
  /** The role that the vendor's account stack made. */
  RoleArn: roleArn,
  Alias: z.string().min(1),
});

/**
 * The CloudTrail integration's token. Attributes: `ServiceUrl`, `ApiVersion`, `ExpiresAt`, `TokenVersionId` (the
 * secret's version that holds the token), and for the vendor's client stack `TemplateUrl` and `S3BucketName`,
 * which are empty where the vendor does not name them and nobody needs them.
 */
export const cloudTrailTokenProperties = z.object({
  CloudOneRegion: cloudOneRegion,
  AwsAccountId: awsAccountId,
  AwsRegion: z.string(),
  ForwardingDestination: z.enum(FORWARDING_DESTINATIONS),
});

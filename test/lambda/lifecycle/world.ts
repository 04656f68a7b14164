/** The world that custom resources live in, for one test file: the vendors, AWS and CloudFormation's ear. */
import { S3Client } from '@aws-sdk/client-s3';
import { vi } from 'vitest';
import { type Seed, type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import { startS3Bucket } from '../../stand-ins/s3-bucket.ts';
import {
  type AnswerSink,
  captureOutput,
  startAnswerSink,
  URL_SIGNATURE,
} from '../shared/custom-resource-harness.ts';
import { AWS_HOSTS, type AwsStandIn, awsStandIn } from './aws-stand-in.ts';

const secretArn = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`;
export const API_KEY_SECRET = secretArn('cloud-one-api-key');
export const ENROLMENT_SECRET = secretArn('enrolment-token');
/** Of the stack's own: what it has generated. */
export const GENERATED_ENROLMENT_SECRET = secretArn('generated-enrolment');
export const VISION_ONE_API_KEY_SECRET = secretArn('vision-one-api-key');
export const SERVICE_TOKEN_SECRET = secretArn('service-token');
export const INGEST_SECRET = secretArn('ingest-token');

export const APP_DYNAMICS_SECRET = secretArn('appdynamics');
export const IBM_SECRET = secretArn('ibm-hmac-key');
/** The one bucket that IBM Cloud's object storage has. */
export const IBM_BUCKET = 'activity-tracking';

export interface World {
  readonly vendors: Simulator;
  readonly aws: AwsStandIn;
  readonly sink: AnswerSink;
  readonly lateObjectsQueueUrl: string;
  /** Options for every client of the SDK: each request makes new ones, but not new connections. */
  readonly sdk: Pick<S3Client['config'], 'requestHandler'>;
  /** A creation that CloudFormation has cancelled, and that may be running still. */
  creating: Promise<void>;
  /** Calls Cloud One as its console does, in somebody's hands. */
  byHand(method: string, address: string): Promise<string>;
  /** What has been logged since `reset`. */
  output(): string;
  /** Everything that must never be shown. */
  secrets(): string[];
  reset(seed?: Seed): void;
  close(): Promise<void>;
}

/** What is secret in a secret's value: of a generated enrolment its token, else the whole. */
function tokenOf(value: string): string {
  return value.startsWith('{') ? ((JSON.parse(value) as { token?: string }).token ?? '') : value;
}

export async function startWorld(): Promise<World> {
  const aws = awsStandIn();
  const ibmStorage = await startS3Bucket(IBM_BUCKET);
  const vendors = await startSimulator({
    neighbours: aws.services,
    audit: { ibmcloud: { upstream: { url: ibmStorage.url } } },
  });
  const sink = await startAnswerSink();
  let output = () => '';

  const stubEnvironment = () => {
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', vendors.url);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'stand-in');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'stand-in');
    const endpoints = {
      S3: AWS_HOSTS.s3,
      SQS: AWS_HOSTS.sqs,
      SECRETS_MANAGER: AWS_HOSTS.secretsManager,
      KMS: AWS_HOSTS.kms,
      CLOUDFORMATION: AWS_HOSTS.cloudFormation,
      SSM: AWS_HOSTS.ssm,
      DYNAMODB: AWS_HOSTS.dynamoDb,
      EVENTBRIDGE: AWS_HOSTS.eventBridge,
    };
    for (const [service, host] of Object.entries(endpoints)) {
      vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, `${vendors.url}/${host}`);
    }
  };

  return {
    vendors,
    aws,
    sink,
    sdk: { requestHandler: new S3Client({}).config.requestHandler },
    creating: Promise.resolve(),
    byHand: async (method, address) => {
      const headers = { authorization: `ApiKey ${vendors.tenant.cloudOneApiKey}`, 'api-version': 'v1' };
      const response = await fetch(`${vendors.url}/${address}`, { method, headers });
      return response.text();
    },
    lateObjectsQueueUrl: `${vendors.url}/${AWS_HOSTS.sqs}/123456789012/late-objects`,
    output: () => output(),
    secrets: () => [
      vendors.tenant.cloudOneApiKey.split(':')[1] ?? '',
      vendors.tenant.ibmSecretAccessKey,
      ...[...aws.secrets.values()].map(tokenOf).filter((value) => value !== ''),
      URL_SIGNATURE,
    ],
    reset: (seed) => {
      vi.restoreAllMocks();
      stubEnvironment();
      // No jitter, hence no waiting between tries.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      vendors.reset({}, seed);
      aws.reset();
      sink.physicalIds.clear();
      aws.secrets.set(API_KEY_SECRET, vendors.tenant.cloudOneApiKey);
      aws.secrets.set(ENROLMENT_SECRET, vendors.tenant.visionOneEnrollmentToken);
      aws.secrets.set(GENERATED_ENROLMENT_SECRET, '');
      aws.secrets.set(VISION_ONE_API_KEY_SECRET, vendors.tenant.visionOneApiKey);
      aws.secrets.set(SERVICE_TOKEN_SECRET, '');
      aws.secrets.set(INGEST_SECRET, vendors.tenant.ingestToken);
      aws.secrets.set(APP_DYNAMICS_SECRET, vendors.tenant.appDynamicsPassword);
      const { ibmAccessKeyId, ibmSecretAccessKey } = vendors.tenant;
      aws.secrets.set(IBM_SECRET, `${ibmAccessKeyId}:${ibmSecretAccessKey}`);
      output = captureOutput();
    },
    close: async () => {
      vi.unstubAllEnvs();
      await Promise.all([vendors.close(), sink.close(), ibmStorage.close()]);
    },
  };
}

/** Every custom resource that the stacks have, made as its handler makes it. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import type { ForwarderDestination } from '../../../contract/forwarding.ts';
import { cloudTrailLifecycle } from '../../../lambda/forwarding/cloudtrail-lifecycle.ts';
import { destinationProbe } from '../../../lambda/forwarding/destination-probe.ts';
import { DestinationToken } from '../../../lambda/forwarding/destination-token.ts';
import { PartSender } from '../../../lambda/forwarding/part-sender.ts';
import { apiKeyReader } from '../../../lambda/onboarding/api-key-reader.ts';
import { cloudAccount } from '../../../lambda/onboarding/cloud-account.ts';
import { cloudOneAccount } from '../../../lambda/onboarding/cloud-one-account.ts';
import { cloudTrailToken } from '../../../lambda/onboarding/cloudtrail-token.ts';
import { enrolmentSecret } from '../../../lambda/onboarding/enrolment-secret.ts';
import { visionOneConnection } from '../../../lambda/onboarding/vision-one-connection.ts';
import { visionOneEnrolmentToken } from '../../../lambda/onboarding/vision-one-enrolment-token.ts';
import { workloadSecurityConnector } from '../../../lambda/onboarding/workload-security-connector.ts';
import { workloadSecurityExternalId } from '../../../lambda/onboarding/workload-security-external-id.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { parameterMark } from '../../../lambda/shared/durable-mark.ts';
import { freshSecretReader } from '../../../lambda/shared/fresh-secrets.ts';
import { SecretReader } from '../../../lambda/shared/secrets.ts';
import { bucketNotification } from '../../../lambda/trail/bucket-notification.ts';
import { trailBucketTeardown } from '../../../lambda/trail/trail-bucket-teardown.ts';
import { cloudTrailServiceOf, destinationOf } from '../../../lambda/vendors/destination-of.ts';
import { STACK_ID } from '../shared/custom-resource-harness.ts';
import type { Properties } from '../shared/lifecycle-driver.ts';
import { ARCHIVE_SUBJECTS } from './archive-subjects.ts';
import { EVENT_BRIDGE } from './aws-stand-in.ts';
import { afterCreation, differsIn, isOurs, never, type Scene, type Subject } from './subject.ts';
import {
  API_KEY_SECRET,
  ENROLMENT_SECRET,
  GENERATED_ENROLMENT_SECRET,
  INGEST_SECRET,
  SERVICE_TOKEN_SECRET,
  VISION_ONE_API_KEY_SECRET,
  type World,
} from './world.ts';

const AWS_ACCOUNT = '123456789012';
const OTHER_ACCOUNT = '999999999999';
const role = (name: string, account = AWS_ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const REVISION = { Revision: ['1', '2'] };
/** Another region than the tenant's: what is asked of it is refused. */
const OTHER_REGION = 'de-1';
const ONCE = { lateCreationPausesMs: [0] };

const secretsOf = ({ sdk }: World) => new SecretsManagerClient(sdk);
const apiKeyOf = (world: World) => apiKeyReader(freshSecretReader(secretsOf(world)), API_KEY_SECRET);

const account: Subject = {
  name: 'CloudOneAccount',
  step: /^Cloud One account look-up: /,
  properties: { AwsRegion: 'us-east-1', ForwardingDestination: 'CloudOne' },
  changes: {
    ...REVISION,
    AwsRegion: ['us-east-1', 'eu-central-1'],
    ForwardingDestination: ['CloudOne', 'VisionOne', 'VendorClient'],
    CloudOneApiKeySecretArn: ['', API_KEY_SECRET],
    VisionOneServiceTokenSecretArn: ['', ENROLMENT_SECRET],
    VisionOneApiKeySecretArn: ['', ENROLMENT_SECRET],
    VisionOneIngestTokenSecretArn: ['', INGEST_SECRET],
  },
  scenes: [{ name: 'nothing' }],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(() =>
      cloudOneAccount({ readApiKey: apiKeyOf(world), secrets: freshSecretReader(secretsOf(world)) }),
    ),
  held: () => [],
  madeFor: () => [],
  replaces: never,
};

const externalId: Subject = {
  ...account,
  name: 'WorkloadSecurityExternalId',
  step: /^Workload Security external id: /,
  properties: { CloudOneRegion: 'us-1' },
  changes: { ...REVISION, CloudOneRegion: ['us-1', OTHER_REGION] },
  coldStart: (world) => customResourceHandler(() => workloadSecurityExternalId(apiKeyOf(world))),
};

const connection: Subject = {
  name: 'VisionOneConnection',
  step: /^Vision One connection: /,
  properties: { CloudOneRegion: 'us-1' },
  changes: { ...REVISION, CloudOneRegion: ['us-1', OTHER_REGION] },
  scenes: [
    { name: 'nothing' },
    { name: 'connected by others', vendors: { visionOneConnection: { status: 'connected' } } },
    { name: 'being connected by others', vendors: { visionOneConnection: { status: 'connecting' } } },
  ],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(
      () =>
        afterCreation(
          world,
          visionOneConnection({
            readApiKey: apiKeyOf(world),
            readServiceToken: (signal) => freshSecretReader(secretsOf(world)).read(ENROLMENT_SECRET, signal),
            mark: parameterMark(new SSMClient(world.sdk), 'connection-mark'),
            pollMs: 1,
            patienceMs: 5_000,
          }),
        ),
      ONCE,
    ),
  held: ({ vendors }) => (vendors.state().registered.visionOneConnection === null ? [] : ['connection']),
  madeFor: () => ['connection'],
  replaces: differsIn('CloudOneRegion'),
};

/**
 * The connectors that the stack knows of: its secret holds them, or an answer to CloudFormation named them. Vision One
 * lists none, so one whose answer was lost is nobody's: its token is unused and lapses by itself.
 */
function knownConnectors({ vendors, aws, sink }: World): string[] {
  const told = [aws.secrets.get(GENERATED_ENROLMENT_SECRET), ...sink.physicalIds].join();
  return vendors
    .state()
    .registered.visionOneConnectors.map(({ connectorId }) => connectorId)
    .filter((id) => told.includes(id));
}

const enrolmentToken: Subject = {
  name: 'VisionOneEnrolmentToken',
  step: /^Vision One enrolment token: /,
  properties: { CloudOneRegion: 'us-1', VisionOneRegion: 'us' },
  changes: { ...REVISION, CloudOneRegion: ['us-1', OTHER_REGION], VisionOneRegion: ['us', 'eu'] },
  scenes: [
    { name: 'nothing' },
    { name: 'connected by others', vendors: { visionOneConnection: { status: 'connected' } } },
  ],
  // Between the answer and its note in the secret, nothing tells whose connector it is.
  survivesKills: false,
  coldStart: (world) =>
    customResourceHandler(() =>
      visionOneEnrolmentToken({
        readApiKey: apiKeyOf(world),
        readVisionOneApiKey: (signal) =>
          freshSecretReader(secretsOf(world)).read(VISION_ONE_API_KEY_SECRET, signal),
        secret: enrolmentSecret(secretsOf(world), GENERATED_ENROLMENT_SECRET),
        connectionMark: parameterMark(new SSMClient(world.sdk), 'connection-mark'),
      }),
    ),
  held: knownConnectors,
  madeFor: ({ physicalId }) => [physicalId.split('/').at(-1) ?? ''],
  replaces: differsIn('CloudOneRegion'),
  assertMore: (world) => {
    const { registered, calls } = world.vendors.state();
    const lost = calls.filter(
      ({ path, fault }) => path.endsWith('/instances/enrollment') && fault !== undefined,
    );
    const unknown = registered.visionOneConnectors.length - knownConnectors(world).length;
    expect(unknown).toBeLessThanOrEqual(lost.length);
  },
};

const theirConnector = {
  displayName: 'theirs',
  accountId: AWS_ACCOUNT,
  crossAccountRoleArn: role('Theirs'),
};
const unrelatedConnector = {
  displayName: 'of another account',
  accountId: '555555555555',
  crossAccountRoleArn: role('Unrelated', '555555555555'),
};

const connector: Subject = {
  name: 'WorkloadSecurityConnector',
  step: /^Workload Security connector: /,
  properties: { CloudOneRegion: 'us-1', AwsAccountId: AWS_ACCOUNT, RoleArn: role('A'), DisplayName: 'ours' },
  changes: {
    ...REVISION,
    CloudOneRegion: ['us-1', OTHER_REGION],
    AwsAccountId: [AWS_ACCOUNT, OTHER_ACCOUNT],
    RoleArn: [role('A'), role('B')],
    DisplayName: ['ours', 'renamed'],
  },
  scenes: [
    { name: 'nothing' },
    { name: 'of other accounts', vendors: { workloadConnectors: [unrelatedConnector] } },
    { name: 'of others for ours', vendors: { workloadConnectors: [unrelatedConnector, theirConnector] } },
  ],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(() => afterCreation(world, workloadSecurityConnector(apiKeyOf(world))), ONCE),
  held: ({ vendors }) =>
    vendors
      .state()
      .registered.workloadConnectors.map(
        ({ accountId, crossAccountRoleArn, displayName }) =>
          `${accountId} ${crossAccountRoleArn} ${displayName}`,
      ),
  madeFor: ({ properties }) => [`${properties.AwsAccountId} ${properties.RoleArn} ${properties.DisplayName}`],
  fitting: withRoleOfAccount,
  assertMore: ({ vendors }) => {
    const accounts = vendors.state().registered.workloadConnectors.map(({ accountId }) => accountId);
    expect(accounts).toEqual([...new Set(accounts)]);
  },
  lose: async ({ byHand }, { physicalId }) => {
    const id = physicalId.split('/').at(-1);
    await byHand('DELETE', `workload.us-1.cloudone.trendmicro.com/api/awsconnectors/${id}`);
  },
  replaces: differsIn('CloudOneRegion', 'AwsAccountId'),
};

/** The vendor takes a role of the account itself only, so the role follows the account. */
function withRoleOfAccount(properties: Properties): Properties {
  const { RoleArn, AwsAccountId } = properties;
  return { ...properties, RoleArn: String(RoleArn).replace(/\d{12}/, String(AwsAccountId)) };
}

const registeredAccount: Subject = {
  ...connector,
  name: 'CloudAccount',
  step: /^Cloud One cloud account: /,
  properties: { CloudOneRegion: 'us-1', AwsAccountId: AWS_ACCOUNT, RoleArn: role('A'), Alias: 'ours' },
  changes: {
    ...REVISION,
    CloudOneRegion: ['us-1', OTHER_REGION],
    AwsAccountId: [AWS_ACCOUNT, OTHER_ACCOUNT],
    RoleArn: [role('A'), role('B')],
    Alias: ['ours', 'renamed'],
  },
  scenes: [
    { name: 'nothing' },
    {
      name: 'other accounts',
      vendors: { cloudAccounts: [{ roleARN: role('Unrelated', '555555555555'), alias: 'unrelated' }] },
    },
    {
      name: 'registered by others',
      vendors: { cloudAccounts: [{ roleARN: role('Theirs'), alias: 'theirs' }] },
    },
  ],
  coldStart: (world) =>
    customResourceHandler(() => afterCreation(world, cloudAccount(apiKeyOf(world))), ONCE),
  held: ({ vendors }) =>
    vendors.state().registered.cloudAccounts.map(({ id, roleARN, alias }) => `${id} ${roleARN} ${alias}`),
  madeFor: ({ properties }) => [`${properties.AwsAccountId} ${properties.RoleArn} ${properties.Alias}`],
  lose: async ({ byHand }, { properties }) => {
    await byHand(
      'DELETE',
      `cloudaccounts.us-1.cloudone.trendmicro.com/api/cloudaccounts/aws/${properties.AwsAccountId}`,
    );
  },
};

const token: Subject = {
  name: 'CloudTrailToken',
  step: /^CloudTrail integration token: /,
  properties: {
    CloudOneRegion: 'us-1',
    AwsAccountId: AWS_ACCOUNT,
    AwsRegion: 'us-east-1',
    ForwardingDestination: 'CloudOne',
  },
  changes: {
    ...REVISION,
    CloudOneRegion: ['us-1', OTHER_REGION],
    AwsAccountId: [AWS_ACCOUNT, OTHER_ACCOUNT],
    AwsRegion: ['us-east-1', 'us-west-2'],
    ForwardingDestination: ['CloudOne', 'VisionOne', 'VendorClient'],
  },
  scenes: [{ name: 'nothing' }],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(() =>
      cloudTrailToken({
        readApiKey: apiKeyOf(world),
        secretsManager: new SecretsManagerClient(world.sdk),
        serviceTokenSecretArn: SERVICE_TOKEN_SECRET,
      }),
    ),
  // Tokens lapse by themselves, and no call takes one back: none counts as held.
  held: () => [],
  madeFor: () => [],
  replaces: differsIn('CloudOneRegion', 'AwsAccountId'),
  assertMore: ({ aws }, live) => {
    if (live !== undefined) {
      expect(aws.secrets.get(SERVICE_TOKEN_SECRET)).toMatch(/^eyJ.+simulatedCloudTrailServiceToken$/);
    }
  },
};

const OTHERS_QUEUE =
  '<QueueConfiguration><Id>others</Id><Queue>arn:aws:sqs:us-east-1:1:gone</Queue><Event>s3:ObjectCreated:*</Event>' +
  '<Filter><S3Key><FilterRule><Name>Prefix</Name><Value>a/</Value></FilterRule></S3Key></Filter></QueueConfiguration>';

/** S3 gives no order to what is in an entry. */
function canonical(entry: string): string {
  return entry
    .split(/(?<=>)(?=<[A-Z])/)
    .sort()
    .join('');
}

function bucketWith(name: string, ...notifications: string[]) {
  return ({ aws }: World) => {
    aws.buckets.set('trail-logs', { notifications: [], objects: [] });
    aws.buckets.set('other-logs', { notifications: [], objects: [] });
    aws.buckets.set(name, { notifications, objects: [] });
  };
}

const notification: Subject = {
  name: 'BucketNotification',
  step: /^Bucket notification: /,
  properties: { BucketName: 'trail-logs' },
  changes: { ...REVISION, BucketName: ['trail-logs', 'other-logs', 'no-such-logs'] },
  scenes: [
    { name: 'no notifications', aws: bucketWith('trail-logs') },
    { name: 'notifications of others', aws: bucketWith('trail-logs', OTHERS_QUEUE) },
    { name: 'EventBridge on already', aws: bucketWith('trail-logs', OTHERS_QUEUE, EVENT_BRIDGE) },
    { name: 'EventBridge on in the other', aws: bucketWith('other-logs', OTHERS_QUEUE, EVENT_BRIDGE) },
  ],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(
      () =>
        afterCreation(
          world,
          bucketNotification({
            s3In: () => new S3Client(world.sdk),
            sqs: new SQSClient(world.sdk),
            dynamoDb: new DynamoDBClient(world.sdk),
            eventBridge: new EventBridgeClient(world.sdk),
            ledgerTable: 'ledger',
            eventRuleName: 'our-rule',
            tellMissing: () => {},
            lateObjectsQueueUrl: world.lateObjectsQueueUrl,
            readBackDelaysMs: [0, 1, 1],
          }),
        ),
      ONCE,
    ),
  held: ({ aws }) =>
    [...aws.buckets].flatMap(([name, { notifications }]) =>
      notifications.map((entry) => `${name} ${canonical(entry)}`),
    ),
  madeFor: ({ properties }) => [`${properties.BucketName} ${EVENT_BRIDGE}`],
  lose: async ({ aws }, { properties }) => {
    const bucket = aws.buckets.get(String(properties.BucketName));
    if (bucket !== undefined) {
      bucket.notifications = bucket.notifications.filter((entry) => entry !== EVENT_BRIDGE);
    }
  },
  replaces: differsIn('BucketName'),
  assertMore: ({ aws }, live) => {
    if (isOurs(live)) {
      const listed = aws.messages.map((message) => JSON.parse(message).bucket);
      expect(listed).toContain(live.properties.BucketName);
    }
  },
};

const COLLECTOR = 'https://xlogr-simulated.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw';
const CLOUD_TRAIL_SERVICE = 'https://cloudtrail.us-1.cloudone.trendmicro.com';

const aToken: Scene = {
  name: 'a token',
  aws: async ({ aws, byHand }) => {
    const link = await byHand('POST', 'cloudtrail.us-1.cloudone.trendmicro.com/api/stacks');
    aws.secrets.set(SERVICE_TOKEN_SECRET, /param_ServiceToken=([^&"]+)/.exec(link)?.[1] ?? '');
  },
};

function destinationEnvironment(DESTINATION: ForwarderDestination) {
  const isCloudOne = DESTINATION === 'CloudOne';
  return {
    DESTINATION,
    DESTINATION_URL: isCloudOne ? CLOUD_TRAIL_SERVICE : COLLECTOR,
    DESTINATION_API_VERSION: isCloudOne ? 'v1' : undefined,
    DESTINATION_TOKEN_SECRET_ARN: isCloudOne ? SERVICE_TOKEN_SECRET : INGEST_SECRET,
  };
}

const probe: Subject = {
  name: 'DestinationProbe',
  step: /^(Proving that the destination accepts this stack|Sending a first, empty upload to the destination): /,
  properties: { Destination: 'CloudOne', DestinationUrl: CLOUD_TRAIL_SERVICE },
  changes: { ...REVISION, Destination: ['CloudOne', 'VisionOne'] },
  scenes: [aToken],
  survivesKills: true,
  coldStart: (world, { Destination }) =>
    customResourceHandler(() => {
      const environment = destinationEnvironment(Destination as ForwarderDestination);
      const destination = destinationOf(environment);
      const token = new DestinationToken(
        new SecretReader(secretsOf(world)),
        environment.DESTINATION_TOKEN_SECRET_ARN,
      );
      return destinationProbe({ destination, sender: new PartSender(destination, token) });
    }),
  held: () => [],
  madeFor: () => [],
  replaces: differsIn('Destination'),
  assertMore: ({ vendors }) => {
    // Nothing that it sends is an event of CloudTrail's.
    expect(vendors.state().received.cloudone).toMatchObject({ events: 0, eventless: 0 });
  },
};

const lifecycleNotes: Subject = {
  name: 'CloudTrailLifecycle',
  step: /^Telling Cloud One's CloudTrail service of this stack: /,
  properties: {
    DestinationUrl: CLOUD_TRAIL_SERVICE,
    AwsAccountId: AWS_ACCOUNT,
    AwsRegion: 'us-east-1',
    StackId: STACK_ID,
  },
  changes: {
    ...REVISION,
    AwsAccountId: [AWS_ACCOUNT, OTHER_ACCOUNT],
    AwsRegion: ['us-east-1', 'us-west-2'],
  },
  scenes: [aToken],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(() => {
      const environment = destinationEnvironment('CloudOne');
      const secrets = new SecretReader(secretsOf(world));
      const token = new DestinationToken(secrets, SERVICE_TOKEN_SECRET);
      return cloudTrailLifecycle({
        service: cloudTrailServiceOf(environment),
        readToken: (signal) => token.read(signal),
      });
    }),
  // Notes hold nothing at the vendor's, and the last of them is a courtesy that may be lost.
  held: () => [],
  madeFor: () => [],
  replaces: never,
  assertMore: ({ vendors }, live) => {
    if (live !== undefined) {
      expect(vendors.state().lifecycle.map(({ event }) => event)).toContain('created');
    }
  },
};

const TRAIL_KEY = 'arn:aws:kms:us-east-1:123456789012:key/trail';

const teardown: Subject = {
  name: 'TrailBucketTeardown',
  step: /^Trail bucket teardown: /,
  properties: { BucketNames: ['trail-logs', 'access-logs'], OnDelete: 'Delete', TrailKeyArn: TRAIL_KEY },
  changes: { ...REVISION, OnDelete: ['Delete', 'Retain'], TrailKeyArn: [TRAIL_KEY, `${TRAIL_KEY}-2`] },
  scenes: [
    {
      name: 'two full buckets, and another',
      aws: ({ aws }) => {
        aws.buckets.set('trail-logs', { notifications: [], objects: ['a', 'b'] });
        aws.buckets.set('access-logs', { notifications: [], objects: ['c'] });
        aws.buckets.set('unrelated', { notifications: [], objects: ['d'] });
      },
    },
  ],
  survivesKills: true,
  coldStart: (world) =>
    customResourceHandler(() =>
      trailBucketTeardown({
        s3: new S3Client(world.sdk),
        kms: new KMSClient(world.sdk),
        cloudFormation: new CloudFormationClient(world.sdk),
        lateWriterDelaysMs: [0, 0],
      }),
    ),
  // It makes nothing: what it deletes when the stack goes has a test of its own.
  held: ({ aws }) => (aws.buckets.has('unrelated') ? ['unrelated'] : []),
  madeFor: () => [],
  replaces: never,
};

export const SUBJECTS: readonly Subject[] = [
  account,
  externalId,
  connection,
  enrolmentToken,
  connector,
  registeredAccount,
  token,
  notification,
  probe,
  lifecycleNotes,
  teardown,
  ...ARCHIVE_SUBJECTS,
];

/**
 * The bucket that a user has before the deployment, with what may stand in the way: a key of its own, named by an
 * alias; a policy; an organisation's trail with a key prefix; notifications, one of them to a queue that is gone.
 */
import { gzipSync } from 'node:zlib';
import { CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type Clients, clientsOf } from './clients.ts';
import { type Corpus, corpusOf } from './input/corpus.ts';
import type { Stage } from './stage.ts';

export const EXISTING_BUCKET = 'existing-cloudtrail-bucket';
const KEY_PREFIX = 'security/audit-trail';
const ORGANIZATION = 'o-exampleorgid';
const KEY_ALIAS = 'alias/existing-cloudtrail-key';

/** The AWS clients where the existing bucket is. */
export function bucketClients({ aws, clients, bucketRegion }: Stage): Clients {
  return bucketRegion === undefined ? clients : clientsOf({ ...aws, region: bucketRegion });
}

/** Switches its events on or off, as its owner does or a tool that knows nothing of them. All else stays. */
export async function putNotification({ s3 }: Clients, Bucket: string, events: 'on' | 'off'): Promise<void> {
  const {
    $metadata,
    EventBridgeConfiguration: _,
    ...others
  } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        ...others,
        ...(events === 'on' ? { EventBridgeConfiguration: {} } : {}),
      },
      SkipDestinationValidation: true,
    }),
  );
}

/** The files as the bucket's trail would name them: below its prefix, and below the organisation. */
export function inExistingBucket(corpus: Corpus): Corpus {
  return corpusOf(
    corpus.name,
    corpus.files.map(({ key, body }) => ({ key: keyInExistingBucket(key), body })),
  );
}

function keyInExistingBucket(key: string): string {
  return `${KEY_PREFIX}/${key.replace(/AWSLogs\/(?=\d{12}\/)/, `AWSLogs/${ORGANIZATION}/`)}`;
}

interface AwsPlace {
  readonly accountId: string;
  readonly region: string;
}

/** A file that was stored before the deployment: one without records, so that it tells itself from the input. */
export function earlierFileKey({ accountId, region }: AwsPlace, now: Date = new Date()): string {
  const [day = ''] = now.toISOString().split('T');
  const folder = `AWSLogs/${accountId}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
  const name = `${accountId}_CloudTrail_${region}_${day.replaceAll('-', '')}T0000Z_earlier.json.gz`;
  return keyInExistingBucket(`${folder}/${name}`);
}

/**
 * @param clients of the bucket's region.
 * @param plain leaves out what the vendor's client cannot live with: a key, and notifications of others.
 * @param region where it is another than the stack's.
 */
export async function createExistingBucket(
  clients: Clients,
  place: AwsPlace,
  { plain, region }: { readonly plain: boolean; readonly region?: string | undefined },
): Promise<void> {
  const { accountId } = place;
  const { s3 } = clients;
  const CreateBucketConfiguration =
    region === undefined ? undefined : { LocationConstraint: region as BucketLocationConstraint };
  await s3.send(new CreateBucketCommand({ Bucket: EXISTING_BUCKET, CreateBucketConfiguration }));
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: EXISTING_BUCKET,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  if (!plain) {
    await encrypt(clients, accountId);
    await notify(clients, accountId);
  }
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: EXISTING_BUCKET, Policy: JSON.stringify(bucketPolicy()) }),
  );
  await createTrail(clients);
  await s3.send(
    new PutObjectCommand({
      Bucket: EXISTING_BUCKET,
      Key: earlierFileKey(place),
      Body: gzipSync(JSON.stringify({ Records: [] })),
    }),
  );
}

/** Like the policy of a key that the console makes: the account's IAM policies decide who uses it. */
async function encrypt({ kms, s3 }: Clients, accountId: string): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }),
  );
  await kms.send(new CreateAliasCommand({ AliasName: KEY_ALIAS, TargetKeyId: KeyMetadata?.KeyId }));
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket: EXISTING_BUCKET,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ALIAS },
            BucketKeyEnabled: true,
          },
        ],
      },
    }),
  );
}

function bucketPolicy() {
  const bucket = `arn:aws:s3:::${EXISTING_BUCKET}`;
  const cloudTrail = { Service: 'cloudtrail.amazonaws.com' };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: cloudTrail, Action: 's3:GetBucketAcl', Resource: bucket },
      {
        Effect: 'Allow',
        Principal: cloudTrail,
        Action: 's3:PutObject',
        Resource: `${bucket}/${KEY_PREFIX}/AWSLogs/*`,
      },
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucket, `${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}

async function createTrail({ cloudTrail }: Clients): Promise<void> {
  const { TrailARN } = await cloudTrail.send(
    new CreateTrailCommand({
      Name: 'existing-organisation-trail',
      S3BucketName: EXISTING_BUCKET,
      S3KeyPrefix: KEY_PREFIX,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
      EnableLogFileValidation: true,
    }),
  );
  await cloudTrail.send(new StartLoggingCommand({ Name: TrailARN }));
}

async function notify({ s3, sns, sqs }: Clients, accountId: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'existing-consumer' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'existing-subscribers' }));
  const [, , , region] = Attributes?.QueueArn?.split(':') ?? [];
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: EXISTING_BUCKET,
      SkipDestinationValidation: true,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Id: 'their-consumer',
            QueueArn: Attributes?.QueueArn,
            Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'reports/' }] } },
          },
          {
            Id: 'their-consumer-of-long-ago',
            QueueArn: `arn:aws:sqs:${region}:${accountId}:deleted-last-year`,
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'invoices/' }] } },
          },
        ],
        TopicConfigurations: [{ Id: 'their-subscribers', TopicArn, Events: ['s3:ObjectRestore:Completed'] }],
      },
    }),
  );
}

/** The buckets that exist before a deployment: the vendor's, with its account template, and the user's own. */
import { readFile } from 'node:fs/promises';
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';

const VENDOR_BUCKET = 'vendor-account-template';
const VENDOR_TEMPLATE = 'cloud-account-management-role.template';
export const EXISTING_BUCKET = 'existing-cloudtrail-bucket';
/** Where another trail writes to, which the user changes to. */
export const OTHER_BUCKET = 'other-cloudtrail-bucket';

/** Publishes the stand-in for the vendor's account template, and returns its URL. */
export async function publishAccountTemplate({ s3 }: Clients, endpoint: string): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket: VENDOR_BUCKET }));
  await s3.send(
    new PutObjectCommand({
      Bucket: VENDOR_BUCKET,
      Key: VENDOR_TEMPLATE,
      Body: await readFile(new URL('account-stack.template.json', import.meta.url)),
    }),
  );
  return `${endpoint}/${VENDOR_BUCKET}/${VENDOR_TEMPLATE}`;
}

/** Makes a bucket as a user may have it: versioned, with notifications of its own to a queue and a topic. */
export async function createExistingBucket({ s3, sns, sqs }: Clients): Promise<void> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'existing-consumer' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'existing-subscribers' }));
  await s3.send(new CreateBucketCommand({ Bucket: EXISTING_BUCKET }));
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: EXISTING_BUCKET,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
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
        ],
        TopicConfigurations: [{ Id: 'their-subscribers', TopicArn, Events: ['s3:ObjectRestore:Completed'] }],
      },
    }),
  );
}

/** Makes a bucket without any setting, as an old one may be: neither versions nor notifications. */
export async function createOtherBucket({ s3 }: Clients): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: OTHER_BUCKET }));
}

/** The bucket's own notification document, without what the answer wraps around it. */
export async function notificationOf({ s3 }: Clients, bucket: string): Promise<unknown> {
  const { $metadata, ...configuration } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  );
  return configuration;
}

/** The vendor's bucket, with its account template; and what a bucket notifies. */
import { readFile } from 'node:fs/promises';
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';

const VENDOR_BUCKET = 'vendor-account-template';
const VENDOR_TEMPLATE = 'cloud-account-management-role.template';
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

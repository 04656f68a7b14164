/** A new trail's bucket, its access logs and its key: what is retained, and what is written to the last moment. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Clients } from './clients.ts';
import { physicalIds } from './stack-changes.ts';

/** Logical ids of the bucket, of the bucket with its access logs, and of the key. */
const LOGS = /^NewTrail(Bucket|AccessLogs|Key)[0-9A-F]{8}$/;
const BETWEEN_WRITES_MS = 20;

/** Ids of what a trail's logs consist of, as the stack knows them. */
export async function logsOf(clients: Clients, stackName: string): Promise<string[]> {
  const ids = await physicalIds(clients, stackName);
  return [...ids].filter(([logicalId]) => LOGS.test(logicalId)).map(([, id]) => id);
}

/** @returns what is wrong with the first file in the bucket, if it cannot be read and decrypted with a key of KMS's. */
export async function unreadable({ s3 }: Clients, bucket: string): Promise<string[]> {
  const { Versions: [file] = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1 }),
  );
  if (file === undefined) {
    return [`${bucket} holds no file any more.`];
  }
  const { Body, ServerSideEncryption } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: file.Key, VersionId: file.VersionId }),
  );
  const bytes = (await Body?.transformToByteArray())?.length ?? 0;
  return bytes > 0 && ServerSideEncryption === 'aws:kms'
    ? []
    : [`${file.Key} in ${bucket} has ${bytes} bytes, encrypted by ${ServerSideEncryption}.`];
}

/** Puts the same key time and again, as CloudTrail would if its deliveries never ended: each is a version. */
export async function putVersions({ s3 }: Clients, bucket: string, count: number): Promise<void> {
  const remaining = Array.from({ length: count }).values();
  const worker = async () => {
    for (const _ of remaining) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'AWSLogs/many-versions', Body: 'x' }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Writes on until it is refused, or the bucket is gone. @returns how many files it wrote. */
export async function writeUntilRefused({ s3 }: Clients, bucket: string): Promise<number> {
  for (let written = 0; ; written += 1) {
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `AWSLogs/late-${written}`, Body: 'x' }));
    } catch (error) {
      if (error instanceof S3ServiceException && ['AccessDenied', 'NoSuchBucket'].includes(error.name)) {
        return written;
      }
      throw error;
    }
    await wait(BETWEEN_WRITES_MS);
  }
}

/** Stands in for the client's sender: forwards each object of a bucket notification, as it is. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Event } from 'aws-lambda';
import { post, variable } from './service.ts';

const s3 = new S3Client({});
/** Assumed: what the client sends of all that lies in a trail's bucket. */
const LOG_FILE = /(^|\/)AWSLogs\/.+\/CloudTrail(-Insight)?\/.+\.json\.gz$/;

export async function handler({ Records }: S3Event): Promise<void> {
  for (const { s3: notice } of Records) {
    // S3's own notifications carry keys as a form would.
    const key = decodeURIComponent(notice.object.key.replaceAll('+', ' '));
    if (LOG_FILE.test(key)) {
      await forward(notice.bucket.name, key);
    }
  }
}

async function forward(bucket: string, key: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const content = new Uint8Array((await Body?.transformToByteArray()) ?? []);
  if (content.length > Number(variable('MAXIMUM_S3_OBJECT_SIZE'))) {
    console.warn(`${key} is not forwarded: it has ${content.length} bytes.`);
    return;
  }
  await post('/api/logs', content, { 'content-encoding': 'gzip' });
}

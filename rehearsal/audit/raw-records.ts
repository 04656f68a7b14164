/** The raw archive as it lies in its bucket, read without anything of the product's. */
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import {
  type ArchivedRecord,
  type AuditSource,
  archivedLine,
  hourOf,
  rawHourPrefix,
  rawSourcePrefix,
  sourceOf,
} from '../../contract/archive.ts';

/** @returns a source's records; and what lies where it should not, in words. */
export async function readRaw(
  s3: S3Client,
  bucket: string,
  source: AuditSource,
): Promise<{ records: ArchivedRecord[]; misplaced: string[] }> {
  const records: ArchivedRecord[] = [];
  const misplaced: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: rawSourcePrefix(source) });
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '' } of Contents) {
      for (const record of await recordsIn(s3, bucket, key)) {
        records.push(record);
        if (sourceOf(record.id) !== source || !key.startsWith(rawHourPrefix(source, hourOf(record.id)))) {
          misplaced.push(`${record.id} lies in ${key}.`);
        }
      }
    }
  }
  return { records, misplaced };
}

async function recordsIn(s3: S3Client, bucket: string, key: string): Promise<ArchivedRecord[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const lines = gunzipSync(bytes).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => archivedLine.parse(JSON.parse(line)));
}

/** One recent file of the bucket's, to see what its files are encrypted with, and whether they can be read. */
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import { type BucketListing, walkFolders } from '../shared/listing/folder-walk.ts';
import { folderOf } from '../shared/listing/stored-objects.ts';
import { isDenied } from './s3-errors.ts';

export interface SampleFile {
  readonly key: string;
  /** Of the KMS key that the file is encrypted with, where there is one. */
  readonly keyArn: string | undefined;
}

/** Folders looked into; a bucket that needs more is looked at no further, for a deployment waits. */
const MAXIMUM_STEPS = 300;
const DAY_MS = 86_400_000;
/** A file of these last days is as good as the newest. */
const RECENT_DAYS = 2;

/**
 * The newest file of the first region's folder that has one of the last days; else of the first that has any.
 *
 * @returns `undefined` where none was found within bounds: the bucket may be new.
 */
export async function newestFile(
  listing: BucketListing,
  prefixes: readonly string[],
): Promise<SampleFile | undefined> {
  const since = folderOf(new Date(Date.now() - RECENT_DAYS * DAY_MS).toISOString().slice(0, 10));
  let anyFile: string | undefined;
  let steps = 0;
  for await (const { folder, holdsFiles } of walkFolders(listing, prefixes)) {
    steps += 1;
    if (holdsFiles) {
      const recent = await lastFile(listing, folder, folder + since);
      if (recent !== undefined) {
        return describe(listing, recent);
      }
      anyFile ??= await lastFile(listing, folder, undefined);
    }
    if (steps >= MAXIMUM_STEPS) {
      break;
    }
  }
  return anyFile === undefined ? undefined : describe(listing, anyFile);
}

/** The newest of the first thousand that follow. */
async function lastFile(
  { s3, bucket, signal }: BucketListing,
  folder: string,
  startAfter: string | undefined,
): Promise<string | undefined> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: folder, StartAfter: startAfter }),
    { abortSignal: signal },
  );
  const files = Contents.filter(({ Key = '' }) => parseCloudTrailKey(Key) !== undefined);
  return files.toSorted((a, b) => Number(a.LastModified) - Number(b.LastModified)).at(-1)?.Key;
}

/**
 * S3 tells which key a file has also to those who may not decrypt it: only the data is encrypted (Amazon S3 User Guide,
 * "Protecting data with server-side encryption").
 */
async function describe({ s3, bucket, signal }: BucketListing, key: string): Promise<SampleFile> {
  try {
    const { SSEKMSKeyId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    });
    return { key, keyArn: SSEKMSKeyId };
  } catch (error) {
    if (isDenied(error)) {
      // An answer without words. Reading the file, which comes next, is refused with words that tell the reason.
      return { key, keyArn: undefined };
    }
    throw error;
  }
}

/** Where an archive's derived files are: a folder, a bucket, or the bucket of a deployed stack. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { FolderObjectStore } from '../../lambda/archive/store/folder-object-store.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { S3ObjectStore } from '../../lambda/archive/store/s3-object-store.ts';
import { S3_READING_PATIENCE } from '../../lambda/shared/aws-patience.ts';
import { type AwsOptions, clientConfiguration, describeStack } from '../aws.ts';
import { UserError } from '../errors.ts';

export interface DerivedPlace {
  readonly store: ObjectStore;
  /** A file's path on this machine; undefined where the files are in S3. */
  readonly pathOf: ((key: string) => string) | undefined;
}

/**
 * @param place a folder, or `s3://<bucket>`; without it, the stack's bucket.
 * @throws UserError where there is no such folder, or no such stack, or it has no archive.
 */
export async function openDerived(
  place: string | undefined,
  aws: AwsOptions,
  signal: AbortSignal,
): Promise<DerivedPlace> {
  const bucket =
    place === undefined ? await bucketOf(aws) : /^s3:\/\/(?<name>[^/]+)\/?$/.exec(place)?.groups?.name;
  if (bucket !== undefined) {
    const s3 = new S3Client({ ...S3_READING_PATIENCE, ...clientConfiguration(aws) });
    return { store: new S3ObjectStore({ s3, bucket, signal }), pathOf: undefined };
  }
  const folder = place ?? '';
  if (!(await isFolder(folder))) {
    throw new UserError(`There is no folder "${folder}". Give --archive a folder, or s3://<derived bucket>.`);
  }
  const store = new FolderObjectStore(folder);
  return { store, pathOf: (key) => join(store.place, key) };
}

async function bucketOf(aws: AwsOptions): Promise<string> {
  const stack = await describeStack(aws);
  const bucket = stack.output(ARCHIVE_OUTPUTS.derivedBucket);
  if (bucket === null) {
    throw new UserError(
      `The stack "${aws.stack}" (${stack.status}) has no output ${ARCHIVE_OUTPUTS.derivedBucket}: it is no audit archive, or is not deployed completely. Name the archive's stack with --stack.`,
    );
  }
  return bucket;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever keeps it from being looked at: it cannot be read.
    return false;
  }
}

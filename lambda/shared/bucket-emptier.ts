import { setTimeout as wait } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutBucketPolicyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { explainAwsError } from './aws-errors.ts';
import { isMissingBucket } from './s3-failures.ts';

/** A bucket cannot be emptied or deleted; the message says why, and the cure. */
export class TeardownError extends Error {
  override readonly name = 'TeardownError';
}

export interface BucketTeardown {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Such as `aws`. */
  readonly partition: string;
  /** The stack's account: a bucket of the same name that belongs to someone else is not touched. */
  readonly accountId: string;
  readonly signal: AbortSignal;
  /** What else the user can do where S3 keeps objects, such as `set LogBucketOnDelete to Retain`. @default nothing */
  readonly wayOut?: string | undefined;
  /** Milliseconds before each further try, for writers that are late. @default LATE_WRITER_DELAYS_MS */
  readonly lateWriterDelaysMs?: readonly number[];
}

/** A policy takes a moment to be known everywhere; until then CloudTrail and S3's access logs may still write. */
export const LATE_WRITER_DELAYS_MS: readonly number[] = [1000, 2000, 5000, 10_000];

/**
 * Refuses whatever else would be written: CloudTrail delivers for minutes after a trail is gone, and access logs come for
 * hours (Amazon S3 User Guide, "Logging requests with server access logging"). So a bucket that was emptied
 * stays empty, however long emptying it takes, and however often it is begun again.
 */
async function refuseWriting({ s3, bucket, partition, accountId, signal }: BucketTeardown): Promise<void> {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const refusal = { Effect: 'Deny', Principal: '*' };
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { ...refusal, Action: 's3:PutObject', Resource: `${arn}/*` },
      // It takes the place of the policy that there was, which said this.
      {
        ...refusal,
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      ExpectedBucketOwner: accountId,
      Policy: JSON.stringify(policy),
    }),
    { abortSignal: signal },
  );
}

/**
 * Empties a bucket (all versions, delete markers, unfinished uploads) and deletes it. A bucket that is gone
 * is success. Nothing can be written any more; what still arrived is deleted too, some times over.
 *
 * @returns how many versions and markers were deleted.
 * @throws TeardownError where S3 keeps objects, the bucket does not get empty, or time runs out. Deleting
 * again goes on where this stopped.
 */
export async function emptyAndDelete(teardown: BucketTeardown): Promise<number> {
  const { bucket, signal, lateWriterDelaysMs = LATE_WRITER_DELAYS_MS } = teardown;
  const tally = { deleted: 0 };
  try {
    await refuseWriting(teardown);
    for (const delayMs of [0, ...lateWriterDelaysMs]) {
      await wait(delayMs, undefined, { signal });
      await deleteVersions(teardown, tally);
      await abortUploads(teardown);
      if (await deleteBucket(teardown)) {
        return tally.deleted;
      }
    }
  } catch (error) {
    if (isMissingBucket(error)) {
      return tally.deleted;
    }
    if (signal.aborted) {
      throw new TeardownError(
        `${tally.deleted} objects of ${bucket} are deleted, and there are more than one run has time for. ` +
          'Delete the stack again: it goes on where this stopped.',
        { cause: error },
      );
    }
    throw error instanceof TeardownError ? error : explainAwsError(`emptying ${bucket}`, error, signal);
  }
  throw new TeardownError(
    `something keeps writing to ${bucket}, so that it never stays empty (${tally.deleted} objects deleted). ` +
      'Find the writer (another trail, or access logs of another bucket), stop it, and delete the stack again.',
  );
}

/** One page after the other, always the first: what is deleted is no longer listed. */
async function deleteVersions(teardown: BucketTeardown, tally: { deleted: number }): Promise<void> {
  const { s3, bucket, accountId: ExpectedBucketOwner, signal, wayOut } = teardown;
  for (;;) {
    signal.throwIfAborted();
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, ExpectedBucketOwner }), {
      abortSignal: signal,
    });
    const Objects: ObjectIdentifier[] = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }) => ({ Key, VersionId }),
    );
    if (Objects.length === 0) {
      return;
    }
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, ExpectedBucketOwner, Delete: { Objects, Quiet: true } }),
      { abortSignal: signal },
    );
    tally.deleted += Objects.length - Errors.length;
    const [first] = Errors;
    if (first !== undefined && Errors.length === Objects.length) {
      throw new TeardownError(
        `S3 does not let ${Objects.length} objects of ${bucket} be deleted, among them ${first.Key} (${first.Code}: ` +
          `${first.Message}). Look for a bucket policy, an Object Lock or a legal hold, and delete the stack again` +
          `${wayOut === undefined ? '' : `; or ${wayOut}`}.`,
      );
    }
  }
}

async function abortUploads({ s3, bucket, accountId, signal }: BucketTeardown): Promise<void> {
  const { Uploads = [] } = await s3.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, ExpectedBucketOwner: accountId }),
    { abortSignal: signal },
  );
  for (const { Key, UploadId } of Uploads) {
    const command = new AbortMultipartUploadCommand({
      Bucket: bucket,
      Key,
      UploadId,
      ExpectedBucketOwner: accountId,
    });
    await s3.send(command, { abortSignal: signal });
  }
}

/** @returns `false` where something was written since it was emptied. */
async function deleteBucket({ s3, bucket, accountId, signal }: BucketTeardown): Promise<boolean> {
  try {
    await s3.send(new DeleteBucketCommand({ Bucket: bucket, ExpectedBucketOwner: accountId }), {
      abortSignal: signal,
    });
    return true;
  } catch (error) {
    // Expected of a bucket that others write to: it is emptied once more.
    if (error instanceof Error && error.name === 'BucketNotEmpty') {
      return false;
    }
    throw error;
  }
}

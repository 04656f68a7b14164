/** What S3's refusals mean for a bucket that the user named, and what the user can do. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { readStackArn, type StackArn } from '../../contract/stack-arn.ts';
import { type AwsCallError, explainAwsError } from '../shared/aws-errors.ts';
import { isDenied, isMissingBucket, regionIn, wasRedirected } from '../shared/s3-failures.ts';
import { cureOfDenial, resourcePolicyStatement } from './policy-advice.ts';
import { relayAdvice } from './relay-advice.ts';

export { isDenied, isMissingBucket, regionIn } from '../shared/s3-failures.ts';

/** The bucket cannot be used as it is; the message says why, and the cure. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

/** A bucket, and where the stack is that uses it. */
export interface BucketContext extends StackArn {
  readonly bucket: string;
}

export function bucketContext(bucket: string, stackId: string): BucketContext {
  return { bucket, ...readStackArn(stackId) };
}

export function bucketArn({ partition, bucket }: Pick<BucketContext, 'partition' | 'bucket'>): string {
  return `arn:${partition}:s3:::${bucket}`;
}

/**
 * Puts a refusal into the user's words.
 *
 * @param action the IAM action of the call that was refused.
 * @param signal that the call was made with.
 */
export async function explainS3Error(
  s3: S3Client,
  context: BucketContext,
  action: string,
  error: unknown,
  signal?: AbortSignal,
): Promise<BucketError | AwsCallError> {
  const { bucket, accountId } = context;
  if (isMissingBucket(error)) {
    return new BucketError(
      `There is no bucket ${bucket}. Check ExistingCloudtrailBucketName: it must be the bucket that CloudTrail writes to.`,
      { cause: error },
    );
  }
  const denied = isDenied(error);
  if (!wasRedirected(error) && !denied) {
    return explainAwsError(`${action} on ${bucket}`, error, signal);
  }
  const { message } = error as Error;
  const elsewhere = elsewhereError(context, regionIn(error) ?? (await askRegion(s3, bucket, signal)), error);
  if (elsewhere !== undefined || !denied) {
    return elsewhere ?? explainAwsError(`${action} on ${bucket}`, error, signal);
  }
  const cure = cureOfDenial(context, message, {
    policy: "the bucket's policy",
    statement: resourcePolicyStatement(context, action, bucketArn(context)),
  });
  return new BucketError(
    // AWS's words last: a long answer is cut at its end.
    `S3 refused ${action} on ${bucket}. The bucket must belong to the account ${accountId}. ${cure} (${message})`,
    { cause: error },
  );
}

/** The error where a bucket's region is known and not the stack's. */
export function elsewhereError(
  { bucket, region }: BucketContext,
  actualRegion: string | undefined,
  cause?: unknown,
): BucketError | undefined {
  return actualRegion === undefined || actualRegion === region
    ? undefined
    : new BucketError(
        `The bucket ${bucket} is in AWS region ${actualRegion}, but this stack is in ${region}, and a bucket's events ` +
          `stay in its region. Either ${relayAdvice(actualRegion)}; or name a bucket in ${region}, or set CreateNewTrail to true.`,
        { cause },
      );
}

/** S3 tells a bucket's region even to those whom it lets do nothing else. */
async function askRegion(
  s3: S3Client,
  bucket: string,
  abortSignal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
    return BucketRegion;
  } catch (error) {
    // A refusal carries the region as well; without one, the first error has to do.
    return regionIn(error);
  }
}

/** What S3's refusals mean for a bucket that the user named, and what the user can do. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { cureOfDenial, resourcePolicyStatement, type StackPlace, stackPlace } from './policy-advice.ts';
import { relayAdvice } from './relay-advice.ts';

/** The bucket cannot be used as it is; the message says why, and the cure. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

/** A bucket, and where the stack is that uses it. */
export interface BucketContext extends StackPlace {
  readonly bucket: string;
}

interface S3Failure {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const REDIRECTING = [
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

export function bucketContext(bucket: string, stackId: string): BucketContext {
  return { bucket, ...stackPlace(stackId) };
}

export function bucketArn({ partition, bucket }: Pick<BucketContext, 'partition' | 'bucket'>): string {
  return `arn:${partition}:s3:::${bucket}`;
}

/** "There is no such bucket", or none any more. */
export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && ['NoSuchBucket', 'NotFound'].includes(error.name);
}

/**
 * Puts a refusal into the user's words. An error that has nothing to do with the bucket comes back as it is.
 *
 * @param action the IAM action of the call that was refused.
 */
export async function explainS3Error(
  s3: S3Client,
  context: BucketContext,
  action: string,
  error: unknown,
): Promise<unknown> {
  const { bucket, accountId } = context;
  if (isMissingBucket(error)) {
    return new BucketError(
      `There is no bucket ${bucket}. Check ExistingCloudtrailBucketName: it must be the bucket that CloudTrail writes to.`,
      { cause: error },
    );
  }
  const failure = error as S3Failure;
  const redirected = failure.$metadata?.httpStatusCode === 301 || REDIRECTING.includes(failure.name);
  const denied = isDenied(error);
  if (!redirected && !denied) {
    return error;
  }
  const elsewhere = elsewhereError(context, regionIn(failure) ?? (await askRegion(s3, bucket)), error);
  if (elsewhere !== undefined || !denied) {
    return elsewhere ?? error;
  }
  const cure = cureOfDenial(context, failure.message, {
    policy: "the bucket's policy",
    statement: resourcePolicyStatement(context, action, bucketArn(context)),
  });
  return new BucketError(
    // AWS's words last: a long answer is cut at its end.
    `S3 refused ${action} on ${bucket}. The bucket must belong to the account ${accountId}. ${cure} (${failure.message})`,
    { cause: error },
  );
}

/** "You may not", whatever refuses it: a policy, or the condition that the bucket is this account's. */
export function isDenied(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  return $metadata?.httpStatusCode === 403 || name === 'AccessDenied' || name === 'AccessDeniedException';
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

export function regionIn(error: unknown): string | undefined {
  return (error as S3Failure).$response?.headers?.['x-amz-bucket-region'];
}

/** S3 tells a bucket's region even to those whom it lets do nothing else. */
async function askRegion(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return BucketRegion;
  } catch (error) {
    // A refusal carries the region as well; without one, the first error has to do.
    return regionIn(error);
  }
}

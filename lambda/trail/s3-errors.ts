/** What S3's refusals mean for a bucket that the user named, and what the user can do. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { type AwsCallError, explainAwsError } from '../shared/aws-errors.ts';

/** The bucket cannot be used as it is; the message says why, and the cure. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

export interface BucketContext {
  readonly bucket: string;
  /** Of the stack. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
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

/** The partition, region and account of a stack, from its ARN. */
export function bucketContext(bucket: string, stackId: string): BucketContext {
  const [, partition = 'aws', , region = '', accountId = ''] = stackId.split(':');
  return { bucket, partition, region, accountId };
}

/** "There is no such bucket", or none any more. */
export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && ['NoSuchBucket', 'NotFound'].includes(error.name);
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
  const { bucket, region, accountId } = context;
  if (isMissingBucket(error)) {
    return new BucketError(
      `There is no bucket ${bucket}. Check ExistingCloudtrailBucketName: it must be the bucket that CloudTrail writes to.`,
      { cause: error },
    );
  }
  const failure = error as S3Failure;
  const redirected = failure.$metadata?.httpStatusCode === 301 || REDIRECTING.includes(failure.name);
  const denied = failure.$metadata?.httpStatusCode === 403 || failure.name === 'AccessDenied';
  if (!redirected && !denied) {
    return explainAwsError(`${action} on ${bucket}`, error, signal);
  }
  const actualRegion = regionIn(failure) ?? (await askRegion(s3, bucket, signal));
  if (actualRegion !== undefined && actualRegion !== region) {
    return new BucketError(
      `The bucket ${bucket} is in AWS region ${actualRegion}, but this stack is in ${region}, and a bucket's events ` +
        `stay in its region. Name a bucket in ${region}, or set CreateNewTrail to true.`,
      { cause: error },
    );
  }
  return denied
    ? new BucketError(
        `S3 refused ${action} on ${bucket} (${failure.message}). The bucket must belong to the account ${accountId}, ` +
          'whose events it sends; and its policy, or a permissions boundary, must ' +
          `allow this function's role: ${JSON.stringify(grantOf(context, action))}`,
        { cause: error },
      )
    : explainAwsError(`${action} on ${bucket}`, error, signal);
}

/** The policy statement that would grant an action on the bucket. */
function grantOf({ partition, bucket }: BucketContext, action: string) {
  return { Effect: 'Allow', Action: action, Resource: `arn:${partition}:s3:::${bucket}` };
}

function regionIn(failure: S3Failure): string | undefined {
  return failure.$response?.headers?.['x-amz-bucket-region'];
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
    return regionIn(error as S3Failure);
  }
}

/** What S3's refusals mean for a bucket that the user named, and what the user can do. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { PARAMETERS } from '../../contract/parameters.ts';
import { readStackArn, type StackArn } from '../../contract/stack-arn.ts';
import { type AwsCallError, explainAwsError } from '../shared/aws-errors.ts';
import { isDenied, isMissingBucket, regionIn, wasRedirected } from '../shared/s3-failures.ts';
import { cureOfDenial, ownersStatements, resourcePolicyStatement } from './policy-advice.ts';
import { relayAdvice } from './relay-advice.ts';

export { isDenied, isMissingBucket, regionIn } from '../shared/s3-failures.ts';

/** The bucket cannot be used as it is; the message says why, and the cure. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

/** A bucket, and where the stack is that uses it. */
export interface BucketContext extends StackArn {
  readonly bucket: string;
  /** Where the bucket is, as the user says: where the stack is, if nothing is said. */
  readonly home: { readonly region: string; readonly accountId: string };
}

/** What the user says of where the bucket is; properties of custom resources. */
interface GivenHome {
  readonly BucketRegion?: string | undefined;
  readonly BucketAccountId?: string | undefined;
}

export function bucketContext(
  bucket: string,
  stackId: string,
  { BucketRegion, BucketAccountId }: GivenHome = {},
): BucketContext {
  const stack = readStackArn(stackId);
  const home = {
    region: BucketRegion ?? stack.region,
    accountId: BucketAccountId ?? stack.accountId,
  };
  return { bucket, home, ...stack };
}

/** Whether the user says that the bucket is in another region or account than the stack. */
export function isElsewhere({ home, region, accountId }: BucketContext): boolean {
  return home.region !== region || home.accountId !== accountId;
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
  if (error instanceof BucketError) {
    return error;
  }
  const { bucket, home, accountId } = context;
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
  if (home.accountId !== accountId) {
    const { ofBucket, ofKey } = ownersStatements(context);
    return new BucketError(
      `S3 refused ${action} on ${bucket}. It must belong to the account ${home.accountId}, and its owner must let the ` +
        `bucket's policy have ${ofBucket} and, where the files have a KMS key, that key's policy ${ofKey} (${message})`,
      { cause: error },
    );
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

/** The error where a bucket's region is known and not the one that the user says, or the stack's. */
export function elsewhereError(
  context: BucketContext,
  actualRegion: string | undefined,
  cause?: unknown,
): BucketError | undefined {
  const { bucket, home, region } = context;
  if (actualRegion === undefined || actualRegion === home.region) {
    return undefined;
  }
  const isIn = `The bucket ${bucket} is in AWS region ${actualRegion}`;
  if (actualRegion === region) {
    return new BucketError(
      `${isIn}, as this stack is, and not in ${home.region}. Leave ${PARAMETERS.cloudtrailBucketRegion} empty.`,
      { cause },
    );
  }
  const otherwise =
    home.region === region
      ? `, but this stack is in ${region}, and a bucket's events stay in its region. Either `
      : `, and not in ${home.region} as ${PARAMETERS.cloudtrailBucketRegion} says. Either `;
  const advice = relayAdvice(context, { region: actualRegion, accountId: home.accountId });
  return new BucketError(
    `${isIn}${otherwise}${advice}; or name a bucket in ${region}, or set CreateNewTrail to true.`,
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

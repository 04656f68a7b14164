/** Is the bucket there, in the region and the account of the stack? */
import { HeadBucketCommand, paginateListBuckets, type S3Client } from '@aws-sdk/client-s3';
import { refusalOf } from './refusals.ts';
import { relayAdvice } from './relay-advice.ts';
import {
  type BucketContext,
  BucketError,
  elsewhereError,
  explainS3Error,
  isDenied,
  regionIn,
} from './s3-errors.ts';
import type { BucketTrail } from './trails.ts';

/**
 * @param trails that write to the bucket: they may tell whose it is.
 * @throws BucketError where the bucket does not exist, or is in another region or account, with the way out.
 */
export async function assertBucketIsHere(
  s3: S3Client,
  context: BucketContext,
  trails: readonly BucketTrail[],
  signal: AbortSignal,
): Promise<void> {
  const { bucket, accountId } = context;
  try {
    const { BucketRegion } = await s3.send(
      new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: accountId }),
      { abortSignal: signal },
    );
    const elsewhere = elsewhereError(context, BucketRegion);
    if (elsewhere !== undefined) {
      throw elsewhere;
    }
  } catch (error) {
    const inThisRegion = regionIn(error) === undefined || regionIn(error) === context.region;
    if (isDenied(error) && inThisRegion && !(await isOurs(s3, context, signal))) {
      throw notOurs(context, trails, error);
    }
    throw await explainS3Error(s3, context, 's3:ListBucket', error);
  }
}

/** S3 answers a stranger as it answers one whom the bucket's policy refuses: the account's own list tells them apart. */
async function isOurs(s3: S3Client, context: BucketContext, signal: AbortSignal): Promise<boolean> {
  const { bucket } = context;
  try {
    const pages = paginateListBuckets({ client: s3 }, { Prefix: bucket }, { abortSignal: signal });
    for await (const { Buckets = [] } of pages) {
      if (Buckets.some(({ Name }) => Name === bucket)) {
        return true;
      }
    }
    return false;
  } catch (error) {
    throw refusalOf(context, 's3:ListAllMyBuckets', error);
  }
}

function notOurs(
  { bucket, region, accountId }: BucketContext,
  trails: readonly BucketTrail[],
  cause: unknown,
): BucketError {
  const others = trails.filter(({ arn }) => accountOf(arn) !== accountId);
  const hint = others
    .map(({ arn }) => `${arn} writes to it, a trail of account ${accountOf(arn)}`)
    .join('; ');
  return new BucketError(
    `The bucket ${bucket} does not belong to this stack's account ${accountId}, and a bucket's events stay in its account. ` +
      `S3 does not say whose it is${hint === '' ? '' : ` (${hint})`}. Either ${relayAdvice(region)} of that account; or name a ` +
      `bucket of account ${accountId}, or set CreateNewTrail to true.`,
    { cause },
  );
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

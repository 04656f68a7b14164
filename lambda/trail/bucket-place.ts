/** Is the bucket there, in the region and the account that the user says? */
import { HeadBucketCommand, paginateListBuckets, type S3Client } from '@aws-sdk/client-s3';
import { PARAMETERS } from '../../contract/parameters.ts';
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
 * @throws BucketError where the bucket does not exist, or is in another region or account than said, with the way out.
 */
export async function assertBucketIsAtHome(
  s3: S3Client,
  context: BucketContext,
  trails: readonly BucketTrail[],
  signal: AbortSignal,
): Promise<void> {
  const { bucket, home, accountId } = context;
  try {
    const { BucketRegion } = await s3.send(
      new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: home.accountId }),
      { abortSignal: signal },
    );
    const elsewhere = elsewhereError(context, BucketRegion);
    if (elsewhere !== undefined) {
      throw elsewhere;
    }
  } catch (error) {
    const inThatRegion = regionIn(error) === undefined || regionIn(error) === home.region;
    if (isDenied(error) && inThatRegion) {
      const ours = await isOurs(s3, context, signal);
      if (ours !== (home.accountId === accountId)) {
        throw ours ? oursAfterAll(context, error) : notOurs(context, trails, error);
      }
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

function notOurs(context: BucketContext, trails: readonly BucketTrail[], cause: unknown): BucketError {
  const { bucket, home, accountId } = context;
  const others = trails.filter(({ arn }) => accountOf(arn) !== accountId);
  const hint = others
    .map(({ arn }) => `${arn} writes to it, a trail of account ${accountOf(arn)}`)
    .join('; ');
  return new BucketError(
    `The bucket ${bucket} does not belong to this stack's account ${accountId}, and a bucket's events stay in its account. ` +
      `S3 does not say whose it is${hint === '' ? '' : ` (${hint})`}. Either ` +
      `${relayAdvice(context, { region: home.region, accountId: undefined })}; or name a ` +
      `bucket of account ${accountId}, or set CreateNewTrail to true.`,
    { cause },
  );
}

function oursAfterAll({ bucket, accountId }: BucketContext, cause: unknown): BucketError {
  return new BucketError(
    `The bucket ${bucket} belongs to this stack's own account ${accountId}. Leave ${PARAMETERS.cloudtrailBucketAccountId} empty.`,
    { cause },
  );
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

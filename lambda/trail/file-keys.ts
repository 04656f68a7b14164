/** Which KMS keys a bucket's files are encrypted with. */
import { type KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, type S3Client } from '@aws-sdk/client-s3';
import { refusalOf } from './refusals.ts';
import { type BucketContext, explainS3Error } from './s3-errors.ts';

const ALIAS = /(^|:)alias\//;
/** AWS's own key, which its policy lets everyone in the account use. */
const AWS_MANAGED_ALIAS = /(^|:)alias\/aws\/s3$/;

/**
 * The key that the bucket encrypts with by default: an ARN, an id or an alias; `undefined` where it is none of the
 * user's. A trail that has a key of its own disregards it.
 */
export async function defaultKeyOf(
  s3: S3Client,
  context: BucketContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { ServerSideEncryptionConfiguration } = await s3.send(
      new GetBucketEncryptionCommand({ Bucket: context.bucket, ExpectedBucketOwner: context.home.accountId }),
      { abortSignal: signal },
    );
    return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  } catch (error) {
    if ((error as Error).name === 'ServerSideEncryptionConfigurationNotFoundError') {
      return undefined;
    }
    throw await explainS3Error(s3, context, 's3:GetEncryptionConfiguration', error);
  }
}

/**
 * The ARNs of keys that are given by ARN, id, or alias; AWS's own keys are left out, for they need no permission.
 *
 * @throws UnknownAliasError where an alias is of another account, or there is none of that name.
 */
export async function keyArnsOf(
  kms: KMSClient,
  place: BucketContext,
  keys: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const given = keys.filter((key) => key !== undefined);
  const own = new Set(given.filter((key) => key !== '' && !AWS_MANAGED_ALIAS.test(key)));
  const arns = [...own].map((key) =>
    ALIAS.test(key) ? resolveAlias(kms, place, key, signal) : arnOfKey(place, key),
  );
  return [...new Set(await Promise.all(arns))].toSorted();
}

/** An alias cannot be followed to its key. */
export class UnknownAliasError extends Error {
  override readonly name = 'UnknownAliasError';
}

/** A key without its account and region is where its bucket is. */
function arnOfKey({ partition, home }: BucketContext, key: string): string {
  return key.startsWith('arn:') ? key : `arn:${partition}:kms:${home.region}:${home.accountId}:key/${key}`;
}

/** By listing: describing a key by its alias needs a permission on the key, which is not known yet. */
async function resolveAlias(
  kms: KMSClient,
  place: BucketContext,
  alias: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {}, { abortSignal: signal })) {
      const found = Aliases.find(({ AliasArn, AliasName }) => AliasArn === alias || AliasName === alias);
      if (found?.TargetKeyId !== undefined) {
        return arnOfKey(place, found.TargetKeyId);
      }
    }
  } catch (error) {
    throw refusalOf(place, 'kms:ListAliases', error);
  }
  throw new UnknownAliasError(
    `The bucket ${place.bucket} is encrypted with the key of ${alias}, which is no alias of this account and region. ` +
      "Give the key's ARN as TrailKeyArn.",
  );
}

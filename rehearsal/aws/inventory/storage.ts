import { paginateListTables } from '@aws-sdk/client-dynamodb';
import { paginateDescribeRepositories } from '@aws-sdk/client-ecr';
import {
  DescribeKeyCommand,
  type KMSClient,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import {
  ListObjectVersionsCommand,
  type ListObjectVersionsOutput,
  paginateListBuckets,
  type S3Client,
} from '@aws-sdk/client-s3';
import { paginateListSecrets } from '@aws-sdk/client-secrets-manager';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Lister } from './listers.ts';
import { collect } from './pages.ts';
import type { AwsResource } from './resource.ts';

export const buckets: Lister = async ({ s3 }) => {
  const found = await collect('AWS::S3::Bucket', paginateListBuckets({ client: s3 }, {}), ({ Buckets }) =>
    Buckets?.map(({ Name }) => Name),
  );
  return Promise.all(
    found.map(async (bucket) => ({
      ...bucket,
      detail: `${await countObjects(s3, bucket.id)} object versions`,
    })),
  );
};

/** Versions and delete markers: a bucket that holds either cannot be deleted. */
async function countObjects(client: S3Client, Bucket: string): Promise<number> {
  let count = 0;
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (next) {
    const page: ListObjectVersionsOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, ...next }),
    );
    count += (page.Versions ?? []).length + (page.DeleteMarkers ?? []).length;
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return count;
}

export const keys: Lister = async ({ kms }) => {
  const found = await collect('AWS::KMS::Key', paginateListKeys({ client: kms }, {}), ({ Keys }) =>
    Keys?.map(({ KeyArn }) => KeyArn),
  );
  return (await Promise.all(found.map((key) => described(kms, key)))).filter((key) => key !== undefined);
};

async function described(kms: KMSClient, key: AwsResource): Promise<AwsResource | undefined> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key.id }));
  if (KeyMetadata?.KeyManager === 'AWS') return undefined;
  const state = KeyMetadata?.KeyState ?? 'unknown';
  return { ...key, detail: state, ...(state === 'PendingDeletion' ? { pendingDeletion: true } : {}) };
}

export const aliases: Lister = ({ kms: client }) =>
  collect('AWS::KMS::Alias', paginateListAliases({ client }, {}), ({ Aliases }) =>
    Aliases?.filter(({ AliasName }) => !AliasName?.startsWith('alias/aws/')).map(({ AliasArn }) => AliasArn),
  );

export const secrets: Lister = ({ secrets: client }) =>
  collect(
    'AWS::SecretsManager::Secret',
    paginateListSecrets({ client }, { IncludePlannedDeletion: true }),
    ({ SecretList }) =>
      SecretList?.map(({ ARN = '', DeletedDate }) => ({
        id: ARN,
        ...(DeletedDate ? { detail: 'scheduled for deletion', pendingDeletion: true as const } : {}),
      })),
  );

export const tables: Lister = ({ dynamoDb: client }) =>
  collect('AWS::DynamoDB::Table', paginateListTables({ client }, {}), ({ TableNames }) => TableNames);

export const parameters: Lister = ({ ssm: client }) =>
  collect('AWS::SSM::Parameter', paginateDescribeParameters({ client }, {}), ({ Parameters }) =>
    Parameters?.map(({ Name }) => Name),
  );

export const repositories: Lister = ({ ecr: client }) =>
  collect('AWS::ECR::Repository', paginateDescribeRepositories({ client }, {}), ({ repositories: found }) =>
    found?.map(({ repositoryArn }) => repositoryArn),
  );

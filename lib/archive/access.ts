/** What the archive's functions may do with its buckets and its table, in the words of IAM. */
import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** A bucket, and the key that its objects are encrypted with. */
export interface KeyedBucket {
  readonly bucket: IBucket;
  readonly key: IKey;
}

/** @param folders prefixes of objects' keys, each with a slash at its end. */
export function objectsIn(bucket: IBucket, folders: readonly string[]): string[] {
  return folders.map((folder) => bucket.arnForObjects(`${folder}*`));
}

export function listAll(bucket: IBucket): PolicyStatement {
  return new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] });
}

/** May list some folders, and nothing beside them. */
export function listFolders(bucket: IBucket, folders: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': folders.map((folder) => `${folder}*`) } },
  });
}

/** May use a key through S3 only. */
export function useKeyThroughS3(key: IKey, ...actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[]) {
  return new PolicyStatement({
    actions: [...actions],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } },
  });
}

/** Tells cdk-nag that a role's wildcards over objects are meant. */
export function acknowledgeObjects(
  role: IConstruct,
  bucket: IBucket,
  folders: readonly string[],
  reason: string,
): void {
  const logicalId = bucket.stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
  for (const folder of folders) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${folder}*]`,
      reason,
    });
  }
}

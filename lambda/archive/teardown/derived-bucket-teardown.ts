import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { derivedBucketTeardownProperties } from '../../../contract/archive-teardown.ts';
import { readStackArn } from '../../../contract/stack-arn.ts';
import { emptyAndDelete } from '../../shared/bucket-emptier.ts';
import type { CustomResourceDefinition, Outcome } from '../../shared/custom-resource.ts';
import { logger } from '../../shared/logger.ts';

type Properties = z.infer<typeof derivedBucketTeardownProperties>;

export interface DerivedBucketTeardownDependencies {
  readonly s3: S3Client;
  /** See `BucketTeardown`. */
  readonly lateWriterDelaysMs?: readonly number[];
}

/**
 * Empties and deletes the derived bucket when the stack goes, is rolled back, or has got another such bucket: whatever
 * it holds can be made again from the raw one. Creating and updating do nothing.
 *
 * A derivation or a query that is under way when the stack is deleted can write for another quarter of an hour, so
 * CloudFormation alone could never count on an empty bucket.
 */
export function derivedBucketTeardown({
  s3,
  lateWriterDelaysMs,
}: DerivedBucketTeardownDependencies): CustomResourceDefinition<Properties> {
  const note = async ({
    properties: { BucketName },
  }: {
    readonly properties: Properties;
  }): Promise<Outcome> => ({
    registration: { origin: 'created', id: BucketName },
    attributes: { BucketName },
  });

  return {
    step: 'Derived bucket teardown',
    properties: derivedBucketTeardownProperties,
    create: note,
    // Another bucket is another registration: CloudFormation then asks for the deletion of the former one.
    update: note,
    delete: async ({ properties, stackId, signal }) => {
      if (properties === undefined) {
        // They were what the creation failed for: no bucket is known.
        return;
      }
      const { BucketName: bucket } = properties;
      const { partition, accountId } = readStackArn(stackId);
      const deleted = await emptyAndDelete({ s3, bucket, partition, accountId, signal, lateWriterDelaysMs });
      logger.info('Derived bucket deleted', { bucket, deleted });
    },
  };
}

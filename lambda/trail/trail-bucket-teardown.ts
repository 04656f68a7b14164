import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { trailBucketTeardownProperties } from '../../contract/trail.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import type { CustomResourceDefinition, DeleteRequest, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { emptyAndDelete } from './bucket-emptier.ts';
import { bucketContext } from './s3-errors.ts';

type Properties = z.infer<typeof trailBucketTeardownProperties>;

export interface TrailBucketTeardownDependencies {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly cloudFormation: CloudFormationClient;
  /** @default LATE_WRITER_DELAYS_MS */
  readonly lateWriterDelaysMs?: readonly number[];
}

/**
 * The shortest that KMS allows. All that the key encrypted is deleted by then; the days are left for a person
 * who finds out otherwise.
 */
const KEY_DELETION_DAYS = 7;

/**
 * Empties and deletes the trail's buckets when the stack is deleted, and schedules their key's deletion, or
 * leaves all as it is, as `OnDelete` says. Creating and updating do nothing.
 *
 * CloudFormation itself retains the buckets and the key, except when it rolls a creation back: then it
 * deletes them, which fails for a bucket that is not empty. So in a rollback the buckets are emptied
 * whatever `OnDelete` says: all that they hold was written during the failed creation. The key is left to
 * CloudFormation then.
 */
export function trailBucketTeardown(
  dependencies: TrailBucketTeardownDependencies,
): CustomResourceDefinition<Properties> {
  const note = async ({ properties }: { readonly properties: Properties }): Promise<Outcome> => {
    const [trailBucket = ''] = properties.BucketNames;
    return {
      registration: { origin: 'created', id: properties.BucketNames.join(',') },
      attributes: { TrailBucketName: trailBucket },
    };
  };

  return {
    step: 'Trail bucket teardown',
    properties: trailBucketTeardownProperties,
    create: note,
    update: note,
    delete: async ({ properties, stackId, signal }: DeleteRequest<Properties>) => {
      if (properties === undefined) {
        return;
      }
      const rollingBack = await isCreationRollback(dependencies.cloudFormation, stackId, signal);
      if (properties.OnDelete === 'Retain' && !rollingBack) {
        logger.info('The trail buckets are retained', { buckets: properties.BucketNames });
        return;
      }
      await deleteBuckets(dependencies, properties, stackId, signal);
      if (properties.TrailKeyArn !== undefined && !rollingBack) {
        await scheduleKeyDeletion(dependencies.kms, properties.TrailKeyArn, signal);
      }
    },
  };
}

async function deleteBuckets(
  { s3, lateWriterDelaysMs }: TrailBucketTeardownDependencies,
  { BucketNames }: Properties,
  stackId: string,
  signal: AbortSignal,
): Promise<void> {
  for (const bucket of BucketNames) {
    const { accountId } = bucketContext(bucket, stackId);
    const deleted = await emptyAndDelete({
      s3,
      bucket,
      accountId,
      signal,
      lateWriterDelaysMs,
    });
    logger.info('Bucket deleted', { bucket, deleted });
  }
}

async function isCreationRollback(
  cloudFormation: CloudFormationClient,
  stackId: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }), {
      abortSignal: signal,
    });
    return Stacks?.[0]?.StackStatus === 'ROLLBACK_IN_PROGRESS';
  } catch (error) {
    throw explainAwsError(`cloudformation:DescribeStacks on ${stackId}`, error, signal);
  }
}

async function scheduleKeyDeletion(kms: KMSClient, keyArn: string, signal: AbortSignal): Promise<void> {
  try {
    await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: KEY_DELETION_DAYS }),
      { abortSignal: signal },
    );
    logger.info('Key deletion scheduled', { keyArn, days: KEY_DELETION_DAYS });
  } catch (error) {
    // Gone, or scheduled by an earlier run: what was wanted.
    if (error instanceof Error && ['NotFoundException', 'KMSInvalidStateException'].includes(error.name)) {
      logger.info('The key is gone or going already', { keyArn });
      return;
    }
    throw explainAwsError(`kms:ScheduleKeyDeletion on ${keyArn}`, error, signal);
  }
}

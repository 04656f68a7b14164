import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { trailBucketTeardownProperties } from '../../contract/trail.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import { emptyAndDelete } from '../shared/bucket-emptier.ts';
import type { CustomResourceDefinition, DeleteRequest, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { type StackOperation, stackOperation } from '../shared/stack-status.ts';
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

type Fate = 'deleted' | 'emptied' | 'retained';

/**
 * What becomes of the trail's buckets and key, once the trail is gone.
 *
 * CloudFormation itself retains them, except while it rolls back the operation that made them
 * (`RetainExceptOnCreate`): then it deletes them, which fails for a bucket that is not empty. So in a
 * roll-back the buckets are emptied whatever `OnDelete` says, for all that they hold was written during the
 * failed operation; the key is left to CloudFormation.
 *
 * An update that drops the trail deletes no logs: what reached the bucket last may not have been forwarded,
 * and nobody asked for the deletion of the stack.
 */
function fateOf(operation: StackOperation, onDelete: Properties['OnDelete']): Fate {
  switch (operation) {
    case 'creation-rollback':
    case 'update-rollback':
      return 'emptied';
    case 'deletion':
      return onDelete === 'Delete' ? 'deleted' : 'retained';
    default:
      return 'retained';
  }
}

/**
 * Empties and deletes the trail's buckets when the stack is deleted, and schedules their key's deletion, or
 * leaves all as it is, as `OnDelete` says. Creating and updating do nothing.
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
      const operation = await stackOperation(dependencies.cloudFormation, stackId, signal);
      const fate = fateOf(operation, properties.OnDelete);
      logger.info('What becomes of the trail buckets', { fate, operation, buckets: properties.BucketNames });
      if (fate === 'retained') {
        return;
      }
      await deleteBuckets(dependencies, properties, stackId, signal);
      if (fate === 'deleted' && properties.TrailKeyArn !== undefined) {
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
    const { partition, accountId } = bucketContext(bucket, stackId);
    const deleted = await emptyAndDelete({
      s3,
      bucket,
      partition,
      accountId,
      signal,
      wayOut: 'set LogBucketOnDelete to Retain',
      lateWriterDelaysMs,
    });
    logger.info('Bucket deleted', { bucket, deleted });
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

import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { bucketNotificationProperties, type ListingRequest } from '../../contract/trail.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { hasEventBridge } from './notification-document.ts';
import { NotificationEditor } from './notification-editor.ts';
import { type BucketContext, BucketError, bucketContext, isMissingBucket } from './s3-errors.ts';

type Properties = z.infer<typeof bucketNotificationProperties>;

export interface BucketNotificationDependencies {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lateObjectsQueueUrl: string;
  /** @default READ_BACK_DELAYS_MS */
  readonly readBackDelaysMs?: readonly number[];
}

const MINUTE_MS = 60_000;
/** For clocks that differ. */
const MARGIN_MS = MINUTE_MS;
/** S3 takes about five minutes to act on the change (Amazon S3 User Guide, "Enabling Amazon EventBridge"). */
const TAKES_EFFECT_WITHIN_MS = 14 * MINUTE_MS;
/** The longest that SQS holds a message back, in seconds. */
const LIST_AFTER_SECONDS = 900;

/**
 * Switches EventBridge notifications on for a bucket that exists, and off again if it was this that did.
 *
 * EventBridge that is on already is adopted and stays on. Another bucket replaces the registration, whose id
 * is the bucket's name; an update with the same bucket repairs what another tool has overwritten.
 */
export function bucketNotification(
  dependencies: BucketNotificationDependencies,
): CustomResourceDefinition<Properties> {
  const editorFor = (context: BucketContext, signal: AbortSignal) =>
    new NotificationEditor(dependencies.s3, context, signal, dependencies.readBackDelaysMs);

  const switchOff = async (context: BucketContext, signal: AbortSignal) => {
    const editor = editorFor(context, signal);
    try {
      const document = await editor.read();
      if (hasEventBridge(document)) {
        await editor.switchOff(document);
      }
    } catch (error) {
      if (error instanceof BucketError && isMissingBucket(error.cause)) {
        logger.info('The bucket is gone, and its notifications with it', { bucket: context.bucket });
        return;
      }
      throw error;
    }
  };

  const create = async (request: CreateRequest<Properties>): Promise<Outcome> => {
    const { signal } = request;
    const bucket = request.properties.BucketName;
    const context = bucketContext(bucket, request.stackId);
    const editor = editorFor(context, signal);
    const document = await editor.read();
    if (hasEventBridge(document)) {
      return { registration: { origin: 'adopted', id: bucket } };
    }
    const registration = { origin: 'created', id: bucket } as const;
    request.undoOnFailure({ registration, run: (undoSignal) => switchOff(context, undoSignal) });
    const changedAt = Date.now();
    await editor.switchOn(document);
    await queueListing(dependencies, bucket, changedAt, signal);
    return { registration };
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const outcome = await create(request);
    const { registration } = request;
    // On already: by us or by its owner, as it was before.
    return outcome.registration.origin === 'adopted' && outcome.registration.id === registration.id
      ? { registration }
      : outcome;
  };

  return {
    step: 'Bucket notification',
    properties: bucketNotificationProperties,
    create,
    update,
    // After a failed creation nothing tells our addition from its owner's: undoing was the creation's job.
    delete: async ({ registration, stackId, signal }: DeleteRequest<Properties>) => {
      if (registration !== undefined) {
        await switchOff(bucketContext(registration.id, stackId), signal);
      }
    },
  };
}

/** Has the objects listed, later, of which no event may have come because the change was not in effect. */
async function queueListing(
  { sqs, lateObjectsQueueUrl }: BucketNotificationDependencies,
  bucket: string,
  changedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const request: ListingRequest = {
    bucket,
    storedFrom: new Date(changedAt - MARGIN_MS).toISOString(),
    storedBefore: new Date(changedAt + TAKES_EFFECT_WITHIN_MS).toISOString(),
  };
  const command = new SendMessageCommand({
    QueueUrl: lateObjectsQueueUrl,
    MessageBody: JSON.stringify(request),
    DelaySeconds: LIST_AFTER_SECONDS,
  });
  try {
    await sqs.send(command, { abortSignal: signal });
  } catch (error) {
    throw explainAwsError('sqs:SendMessage to the queue of late objects', error, signal);
  }
}

import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { bucketNotificationProperties, type ListingRequest } from '../../contract/trail.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { withRetries } from '../shared/retry.ts';
import { isDenied } from '../shared/s3-failures.ts';
import { hasEventBridge } from './notification-document.ts';
import { NotificationEditor } from './notification-editor.ts';
import { type BucketContext, BucketError, bucketContext, isMissingBucket } from './s3-errors.ts';

type Properties = z.infer<typeof bucketNotificationProperties>;

export interface BucketNotificationDependencies {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lateObjectsQueueUrl: string;
  /** Milliseconds, at most, between two tries while reading is denied. @default 10000 */
  readonly patienceMs?: number;
  /** @default READ_BACK_DELAYS_MS */
  readonly readBackDelaysMs?: readonly number[];
}

const MINUTE_MS = 60_000;
/** For clocks that differ. */
const MARGIN_MS = MINUTE_MS;
/** S3 takes about five minutes to act on the change (Amazon S3 User Guide, "Enabling Amazon EventBridge"). */
const TAKES_EFFECT_WITHIN_MS = 14 * MINUTE_MS;
/**
 * Where another bucket was forwarded from until now, an event must not fall between the two: what its own trail
 * has delivered shortly before would come from the former bucket only after the change, or not at all.
 * CloudTrail delivers within about 5 minutes on average, without a promise (AWS CloudTrail User Guide, "How
 * CloudTrail works").
 */
const REACH_BACK_MS = 30 * MINUTE_MS;
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

  /** @param isNew whether the bucket is one that was not forwarded from until now. */
  const ensure = async (request: CreateRequest<Properties>, isNew: boolean): Promise<Outcome> => {
    const { signal } = request;
    const bucket = request.properties.BucketName;
    const context = bucketContext(bucket, request.stackId);
    const editor = editorFor(context, signal);
    const document = await readOnceAllowed(editor, signal, dependencies.patienceMs);
    const list = (request: ListingRequest, delaySeconds: number) =>
      queueListing(dependencies, request, delaySeconds, signal);
    if (hasEventBridge(document)) {
      if (isNew) {
        await list(span(bucket, Date.now() - REACH_BACK_MS, Date.now() + MARGIN_MS), 0);
      }
      return { registration: { origin: 'adopted', id: bucket } };
    }
    const registration = { origin: 'created', id: bucket } as const;
    request.undoOnFailure({ registration, run: (undoSignal) => switchOff(context, undoSignal) });
    const changedAt = Date.now();
    await editor.switchOn(document);
    await list(span(bucket, changedAt - REACH_BACK_MS, changedAt + MARGIN_MS), 0);
    await list(span(bucket, changedAt - MARGIN_MS, changedAt + TAKES_EFFECT_WITHIN_MS), LIST_AFTER_SECONDS);
    return { registration };
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { registration } = request;
    const isNew = registration.id !== request.properties.BucketName;
    const outcome = await ensure(request, isNew);
    // On already: by us or by its owner, as it was before.
    return outcome.registration.origin === 'adopted' && !isNew ? { registration } : outcome;
  };

  return {
    step: 'Bucket notification',
    properties: bucketNotificationProperties,
    create: (request) => ensure(request, true),
    update,
    // After a failed creation nothing tells our addition from its owner's: undoing was the creation's job.
    delete: async ({ registration, stackId, signal }: DeleteRequest<Properties>) => {
      if (registration !== undefined) {
        await switchOff(bucketContext(registration.id, stackId), signal);
      }
    },
  };
}

/**
 * Reads the document, and waits while that is denied: the permission to do so is as new as the bucket's name in
 * this stack, and IAM takes a while to let everyone know (AWS IAM User Guide, "Changes that I make are not
 * always immediately visible").
 */
function readOnceAllowed(editor: NotificationEditor, signal: AbortSignal, patienceMs = 10_000) {
  return withRetries(() => editor.read(), {
    attempts: 6,
    baseDelayMs: patienceMs / 10,
    maximumDelayMs: patienceMs,
    signal,
    decide: (error) => ({ retry: error instanceof BucketError && isDenied(error.cause) }),
  });
}

function span(bucket: string, from: number, before: number): ListingRequest {
  return {
    bucket,
    storedFrom: new Date(from).toISOString(),
    storedBefore: new Date(before).toISOString(),
  };
}

/** Has the objects listed of which no event may have come. */
async function queueListing(
  { sqs, lateObjectsQueueUrl }: BucketNotificationDependencies,
  request: ListingRequest,
  delaySeconds: number,
  signal: AbortSignal,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: lateObjectsQueueUrl,
      MessageBody: JSON.stringify(request),
      DelaySeconds: delaySeconds,
    }),
    { abortSignal: signal },
  );
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { bucketNotificationProperties } from '../../contract/trail.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  DeleteRequest,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import { type ListingQueue, queueGap } from '../shared/listing/listing-request.ts';
import { logger } from '../shared/logger.ts';
import { hasEventBridge } from './notification-document.ts';
import { NotificationEditor } from './notification-editor.ts';
import { NotificationMemory } from './notification-memory.ts';
import { otherRulesFor } from './other-rules.ts';
import { assertEventsAreOn } from './relayed-events.ts';
import {
  type BucketContext,
  BucketError,
  bucketContext,
  isDenied,
  isElsewhere,
  isMissingBucket,
} from './s3-errors.ts';

type Properties = z.infer<typeof bucketNotificationProperties>;

export interface BucketNotificationDependencies extends ListingQueue {
  readonly s3In: (region: string) => S3Client;
  readonly dynamoDb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
  readonly ledgerTable: string;
  /** Name of this stack's own event rule. */
  readonly eventRuleName: string;
  /** Tells that the notifications are on, so that the alarm which comes next has something to go by. */
  readonly tellMissing: (missing: boolean) => void;
  /** @default READ_BACK_DELAYS_MS */
  readonly readBackDelaysMs?: readonly number[];
}

/**
 * Switches EventBridge notifications on for a bucket that exists, and off again if it was this that did, and if
 * nobody else has come to count on them.
 *
 * EventBridge that is on already is adopted and stays on. For a bucket elsewhere it has to be: who else counts on it
 * cannot be seen from here, so that its owner decides. Another bucket replaces the registration, whose id
 * is the bucket's name; an update with the same bucket repairs what another tool has overwritten.
 */
export function bucketNotification(
  dependencies: BucketNotificationDependencies,
): CustomResourceDefinition<Properties> {
  const { eventBridge, eventRuleName } = dependencies;
  const editorFor = (context: BucketContext, signal: AbortSignal) =>
    new NotificationEditor(
      dependencies.s3In(context.home.region),
      context,
      signal,
      dependencies.readBackDelaysMs,
    );

  const memoryOf = (bucket: string) =>
    new NotificationMemory(dependencies.dynamoDb, dependencies.ledgerTable, bucket);

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
      } else {
        throw error;
      }
    }
    await memoryOf(context.bucket).forgetOurs(signal);
  };

  /** @param standing whether the notifications were on before, by us or by their owner. */
  const ensure = async (request: CreateRequest<Properties>, standing: boolean): Promise<Outcome> => {
    const { signal } = request;
    const bucket = request.properties.BucketName;
    const context = bucketContext(bucket, request.stackId, request.properties);
    const memory = memoryOf(bucket);
    const editor = editorFor(context, signal);
    const document = await editor.read();
    const elsewhere = isElsewhere(context);
    if (elsewhere) {
      assertEventsAreOn(context, document);
    }
    const sighting = standing ? await memory.recall(signal) : undefined;
    const found = hasEventBridge(document);
    const now = Date.now();
    // On already, and by us: a creation of ours died before it could say so, or is being repeated.
    const oursSince = found && !standing ? await memory.recallOurs(signal) : undefined;
    const isOurs = !found || oursSince !== undefined;
    const registration = { origin: isOurs ? 'created' : 'adopted', id: bucket } as const;
    if (isOurs) {
      request.undoOnFailure({ registration, run: (undoSignal) => switchOff(context, undoSignal) });
    }
    if (!found) {
      await memory.noteOurs(now, signal);
      await editor.switchOn(document);
    }
    // Events that are relayed begin to come some time after the rule for them is there.
    if (isOurs || sighting?.missing === true || (elsewhere && !standing)) {
      await queueGap(dependencies, bucket, oursSince ?? sighting?.lastSeenOn ?? now, signal);
    }
    await memory.seenOn(now, signal);
    dependencies.tellMissing(false);
    return { registration };
  };

  /**
   * An update to another bucket may have switched its notifications on without ever answering so: then only the
   * rollback's old properties tell of it. Where the role may not look there any more, the rollback goes on.
   */
  const takeBackReplacement = async ({
    properties,
    stackId,
    signal,
  }: Pick<CreateRequest<Properties>, 'properties' | 'stackId' | 'signal'>): Promise<void> => {
    const context = bucketContext(properties.BucketName, stackId, properties);
    if (isElsewhere(context)) {
      return;
    }
    try {
      if ((await memoryOf(context.bucket).recallOurs(signal)) !== undefined) {
        await switchOff(context, signal);
      }
    } catch (error) {
      if (!isDenied((error as Error).cause)) {
        throw error;
      }
      logger.warn('EventBridge may have stayed on for the bucket of the update that is rolled back', {
        bucket: context.bucket,
        reason: (error as Error).message,
      });
    }
  };

  const update = async (request: UpdateRequest<Properties>): Promise<Outcome> => {
    const { registration, oldProperties } = request;
    if (oldProperties !== undefined && oldProperties.BucketName !== registration.id) {
      await takeBackReplacement({ ...request, properties: oldProperties });
    }
    const standing = registration.id === request.properties.BucketName;
    const outcome = await ensure(request, standing);
    return standing && outcome.registration.origin === 'adopted' ? { registration } : outcome;
  };

  return {
    step: 'Bucket notification',
    properties: bucketNotificationProperties,
    create: (request) => ensure(request, false),
    update,
    knowsItsOwn: true,
    delete: async ({ registration, properties, stackId, signal }: DeleteRequest<Properties>) => {
      const bucket = registration?.id ?? properties?.BucketName;
      if (bucket === undefined) {
        return;
      }
      const context = bucketContext(bucket, stackId, properties);
      if (isElsewhere(context)) {
        // Its owner has switched them on.
        return;
      }
      if (registration === undefined && (await memoryOf(bucket).recallOurs(signal)) === undefined) {
        // The creation never came to it: if they are on, it is their owner's doing.
        return;
      }
      const others = await otherRulesFor(eventBridge, context, eventRuleName, signal);
      if (others.length > 0) {
        // The last of them finds it on and cannot know that it was off once: so it stays on, which costs nothing.
        logger.warn('EventBridge stays on for the bucket, because other rules count on it', {
          bucket: context.bucket,
          rules: others,
        });
        return;
      }
      await switchOff(context, signal);
    },
  };
}

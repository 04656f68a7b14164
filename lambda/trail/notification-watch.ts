import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type ListingQueue, queueGap } from '../shared/listing/listing-request.ts';
import { logger } from '../shared/logger.ts';
import { stackStatus } from '../shared/stack-status.ts';
import { hasEventBridge } from './notification-document.ts';
import type { NotificationEditor } from './notification-editor.ts';
import type { NotificationMemory } from './notification-memory.ts';

export interface NotificationWatchServices extends ListingQueue {
  readonly bucket: string;
  readonly stackId: string;
  /** Whether the user has asked for repair. */
  readonly repair: boolean;
  readonly editor: NotificationEditor;
  /** Whether what the bucket sends gets here, for one in another region. */
  readonly arrives: () => Promise<boolean>;
  readonly memory: NotificationMemory;
  readonly cloudFormation: CloudFormationClient;
  readonly tellMissing: (missing: boolean) => void;
  readonly signal: AbortSignal;
}

export type WatchResult = 'on' | 'back' | 'missing' | 'repaired' | 'stack is changing';

/** Where nothing is remembered, which happens only if the memory was deleted: this much is listed, to be sure. */
const UNKNOWN_GAP_MS = 86_400_000;

/**
 * Looks whether EventBridge is still on for the bucket, and has the objects listed that were stored while it was not.
 *
 * While CloudFormation is changing the stack it keeps still: the custom resource that switches notifications on and
 * off is at work, or has been, and must not be undone. That is asked first, and again right before a repair.
 *
 * @throws BucketError where the bucket cannot be looked at: then no metric is told, which makes the alarm go off too.
 */
export async function watchNotification(services: NotificationWatchServices): Promise<WatchResult> {
  const { bucket, editor, memory, signal } = services;
  if (await isStackChanging(services)) {
    return 'stack is changing';
  }
  const lookedAt = Date.now();
  const document = await editor.read();
  const sighting = await memory.recall(signal);
  const lastSeenOn = sighting?.lastSeenOn ?? lookedAt - UNKNOWN_GAP_MS;

  const isSent = hasEventBridge(document);
  if (isSent && (await services.arrives())) {
    const isBack = sighting === undefined || sighting.missing;
    if (isBack) {
      await queueGap(services, bucket, lastSeenOn, signal);
      logger.info('EventBridge is on again: what was stored meanwhile will be listed', {
        bucket,
        lastSeenOn,
      });
    }
    // After the listing is asked for: what comes between is listed twice rather than never.
    await memory.seenOn(lookedAt, signal);
    services.tellMissing(false);
    return isBack ? 'back' : 'on';
  }

  await memory.seenOff(lastSeenOn, signal);
  services.tellMissing(true);
  logger.error(
    isSent
      ? "The bucket's events are not passed on to this region: the relay is gone"
      : 'EventBridge is off for the bucket: no event comes for what is stored',
    { bucket, lastSeenOn },
  );
  if (!services.repair || isSent || (await isStackChanging(services))) {
    return 'missing';
  }
  await editor.switchOn(document);
  await queueGap(services, bucket, lastSeenOn, signal);
  await memory.seenOn(Date.now(), signal);
  logger.info('EventBridge is switched on again', { bucket });
  return 'repaired';
}

/** A deletion that has failed is not over: what it has taken back stays taken back. */
async function isStackChanging({
  cloudFormation,
  stackId,
  signal,
}: NotificationWatchServices): Promise<boolean> {
  const status = (await stackStatus(cloudFormation, stackId, signal)) ?? 'DELETE_COMPLETE';
  return status.endsWith('_IN_PROGRESS') || status.startsWith('DELETE_');
}

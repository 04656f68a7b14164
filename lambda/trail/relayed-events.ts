/** Whether the events of a bucket in another region or account come here. */
import { type EventBridgeClient, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge';
import { logger } from '../shared/logger.ts';
import { hasEventBridge, type NotificationDocument } from './notification-document.ts';
import { otherRulesFor } from './other-rules.ts';
import { refusalOf } from './refusals.ts';
import { relayAdvice, SWITCH_ON } from './relay-advice.ts';
import { type BucketContext, BucketError } from './s3-errors.ts';

/** @throws BucketError where the bucket sends no events to EventBridge, with the cure. */
export function assertEventsAreOn({ bucket, home }: BucketContext, document: NotificationDocument): void {
  if (!hasEventBridge(document)) {
    throw new BucketError(
      `The bucket ${bucket} sends no events to EventBridge, and this stack changes nothing in ${home.region} of account ` +
        `${home.accountId}. Switch them on: ${SWITCH_ON}.`,
    );
  }
}

/** @throws BucketError where no relay is there, with the cure. */
export async function assertRelayed(
  eventBridge: EventBridgeClient,
  context: BucketContext,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isRelayed(eventBridge, context, signal))) {
    throw new BucketError(
      `No rule in ${context.home.region} passes the events of ${context.bucket} on to ${context.region}: ` +
        `${relayAdvice(context, context.home)}.`,
    );
  }
}

/**
 * Whether an enabled rule where the bucket is names it, and has this region's default event bus among its targets.
 *
 * What rules another account has is not told: there it is taken for granted.
 *
 * @param eventBridge of the bucket's region.
 */
export async function isRelayed(
  eventBridge: EventBridgeClient,
  context: BucketContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { partition, region, accountId, home } = context;
  if (home.accountId !== accountId) {
    logger.info('Whether a relay is there cannot be seen: the bucket is in another account', { home });
    return true;
  }
  const ourBus = `arn:${partition}:events:${region}:${accountId}:event-bus/default`;
  const candidates = await otherRulesFor(eventBridge, context, undefined, signal);
  if (candidates.length === 0) {
    return false;
  }
  const relaying = await rulesWithTarget(eventBridge, context, ourBus, signal);
  return candidates.some((name) => relaying.has(name));
}

async function rulesWithTarget(
  eventBridge: EventBridgeClient,
  context: BucketContext,
  TargetArn: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let NextToken: string | undefined;
  try {
    do {
      const page = await eventBridge.send(new ListRuleNamesByTargetCommand({ TargetArn, NextToken }), {
        abortSignal: signal,
      });
      for (const name of page.RuleNames ?? []) {
        found.add(name);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (error) {
    throw refusalOf(context, 'events:ListRuleNamesByTarget', error);
  }
  return found;
}

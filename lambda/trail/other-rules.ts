/** Who else counts on a bucket's EventBridge notifications. */
import { type EventBridgeClient, ListRulesCommand, type Rule } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { refusalOf } from './refusals.ts';
import type { BucketContext } from './s3-errors.ts';

/** As much of an event pattern as names a bucket: `detail.bucket.name`, which has exact names among its matchers. */
const bucketPattern = z.object({
  detail: z.object({ bucket: z.object({ name: z.array(z.unknown()) }) }),
});

/**
 * The names of enabled rules on the default event bus that ask for this bucket's events by its name: other stacks of
 * Trailbridge, or anybody's. A rule that matches by a prefix, or all buckets, is nobody's in particular and does not
 * count.
 *
 * @param ownRule name of this stack's own rule; `undefined` where it has none on that bus.
 */
export async function otherRulesFor(
  eventBridge: EventBridgeClient,
  context: BucketContext,
  ownRule: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await eventBridge.send(new ListRulesCommand({ NextToken: token }), {
        abortSignal: signal,
      });
      found.push(
        ...(page.Rules ?? [])
          .filter((rule) => rule.Name !== ownRule && isFor(rule, context.bucket))
          .flatMap(({ Name }) => Name ?? []),
      );
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    throw refusalOf(context, 'events:ListRules', error);
  }
  return found;
}

function isFor({ EventPattern, State }: Rule, bucket: string): boolean {
  if (EventPattern === undefined || State === 'DISABLED') {
    return false;
  }
  const { data } = bucketPattern.safeParse(JSON.parse(EventPattern));
  return data?.detail.bucket.name.includes(bucket) ?? false;
}

import { notificationOf } from '../buckets.ts';
import { bucketClients, EXISTING_BUCKET } from '../existing-bucket.ts';
import { findLeaks } from '../leaks.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { outputsOf } from '../stack-watch.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import { STACK } from './stack.ts';

/**
 * While everything is up: what the vendors hold, what has become of the existing bucket's notifications, and
 * where a secret stands that should not. With `--keep`, the user may look too.
 */
export async function lookInside(rehearsal: Rehearsal): Promise<void> {
  const { stage, options, before, found } = rehearsal;
  if (options.existingBucket) {
    const during = await notificationOf(bucketClients(stage), EXISTING_BUCKET);
    found.bucketNotification = { before: before.notification, during, after: null };
  }
  found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
  for (const where of new Set(await findLeaks(stage, STACK))) {
    found.problems.push(`A secret stands in ${where}.`);
  }
  if (options.keep) {
    await rehearsal.intermission(await outputsOf(stage.clients, STACK));
  }
}

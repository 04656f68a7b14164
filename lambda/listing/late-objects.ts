import type { ListingRequest } from '../../contract/listing.ts';
import { queueObjects } from '../shared/listing/object-queue.ts';
import { daysOfFolders } from '../shared/listing/stored-objects.ts';
import { logger } from '../shared/logger.ts';
import { continueLater, type ListerServices } from './lister.ts';
import { listingSteps } from './listing-steps.ts';

export type LateObjectsServices = Omit<ListerServices, 'dynamoDb' | 'ledgerTable'>;

export interface ListingResult {
  /** Objects queued by this run. */
  readonly queued: number;
  /** `false` where the rest was left to a new message. */
  readonly complete: boolean;
}

/**
 * Queues every CloudTrail file that was stored in a span of time. It stops between two pages when time runs
 * out, and goes on there with a new message, however large the bucket is.
 *
 * What is queued may be queued already, by its own event: the ledger forwards it once.
 *
 * @throws QueueError, and what S3 and SQS throw: the message is then received again.
 */
export async function queueStoredObjects(
  request: ListingRequest,
  services: LateObjectsServices,
): Promise<ListingResult> {
  const { s3, sqs, signal, hasTime, keyPrefixes, forwardingQueueUrl } = services;
  const { bucket, storedFrom, storedBefore } = request;
  const days = daysOfFolders(new Date(storedFrom), new Date(storedBefore));
  const scope = { days, stored: { from: storedFrom, before: storedBefore } };
  let queued = 0;
  let steps = 0;
  for await (const step of listingSteps({ s3, bucket, signal }, keyPrefixes, scope, request.resumeAt)) {
    // At least one step a run, or it would never end.
    if (steps > 0 && !hasTime()) {
      await continueLater(services, { ...request, resumeAt: step.position });
      logger.info('Listing goes on in a new message', { bucket, resumeAt: step.position, queued });
      return { queued, complete: false };
    }
    steps += 1;
    const objects = await step.list();
    await queueObjects(sqs, forwardingQueueUrl, objects, signal);
    queued += objects.length;
  }
  logger.info('Listing complete', { bucket, queued });
  return { queued, complete: true };
}

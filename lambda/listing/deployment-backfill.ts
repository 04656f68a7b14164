import type * as z from 'zod';
import { deploymentBackfillProperties } from '../../contract/listing.ts';
import type {
  CreateRequest,
  CustomResourceDefinition,
  Outcome,
  UpdateRequest,
} from '../shared/custom-resource.ts';
import {
  CLOCK_MARGIN_MS,
  type ListingQueue,
  queueListing,
  spanOf,
} from '../shared/listing/listing-request.ts';
import { logger } from '../shared/logger.ts';

type Properties = z.infer<typeof deploymentBackfillProperties>;

const DAY_MS = 86_400_000;
/**
 * Where another bucket was forwarded from until now, an event must not fall between the two: what this one's trail
 * has delivered shortly before would come from the former bucket only after the change, or not at all.
 * CloudTrail delivers within about 5 minutes on average, without a promise (AWS CloudTrail User Guide, "How
 * CloudTrail works").
 */
const REACH_BACK_MS = 30 * 60_000;
/** Stands in the id, between the bucket and the time; no bucket's name has it. */
const SEPARATOR = '@';

/**
 * Has what was stored in the last days before the deployment listed and queued, once; half an hour in any case.
 *
 * The id holds the time from which on everything is forwarded. Where more days are asked for later, only what lies
 * before that time is listed; fewer days change nothing, for what is forwarded stays so. Another id replaces the
 * resource, and deleting the former does nothing.
 */
export function deploymentBackfill(queue: ListingQueue): CustomResourceDefinition<Properties> {
  const list = async (
    { properties, signal }: CreateRequest<Properties>,
    forwardedSince?: number,
  ): Promise<Outcome> => {
    const { BucketName, BackfillDays } = properties;
    const now = Date.now();
    const forwardedFrom = forwardedSince ?? now;
    const from = Math.min(forwardedFrom, now - Math.max(BackfillDays * DAY_MS, REACH_BACK_MS));
    if (from < forwardedFrom) {
      await queueListing(queue, spanOf(BucketName, from, forwardedFrom + CLOCK_MARGIN_MS), signal);
      logger.info('Backfill is queued', { bucket: BucketName, from: new Date(from).toISOString() });
    }
    return {
      registration: { origin: 'adopted', id: `${BucketName}${SEPARATOR}${new Date(from).toISOString()}` },
    };
  };
  return {
    step: 'Backfill',
    properties: deploymentBackfillProperties,
    create: (request) => list(request),
    update: (request: UpdateRequest<Properties>) => {
      const [bucket, time = ''] = request.registration.id.split(SEPARATOR);
      return list(request, bucket === request.properties.BucketName ? Date.parse(time) : undefined);
    },
    // What is forwarded cannot be called back.
    delete: async () => {},
  };
}

import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import { type TrailStatus, trailStatus } from '../shared/trail-status.ts';
import type { Check } from './check.ts';

/**
 * How many of the trails that were known when the stack was deployed are not logging, cannot deliver, or are gone.
 *
 * One that belongs to another account may keep its status to itself, and does not count. Where no trail is known, none
 * is amiss: that files come all the same is for the age of the newest to tell.
 *
 * @param accountId whose role asks.
 */
export function trailCheck(cloudTrail: CloudTrailClient, arns: readonly string[], accountId: string): Check {
  return {
    metric: HEALTH_METRICS.trailsNotLogging,
    unit: MetricUnit.Count,
    look: async (signal) => {
      const trails = await Promise.all(
        arns.map(async (trail) => ({
          trail,
          ...(await trailStatus(cloudTrail, trail, accountId, signal)),
        })),
      );
      return { value: trails.filter(isAmiss).length, facts: { trails } };
    },
  };
}

function isAmiss({ state, deliveryError }: TrailStatus): boolean {
  return state === 'not logging' || state === 'gone' || deliveryError !== undefined;
}

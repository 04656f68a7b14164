import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import type { SecretReader } from '../shared/secrets.ts';
import { connectionCheck } from '../vendors/connection-check.ts';
import type { Destination, SendOutcome } from '../vendors/destination.ts';
import type { Check } from './check.ts';

const WORDS = {
  trailbridge: 'heartbeat',
  message: 'Trailbridge checks every five minutes that it may send CloudTrail records here.',
};

export interface DestinationCheckServices {
  readonly destination: Destination;
  readonly secrets: Pick<SecretReader, 'read' | 'forget'>;
  readonly tokenArn: string;
}

/**
 * Whether the destination takes what the forwarder sends, by the very call that the forwarder makes and the deployment
 * has proven. One try: the alarm waits for several looks.
 */
export function destinationCheck({ destination, secrets, tokenArn }: DestinationCheckServices): Check {
  const trySending = async (signal: AbortSignal): Promise<SendOutcome> => {
    const part = connectionCheck(destination, WORDS);
    const token = await secrets.read(tokenArn, signal);
    const outcome = await destination.send(part, token, signal);
    if (outcome.status !== 'unauthorized') {
      return outcome;
    }
    // It may have been renewed a moment ago, as a forwarder finds out too.
    secrets.forget(tokenArn);
    const renewed = await secrets.read(tokenArn, signal);
    return renewed === token ? outcome : await destination.send(part, renewed, signal);
  };
  return {
    metric: HEALTH_METRICS.destinationUnreachable,
    unit: MetricUnit.Count,
    look: async (signal) => {
      const outcome = await trySending(signal);
      return { value: outcome.status === 'accepted' ? 0 : 1, facts: { ...outcome } };
    },
  };
}

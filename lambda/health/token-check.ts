import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { FORWARDING_METRICS } from '../../contract/metrics.ts';
import type { SecretReader } from '../shared/secrets.ts';
import type { Check } from './check.ts';

/**
 * How old the destination's token is. A forwarder tells the same of the token that it uses, but only while there are
 * files; this tells it always, so that silence means something.
 */
export function tokenCheck(secrets: Pick<SecretReader, 'read' | 'storedAt'>, tokenArn: string): Check {
  return {
    metric: FORWARDING_METRICS.tokenAge,
    unit: MetricUnit.Seconds,
    look: async (signal) => {
      await secrets.read(tokenArn, signal);
      const storedAt = secrets.storedAt(tokenArn);
      return {
        value: storedAt && Math.round((Date.now() - storedAt.getTime()) / 1000),
        facts: { storedAt },
      };
    },
  };
}

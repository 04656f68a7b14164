import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RoundMemory } from '../../contract/completeness-round.ts';
import { COMPLETENESS_METRICS } from '../../contract/metrics.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';

export interface CompletenessMetrics {
  /** Something was found to be tampered with. */
  tampered(count: number): void;
  /** How things stand: told by every invocation, so that silence means that nobody checks. */
  standing(memory: RoundMemory, isNew: boolean, now: Date): void;
}

/** The metrics of the stack whose name the alarms go by. */
export function completenessMetrics(stackName: string): CompletenessMetrics {
  const metrics = stackMetrics(stackName);
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  return {
    tampered: (tampered) => {
      count(COMPLETENESS_METRICS.tampered, tampered);
      metrics.publishStoredMetrics();
    },
    standing: ({ last, since }, isNew, now) => {
      const checkedUntil = Date.parse(last?.totals.checkedUntil ?? last?.to ?? since);
      const age = Math.max(0, (now.getTime() - checkedUntil) / 1000);
      metrics.addMetric(COMPLETENESS_METRICS.age, MetricUnit.Seconds, Math.round(age));
      count(COMPLETENESS_METRICS.gaps, last?.totals.gaps ?? 0);
      count(COMPLETENESS_METRICS.gapsRemaining, last?.totals.remaining ?? 0);
      // What was found is told when it is found; this draws the line at 0 otherwise.
      count(COMPLETENESS_METRICS.tampered, 0);
      if (isNew && last !== undefined) {
        const { digests, files, unprovenHours } = last.totals;
        count(COMPLETENESS_METRICS.digestsVerified, digests);
        count(COMPLETENESS_METRICS.filesProven, files);
        count(COMPLETENESS_METRICS.unprovenHours, unprovenHours);
      }
      metrics.publishStoredMetrics();
    },
  };
}

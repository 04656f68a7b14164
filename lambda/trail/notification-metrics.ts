import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { NOTIFICATION_METRICS } from '../../contract/metrics.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';

/** Tells whether a bucket's notifications are missing: 1 or 0. Of the stack whose name the alarm goes by. */
export function notificationMetric(stackName: string): (missing: boolean) => void {
  const metrics = stackMetrics(stackName);
  return (missing) => {
    metrics.addMetric(NOTIFICATION_METRICS.missing, MetricUnit.Count, missing ? 1 : 0);
    metrics.publishStoredMetrics();
  };
}

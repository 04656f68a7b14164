import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, NOTIFICATION_METRICS, STACK_DIMENSION } from '../../contract/metrics.ts';

/** Tells whether a bucket's notifications are missing: 1 or 0. Of the stack whose name the alarm goes by. */
export function notificationMetric(stackName: string): (missing: boolean) => void {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds the dimension `service`, which would part our metrics from their alarms.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [STACK_DIMENSION]: stackName });
  return (missing) => {
    metrics.addMetric(NOTIFICATION_METRICS.missing, MetricUnit.Count, missing ? 1 : 0);
    metrics.publishStoredMetrics();
  };
}

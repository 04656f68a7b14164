import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';

/**
 * The metrics of a stack, by which its alarms go.
 *
 * @param dimensions beside the stack's name.
 */
export function stackMetrics(stackName: string, dimensions: Readonly<Record<string, string>> = {}): Metrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds the dimension `service`, which would part our metrics from their alarms.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [STACK_DIMENSION]: stackName, ...dimensions });
  return metrics;
}

import { Aws, Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AuditSource } from '../../contract/archive.ts';
import { METRIC_NAMESPACE, SOURCE_DIMENSION, STACK_DIMENSION } from '../../contract/metrics.ts';

/**
 * How long a run of one of the archive's functions may take. A run tells of itself at its end, so nothing that is
 * asked of these metrics may be asked more often.
 */
export const RUN = Duration.minutes(15);

/** One of `ARCHIVE_METRICS`, of a source or of all. */
export function archiveMetric(
  metricName: string,
  { source, statistic, period }: { source?: AuditSource; statistic: string; period: Duration },
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: {
      [STACK_DIMENSION]: Aws.STACK_NAME,
      ...(source === undefined ? {} : { [SOURCE_DIMENSION]: source }),
    },
    statistic,
    period,
  });
}

import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  FORWARDING_METRICS,
  HEALTH_METRICS,
  METRIC_NAMESPACE,
  STACK_DIMENSION,
} from '../../contract/metrics.ts';
import type { Check } from './check.ts';
import { latestValue } from './metric-reader.ts';

export interface FreshnessCheckServices {
  readonly cloudWatch: CloudWatchClient;
  readonly cloudFormation: CloudFormationClient;
  readonly stackName: string;
  readonly stackId: string;
}

/** Longer than any silence that the alarm can be set to, and as far back as is looked. */
const HORIZON_MS = 25 * 3_600_000;

/**
 * How long ago a file was last forwarded that came by an event: what is listed or backfilled has no lag, so
 * that old files do not hide that no new one comes. It is read from what the forwarder told CloudWatch, which has the
 * whole way of a file behind it: trail, bucket, rule, queue, forwarder, destination.
 *
 * Before the first file, the stack's own age.
 */
export function freshnessCheck(services: FreshnessCheckServices): Check {
  const { cloudWatch, cloudFormation, stackName, stackId } = services;
  return {
    metric: HEALTH_METRICS.newestFileAge,
    unit: MetricUnit.Seconds,
    look: async (signal) => {
      const [newest, description] = await Promise.all([
        latestValue(
          cloudWatch,
          {
            namespace: METRIC_NAMESPACE,
            name: FORWARDING_METRICS.forwardingLag,
            dimension: [STACK_DIMENSION, stackName],
            statistic: 'SampleCount',
            periodSeconds: 120,
            withinMs: HORIZON_MS,
          },
          signal,
        ),
        cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal: signal }),
      ]);
      const createdAt = description.Stacks?.[0]?.CreationTime?.getTime() ?? 0;
      const lastAt = newest?.at.getTime() ?? Date.now() - HORIZON_MS;
      return {
        value: Math.round(Math.max(0, Date.now() - Math.max(lastAt, createdAt)) / 1000),
        facts: { forwardedAt: newest?.at },
      };
    },
  };
}

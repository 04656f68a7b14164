/** What CloudWatch remembers of a metric. */
import {
  type CloudWatchClient,
  GetMetricStatisticsCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';

/** A value, and the beginning of the period that it is of. */
export interface LatestValue {
  readonly at: Date;
  readonly value: number;
}

export interface MetricQuestion {
  readonly namespace: string;
  readonly name: string;
  /** Its only one. */
  readonly dimension: readonly [name: string, value: string];
  readonly statistic: Statistic;
  /** A multiple of a minute. CloudWatch gives no more than 1,440 periods. */
  readonly periodSeconds: number;
  /** How far back it is looked for. */
  readonly withinMs: number;
}

/** @returns the latest value, or `undefined` where there is none in that time. */
export async function latestValue(
  cloudWatch: CloudWatchClient,
  question: MetricQuestion,
  abortSignal: AbortSignal,
): Promise<LatestValue | undefined> {
  const { namespace, name, dimension, statistic, periodSeconds, withinMs } = question;
  const [Name, Value] = dimension;
  const now = Date.now();
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName: name,
      Dimensions: [{ Name, Value }],
      Statistics: [statistic],
      Period: periodSeconds,
      StartTime: new Date(now - withinMs),
      EndTime: new Date(now),
    }),
    { abortSignal },
  );
  // In no order (Amazon CloudWatch API Reference, "GetMetricStatistics").
  return Datapoints.flatMap(({ Timestamp: at, [statistic]: value }) =>
    at === undefined || value === undefined ? [] : [{ at, value }],
  )
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .at(-1);
}

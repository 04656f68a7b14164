/** What CloudWatch remembers of a metric. */
import { type CloudWatchClient, GetMetricDataCommand, type MetricStat } from '@aws-sdk/client-cloudwatch';

/** A value, and the beginning of the period that it is of. */
export interface LatestValue {
  readonly at: Date;
  readonly value: number;
}

export interface MetricQuestion extends Required<Pick<MetricStat, 'Period' | 'Stat'>> {
  readonly namespace: string;
  readonly name: string;
  /** Exactly one dimension. */
  readonly dimension: readonly [name: string, value: string];
  /** How far back it is looked for, in milliseconds. */
  readonly withinMs: number;
}

/** @returns the latest value, or `undefined` where there is none in that time. */
export async function latestValue(
  cloudWatch: CloudWatchClient,
  question: MetricQuestion,
  abortSignal: AbortSignal,
): Promise<LatestValue | undefined> {
  const { namespace, name, dimension, withinMs, Period, Stat } = question;
  const [Name, Value] = dimension;
  const now = Date.now();
  let NextToken: string | undefined;
  // A page may be empty and yet not be the last.
  do {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - withinMs),
        EndTime: new Date(now),
        ScanBy: 'TimestampDescending',
        NextToken,
        MetricDataQueries: [
          {
            Id: 'asked',
            MetricStat: {
              Metric: { Namespace: namespace, MetricName: name, Dimensions: [{ Name, Value }] },
              Period,
              Stat,
            },
          },
        ],
      }),
      { abortSignal },
    );
    const [{ Timestamps: [at] = [], Values: [value] = [] } = {}] = page.MetricDataResults ?? [];
    if (at !== undefined && value !== undefined) {
      return { at, value };
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

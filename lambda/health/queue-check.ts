import { setTimeout as wait } from 'node:timers/promises';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { HEALTH_METRICS, LOOK_SECONDS } from '../../contract/metrics.ts';
import { allOf, queueDepth } from '../shared/queue-depth.ts';
import type { Check } from './check.ts';
import { latestValue, type MetricQuestion } from './metric-reader.ts';

/** How many messages a queue holds: waiting, being worked at, or to come back later. */
export function queueCheck(metric: string, sqs: SQSClient, queueUrl: string): Check {
  return {
    metric,
    unit: MetricUnit.Count,
    look: async (signal) => ({ value: allOf(await queueDepth(sqs, queueUrl, signal)) }),
  };
}

export interface OldestFileCheckServices {
  readonly sqs: SQSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly queueUrl: string;
  readonly queueName: string;
  /** Milliseconds between looks at a queue whose messages SQS has not told of yet. @default 3000 */
  readonly pauseMs?: number;
}

/** Files that came this minute SQS has not told of: they are gone a moment later, or known a minute later. */
const LOOKS = 3;

/**
 * How long the oldest file waits. SQS tells that of a queue that holds a message, and nothing of one that does not
 * (Amazon SQS Developer Guide, "Available CloudWatch metrics"): its own metric cannot tell an empty queue from one that
 * nobody can look into. So the queue is asked whether there is anything.
 */
export function oldestFileCheck(services: OldestFileCheckServices): Check {
  const { sqs, cloudWatch, queueUrl, queueName, pauseMs = 3_000 } = services;
  return {
    metric: HEALTH_METRICS.oldestFileAge,
    unit: MetricUnit.Seconds,
    look: async (signal) => {
      for (let looks = 1; ; looks += 1) {
        if (allOf(await queueDepth(sqs, queueUrl, signal)) === 0) {
          return { value: 0 };
        }
        const oldest = await latestValue(cloudWatch, ageOfOldest(queueName), signal);
        if (oldest !== undefined || looks === LOOKS) {
          return { value: oldest?.value, facts: { at: oldest?.at } };
        }
        await wait(pauseMs, undefined, { signal });
      }
    },
  };
}

function ageOfOldest(queueName: string): MetricQuestion {
  return {
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimension: ['QueueName', queueName],
    statistic: 'Maximum',
    periodSeconds: 60,
    withinMs: LOOK_SECONDS * 1000,
  };
}

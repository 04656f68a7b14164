import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import { LOOK_SECONDS } from '../../contract/metrics.ts';
import type { DeadLetterQueue } from './queues.ts';
import type { TrailbridgeFunction } from './trailbridge-function.ts';

/** How often a function is called that tells alarms what it sees. */
const LOOK_INTERVAL = Duration.seconds(LOOK_SECONDS);

export interface CallOptions {
  /** Whole minutes. @default five minutes */
  readonly interval?: Duration;

  /**
   * Takes the calls that EventBridge cannot deliver.
   *
   * @default - none: the next call makes up for one that is missed
   */
  readonly deadLetterQueue?: DeadLetterQueue;
}

/** Has a function called on a schedule. One of its alarms must take silence for a breach. */
export function callOnSchedule<Environment extends z.ZodObject>(
  scope: Construct,
  called: TrailbridgeFunction<Environment>,
  description: string,
  { interval = LOOK_INTERVAL, deadLetterQueue }: CallOptions = {},
): Rule {
  const schedule = new Rule(scope, 'Schedule', {
    description,
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(called.function, { retryAttempts: 0, deadLetterQueue })],
  });
  if (deadLetterQueue === undefined) {
    Validations.of(schedule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason: `A call that is missed is made up for by the next, ${interval.toMinutes()} minutes later; an alarm tells when none comes.`,
    });
  }
  return schedule;
}

import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import { LOOK_SECONDS } from '../../contract/metrics.ts';
import type { TrailbridgeFunction } from './trailbridge-function.ts';

/** How often a function is called that tells alarms what it sees. */
const LOOK_INTERVAL = Duration.seconds(LOOK_SECONDS);

/**
 * Has a function called on a schedule. One of its alarms must take silence for a breach.
 *
 * @param interval whole minutes. @default five minutes
 */
export function callOnSchedule<Environment extends z.ZodObject>(
  scope: Construct,
  called: TrailbridgeFunction<Environment>,
  description: string,
  interval: Duration = LOOK_INTERVAL,
): Rule {
  const schedule = new Rule(scope, 'Schedule', {
    description,
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(called.function, { retryAttempts: 0 })],
  });
  Validations.of(schedule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: `A call that is missed is made up for by the next, ${interval.toMinutes()} minutes later; an alarm tells when none comes.`,
  });
  return schedule;
}

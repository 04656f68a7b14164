import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import { LOOK_SECONDS } from '../../contract/metrics.ts';
import type { TrailbridgeFunction } from './trailbridge-function.ts';

/** Has a function called every five minutes. Its alarms must take silence for a breach. */
export function callAtEveryLook<Environment extends z.ZodObject>(
  scope: Construct,
  looker: TrailbridgeFunction<Environment>,
  description: string,
): Rule {
  const schedule = new Rule(scope, 'Schedule', {
    description,
    schedule: Schedule.rate(Duration.seconds(LOOK_SECONDS)),
    targets: [new LambdaFunction(looker.function, { retryAttempts: 0 })],
  });
  Validations.of(schedule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason:
      'A look that is missed is made up for by the next, five minutes later; the alarm tells when none comes.',
  });
  return schedule;
}

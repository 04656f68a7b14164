import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import { LOOK_SECONDS } from '../../contract/metrics.ts';
import { DeadLetterQueue } from './queues.ts';
import type { TrailbridgeFunction } from './trailbridge-function.ts';

/** How often a function is called that tells alarms what it sees. */
const LOOK_INTERVAL = Duration.seconds(LOOK_SECONDS);

/**
 * Takes the calls of schedules that EventBridge cannot deliver, of as many schedules as there are.
 *
 * It lets in the rules of this account: its policy can name none of them, for any may be left out by a condition.
 */
export class UndeliveredCalls extends DeadLetterQueue {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SchedulesSend',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queueArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/*`,
          },
        },
      }),
    );
  }
}

export interface CallOptions {
  /** Whole minutes. @default five minutes */
  readonly interval?: Duration;

  /** @default - none: the next call makes up for one that is missed */
  readonly undelivered?: UndeliveredCalls;
}

/** Has a function called on a schedule. One of its alarms must take silence for a breach. */
export function callOnSchedule<Environment extends z.ZodObject>(
  scope: Construct,
  called: TrailbridgeFunction<Environment>,
  description: string,
  { interval = LOOK_INTERVAL, undelivered }: CallOptions = {},
): Rule {
  // By its ARN: for a queue that it can change, the CDK adds a statement for each rule to the queue's policy.
  const deadLetterQueue = undelivered && Queue.fromQueueArn(scope, 'UndeliveredCalls', undelivered.queueArn);
  const schedule = new Rule(scope, 'Schedule', {
    description,
    schedule: Schedule.rate(interval),
    targets: [new LambdaFunction(called.function, { retryAttempts: 0, deadLetterQueue })],
  });
  if (undelivered === undefined) {
    Validations.of(schedule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason: `A call that is missed is made up for by the next, ${interval.toMinutes()} minutes later; an alarm tells when none comes.`,
    });
  }
  return schedule;
}

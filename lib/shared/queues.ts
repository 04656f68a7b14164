import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { QUEUE_RETENTION_DAYS } from '../../contract/forwarding.ts';

const RETENTION = Duration.days(QUEUE_RETENTION_DAYS);

/** A queue that messages are moved to, and from which only a person moves them on. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
    });
    const reason = 'It is a dead-letter queue itself.';
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
  }
}

export interface WorkQueueProps {
  /** Time-out of the function that takes messages from the queue. */
  readonly functionTimeout: Duration;
  readonly deadLetterQueue: Queue;

  /** Receives after which a message is moved to the dead-letter queue. */
  readonly maxReceiveCount: number;
}

/** A queue that a function works off. */
export class WorkQueue extends Queue {
  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      // Six times the function's time-out, as Lambda asks, so that a throttled batch is not received twice.
      visibilityTimeout: Duration.seconds(6 * props.functionTimeout.toSeconds()),
      deadLetterQueue: { queue: props.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }
}

import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);

export interface TrailbridgeAlarmProps {
  readonly metric: IMetric;

  /** The alarm goes off above it. */
  readonly threshold: number;

  /** What it means, in a sentence. */
  readonly description: string;

  /**
   * Whether silence is a reason for alarm: of a function that is called on a schedule.
   *
   * @default false - SQS stops publishing the metrics of a queue that has been idle for hours: nothing waits in it
   */
  readonly missingDataIsBreaching?: boolean;

  /**
   * Whether silence leaves the alarm as it is: where what is measured also says when it is over.
   *
   * @default false
   */
  readonly missingDataKeepsState?: boolean;
}

/** An alarm with a name of its own and an entry in the runbook under that name. */
export class TrailbridgeAlarm extends Alarm {
  constructor(scope: Construct, name: string, props: TrailbridgeAlarmProps) {
    super(scope, `${name}Alarm`, {
      alarmName: `${Aws.STACK_NAME}-${name}`,
      alarmDescription: `${props.description} Runbook: docs/runbook.md#${name.toLowerCase()}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: treatMissingData(props),
    });
  }

  /** Goes off as soon as a message is in a dead-letter queue. */
  static onDeadLetters(scope: Construct, name: string, queue: Queue, description: string): TrailbridgeAlarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD });
    return new TrailbridgeAlarm(scope, name, { metric, threshold: 0, description });
  }

  /** Goes off when a message has waited too long. */
  static onAge(
    scope: Construct,
    name: string,
    queue: Queue,
    limit: Duration,
    description: string,
  ): TrailbridgeAlarm {
    const metric = queue.metricApproximateAgeOfOldestMessage({ period: PERIOD });
    return new TrailbridgeAlarm(scope, name, { metric, threshold: limit.toSeconds(), description });
  }
}

function treatMissingData(props: TrailbridgeAlarmProps): TreatMissingData {
  if (props.missingDataKeepsState === true) {
    return TreatMissingData.IGNORE;
  }
  return props.missingDataIsBreaching === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING;
}

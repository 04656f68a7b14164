import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { LOOK_SECONDS, METRIC_NAMESPACE, STACK_DIMENSION } from '../../contract/metrics.ts';

const PERIOD = Duration.minutes(5);
/**
 * Looks that an alarm goes by. CloudWatch looks further back than it must before it takes anything for missing (User
 * Guide, "Configuring how CloudWatch alarms treat missing data"), by a number of periods that it does not tell. So
 * several short periods notice silence sooner than one long one, and are not startled by one look that comes late.
 */
const LOOKS = 3;

export interface TrailbridgeAlarmProps {
  readonly metric: IMetric;

  /** The alarm goes off above it. */
  readonly threshold: number;

  /** What it means, in a sentence. */
  readonly description: string;

  /**
   * Of what a function tells that is called on a schedule: silence is a reason for alarm then.
   *
   * @default - SQS stops publishing the metrics of a queue that has been idle for hours: nothing waits in it
   */
  readonly looks?: {
    /** How many of the last three have to be above the threshold. */
    readonly toAlarm: number;
  };
}

export interface LookAlarmProps {
  /** Of this stack's own metrics: what a function tells at every look. */
  readonly metricName: string;
  readonly threshold: number;
  readonly description: string;

  /** @default 1 - one of the last three that is above it is enough */
  readonly looksToAlarm?: number;
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
      evaluationPeriods: props.looks === undefined ? 1 : LOOKS,
      datapointsToAlarm: props.looks?.toAlarm,
      treatMissingData:
        props.looks === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
  }

  /** Goes off when looks find something to be too much, and when nobody looks. */
  static onLooks(scope: Construct, name: string, props: LookAlarmProps): TrailbridgeAlarm {
    const { metricName, threshold, description, looksToAlarm: toAlarm = 1 } = props;
    const metric = new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [STACK_DIMENSION]: Aws.STACK_NAME },
      statistic: Stats.MAXIMUM,
      period: Duration.seconds(LOOK_SECONDS),
    });
    return new TrailbridgeAlarm(scope, name, { metric, threshold, description, looks: { toAlarm } });
  }

  /** Goes off as soon as a message is in a dead-letter queue. */
  static onDeadLetters(scope: Construct, name: string, queue: Queue, description: string): TrailbridgeAlarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD });
    return new TrailbridgeAlarm(scope, name, { metric, threshold: 0, description });
  }
}

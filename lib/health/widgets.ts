/** What the dashboard of forwarding shows, from top to bottom. */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  Column,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  Row,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  COMPLETENESS_METRICS,
  FORWARDING_METRICS,
  HEALTH_METRICS,
  METRIC_NAMESPACE,
  NOTIFICATION_METRICS,
  STACK_DIMENSION,
} from '../../contract/metrics.ts';
import { FULL_WIDTH, graph, WIDGET_HEIGHT } from '../shared/widgets.ts';
import { dollarsADay } from './cost.ts';

export interface WidgetProps {
  readonly forwarder: IFunction;
  readonly forwarderMemoryMb: number;
  readonly forwarderLogGroupName: string;
}

const FIVE_MINUTES = Duration.minutes(5);

export function dashboardWidgets(props: WidgetProps): IWidget {
  const { forwarder } = props;
  const dollars = dollarsADay(props);
  return new Column(
    new Row(
      graph(2, 'From stored to acknowledged', ['p50', 'p95', Stats.MAXIMUM].map(lag), 'ms'),
      graph(2, 'Since the newest file, and the wait of the oldest', ages(), 's'),
    ),
    new Row(
      graph(3, 'Files forwarded', [sum(FORWARDING_METRICS.objectsForwarded, 'files')]),
      graph(3, 'Records', [
        sum(FORWARDING_METRICS.recordsForwarded, 'forwarded'),
        sum(FORWARDING_METRICS.recordsFiltered, 'filtered'),
      ]),
      graph(3, 'Forwarded, uncompressed', [sum(FORWARDING_METRICS.bytesForwarded, 'bytes')], 'bytes'),
    ),
    new Row(
      graph(3, 'Not forwarded', failures(forwarder)),
      graph(3, 'Waiting', [look(HEALTH_METRICS.filesWaiting, 'files in the queue')]),
      graph(3, 'Dead letters', deadLetters()),
    ),
    new Row(failureKinds(props.forwarderLogGroupName)),
    new Row(
      graph(3, 'Proven', [
        sum(COMPLETENESS_METRICS.filesProven, 'files, by the hash that CloudTrail signed'),
        sum(COMPLETENESS_METRICS.digestsVerified, 'digests verified'),
      ]),
      graph(3, 'Lacking or changed: 0 is well', [
        look(COMPLETENESS_METRICS.gaps, 'files not acknowledged at the moment'),
        look(COMPLETENESS_METRICS.gapsRemaining, 'of them, queued again an hour ago or more'),
        sum(COMPLETENESS_METRICS.tampered, 'changed, deleted or replaced'),
      ]),
      graph(3, 'Not proven', [
        look(COMPLETENESS_METRICS.unprovenHours, 'hours that no digest speaks for'),
        new MathExpression({
          expression: 'age / 3600',
          usingMetrics: { age: look(COMPLETENESS_METRICS.age, 'seconds') },
          label: 'hours since the time up to which it is checked',
          period: FIVE_MINUTES,
        }),
      ]),
    ),
    new Row(
      graph(3, 'Amiss: 0 is well', amiss()),
      graph(3, 'Age of the token', [look(FORWARDING_METRICS.tokenAge, 'seconds since it was stored')], 's'),
      graph(3, 'The forwarder at work', [
        forwarder.metric('ConcurrentExecutions', { ...perFiveMinutes(Stats.MAXIMUM), label: 'at once' }),
        forwarder.metricThrottles({ ...perFiveMinutes(Stats.SUM), label: 'throttled' }),
      ]),
    ),
    new Row(
      new SingleValueWidget({
        title: 'Yesterday, by list prices, without what runs whether files come or not',
        metrics: [dollars],
        width: FULL_WIDTH / 3,
        height: WIDGET_HEIGHT,
        setPeriodToTimeRange: false,
      }),
      graph(1.5, 'Dollars a day', [dollars], '$'),
    ),
  );
}

function perFiveMinutes(statistic: string) {
  return { statistic, period: FIVE_MINUTES };
}

function ofStack(metricName: string, statistic: string, label: string): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [STACK_DIMENSION]: Aws.STACK_NAME },
    ...perFiveMinutes(statistic),
    label,
  });
}

function sum(metricName: string, label: string): Metric {
  return ofStack(metricName, Stats.SUM, label);
}

/** What is told at every look. */
function look(metricName: string, label: string): Metric {
  return ofStack(metricName, Stats.MAXIMUM, label);
}

function lag(statistic: string): Metric {
  return ofStack(FORWARDING_METRICS.forwardingLag, statistic, statistic);
}

function ages(): Metric[] {
  return [
    look(HEALTH_METRICS.newestFileAge, 'since the newest was forwarded'),
    look(HEALTH_METRICS.oldestFileAge, 'that the oldest waits'),
    look(HEALTH_METRICS.circuitOpenFor, 'that the circuit is open'),
  ];
}

function failures(forwarder: IFunction): IMetric[] {
  return [
    sum(FORWARDING_METRICS.objectsFailed, 'failed, and come back'),
    sum(FORWARDING_METRICS.objectsPostponed, 'put off while the circuit is open'),
    sum(FORWARDING_METRICS.objectsDeadLettered, 'dead-lettered'),
    sum(FORWARDING_METRICS.objectsSkipped, 'skipped: forwarded before, or none of ours'),
    forwarder.metricErrors({ ...perFiveMinutes(Stats.SUM), label: 'invocations that died' }),
  ];
}

function deadLetters(): Metric[] {
  return [
    look(HEALTH_METRICS.deadLettersWaiting, 'files'),
    look(HEALTH_METRICS.eventsNotDelivered, 'events'),
    look(HEALTH_METRICS.lateObjectsNotListed, 'listings'),
  ];
}

function amiss(): Metric[] {
  return [
    look(HEALTH_METRICS.destinationUnreachable, 'destination'),
    ofStack(FORWARDING_METRICS.circuitOpen, Stats.MAXIMUM, 'circuit open'),
    look(HEALTH_METRICS.trailsNotLogging, 'trails'),
    look(NOTIFICATION_METRICS.missing, 'notifications'),
  ];
}

/** The log knows the reason of each; a metric of each reason would cost more than all the others. */
function failureKinds(logGroupName: string): LogQueryWidget {
  return new LogQueryWidget({
    title: 'Why: failures by reason',
    logGroupNames: [logGroupName],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'filter outcome in ["retry", "dead-lettered"]',
      'stats count(*) as files, max(@timestamp) as latest by outcome, reason',
      'sort files desc',
    ],
    width: FULL_WIDTH,
    height: WIDGET_HEIGHT,
  });
}

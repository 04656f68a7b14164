/** What the audit archive's dashboard shows, from top to bottom. */
import { Duration } from 'aws-cdk-lib';
import {
  Column,
  type IMetric,
  type IWidget,
  MathExpression,
  type Metric,
  Row,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { AUDIT_SOURCES, type AuditSource, SOURCE_NAMES } from '../../contract/archive.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import { graph } from '../shared/widgets.ts';
import { archiveMetric } from './metrics.ts';

/** As often as a collector or the derivation is called. A run that takes longer leaves a gap behind it. */
const PERIOD = Duration.minutes(5);

/** A line a source in each: one that is switched off tells nothing, and its line is not drawn. */
export function archiveWidgets(): IWidget {
  return new Column(
    new Row(
      graph(2, 'Records archived', ofEach(ARCHIVE_METRICS.recordsArchived, Stats.SUM)),
      graph(
        2,
        'Age of what is not collected yet',
        AUDIT_SOURCES.map((source) =>
          inHours(
            ofSource(source, ARCHIVE_METRICS.collectionAge, Stats.MAXIMUM),
            `${source}Age`,
            SOURCE_NAMES[source],
          ),
        ),
        'hours',
      ),
    ),
    new Row(
      graph(2, 'Runs that failed: 0 is well', ofEach(ARCHIVE_METRICS.collectionFailed, Stats.SUM)),
      graph(2, 'Collected again, and recognised', ofEach(ARCHIVE_METRICS.recordsKnown, Stats.SUM)),
    ),
    new Row(
      graph(3, 'Unreadable, or without a time, and kept as it came: 0 is well', [
        ...ofEach(ARCHIVE_METRICS.recordsUnreadable, Stats.SUM),
        ...ofEach(ARCHIVE_METRICS.recordsUndated, Stats.SUM).map((metric) =>
          metric.with({ label: `${metric.label ?? ''}, without a time` }),
        ),
      ]),
      graph(3, 'Events that the catalogue does not know', ofEach(ARCHIVE_METRICS.unknownEvents, Stats.SUM)),
      graph(3, 'Out of reach: 0 is well', [
        ofSource('appdynamics', ARCHIVE_METRICS.eventsLost, Stats.SUM).with({
          label: `${SOURCE_NAMES.appdynamics}: forgotten before it was collected`,
        }),
        ofSource('ibmcloud', ARCHIVE_METRICS.setupIncomplete, Stats.MAXIMUM).with({
          label: `${SOURCE_NAMES.ibmcloud}: account events do not arrive`,
        }),
        ofSource('ibmcloud', ARCHIVE_METRICS.objectsUnread, Stats.MAXIMUM).with({
          label: `${SOURCE_NAMES.ibmcloud}: objects that cannot be read`,
        }),
      ]),
    ),
    new Row(
      graph(
        3,
        'Age of the oldest record that no query finds yet',
        [inHours(ofAll(ARCHIVE_METRICS.derivationAge, Stats.MAXIMUM), 'derivationAge', 'derivation')],
        'hours',
      ),
      graph(3, 'Hours still to be derived', [
        ofAll(ARCHIVE_METRICS.staleHours, Stats.MAXIMUM).with({ label: 'hours' }),
      ]),
      graph(3, 'Reports that failed: 0 is well', [
        ofAll(ARCHIVE_METRICS.reportsFailed, Stats.MAXIMUM).with({ label: 'reports' }),
      ]),
    ),
  );
}

function ofEach(metricName: string, statistic: string): Metric[] {
  return AUDIT_SOURCES.map((source) => ofSource(source, metricName, statistic));
}

function ofSource(source: AuditSource, metricName: string, statistic: string): Metric {
  return archiveMetric(metricName, { source, statistic, period: PERIOD }).with({
    label: SOURCE_NAMES[source],
  });
}

function ofAll(metricName: string, statistic: string): Metric {
  return archiveMetric(metricName, { statistic, period: PERIOD });
}

/** @param id names the metric within the widget. */
function inHours(seconds: Metric, id: string, label: string): IMetric {
  return new MathExpression({
    expression: `${id} / 3600`,
    usingMetrics: { [id]: seconds },
    label,
    period: PERIOD,
  });
}

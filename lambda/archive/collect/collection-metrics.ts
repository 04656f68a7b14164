import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AuditSource } from '../../../contract/archive.ts';
import { ARCHIVE_METRICS, SOURCE_DIMENSION } from '../../../contract/metrics.ts';
import { stackMetrics } from '../../shared/stack-metrics.ts';
import type { ArchiveCounts } from '../raw/raw-archive.ts';
import type { Finding } from './collector.ts';

/** What a run tells CloudWatch. */
export interface CollectionMetrics {
  /** Told of failed runs, too: what was stored is stored. */
  counts(counts: ArchiveCounts): void;
  /** @param ageMs since the time up to which everything is collected. Told by every run that could look. */
  age(ageMs: number): void;
  failed(hasFailed: boolean): void;
  finding(finding: Finding): void;
}

/** The metrics of the stack and the source that the alarms go by. */
export function collectionMetrics(stackName: string, source: AuditSource): CollectionMetrics {
  const metrics = stackMetrics(stackName, { [SOURCE_DIMENSION]: source });
  const tell = (name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number) => {
    metrics.addMetric(name, unit, value);
    // One by one: whatever becomes of the others, this is told.
    metrics.publishStoredMetrics();
  };
  return {
    counts: ({ archived, known, undated, unreadable }) => {
      metrics.addMetric(ARCHIVE_METRICS.recordsArchived, MetricUnit.Count, archived);
      metrics.addMetric(ARCHIVE_METRICS.recordsKnown, MetricUnit.Count, known);
      metrics.addMetric(ARCHIVE_METRICS.recordsUndated, MetricUnit.Count, undated);
      tell(ARCHIVE_METRICS.recordsUnreadable, MetricUnit.Count, unreadable);
    },
    age: (ageMs) =>
      tell(ARCHIVE_METRICS.collectionAge, MetricUnit.Seconds, Math.max(0, Math.round(ageMs / 1000))),
    failed: (hasFailed) => tell(ARCHIVE_METRICS.collectionFailed, MetricUnit.Count, hasFailed ? 1 : 0),
    finding: (finding) => tell(ARCHIVE_METRICS[finding], MetricUnit.Count, 1),
  };
}

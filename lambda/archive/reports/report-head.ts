/** What a report says of itself, in words, whatever its format. */
import { SOURCE_NAMES } from '../../../contract/archive.ts';
import type { ReportDefinition } from '../../../contract/report.ts';
import type { ReportColumnName, ReportFilter } from '../../../contract/report-attributes.ts';
import { headingOf } from './cell.ts';
import { type Collected, lacksInWords } from './completeness.ts';
import { filtersByColumn } from './filter.ts';
import type { Period } from './period.ts';
import { timeInWords } from './zoned-time.ts';

/** When and of which archive a report was made. */
export interface Making {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** As a store names its place: a bucket's address, or a folder. */
  readonly place: string;
}

/** One report to be made. */
export interface ReportOrder {
  readonly definition: ReportDefinition;
  readonly period: Period;
  /** Of the sources that were ever collected; `undefined` where nobody knows: a folder of records has no checkpoints. */
  readonly collected: readonly Collected[] | undefined;
  readonly made: Making;
}

/** @returns `2026-03-01 00:00:00 +09:00 to 2026-03-02 00:00:00 +09:00 (Asia/Tokyo)` */
export function periodInWords({ from, to }: Period, timeZone: string): string {
  return `${timeInWords(from, timeZone)} to ${timeInWords(to, timeZone)} (${timeZone})`;
}

/** @returns `2026-03-02 06:00:12 +09:00, of the archive in s3://…` */
export function makingInWords({ made, definition }: ReportOrder): string {
  return `${timeInWords(made.at, definition.timeZone)}, of the archive in ${made.place}`;
}

export function sourcesInWords({ sources }: ReportDefinition): string {
  return sources.map((source) => SOURCE_NAMES[source]).join(', ');
}

/** @returns `User name is alice or bob, and Action is LOGIN`; `all events` without filters */
export function includedInWords({ include }: ReportDefinition): string {
  return conditionsOf(include).join(', and ') || 'all events';
}

/** @returns `User name is alice or bob, or Action is LOGIN`; `none` without filters */
export function excludedInWords({ exclude }: ReportDefinition): string {
  return conditionsOf(exclude).join(', or ') || 'none';
}

function conditionsOf(filters: readonly ReportFilter[]): readonly string[] {
  return [...filtersByColumn(filters)].map(
    ([column, values]) => `${headingOf(column)} is ${values.join(' or ')}`,
  );
}

/** What a table tells of an event that is not bound to the width of paper. */
export function columnsOf({ definition }: ReportOrder): readonly ReportColumnName[] {
  return [...definition.columns, ...definition.furtherColumns];
}

/** Whether everything of the period had been collected, source by source where it had not. */
export function completenessInWords({ definition, period, collected }: Omit<ReportOrder, 'made'>): string {
  if (collected === undefined) {
    return 'as far as the archive holds it; how far it was collected is not recorded there';
  }
  const lacking = definition.sources.flatMap((source) => {
    const standing = collected.find((candidate) => candidate.source === source);
    const lacks = lacksInWords(standing, period, definition.timeZone);
    return lacks.length === 0 ? [] : [`${SOURCE_NAMES[source]}: ${lacks.join(', and ')}`];
  });
  return lacking.length === 0 ? 'everything in this time range had been collected' : lacking.join('; ');
}

/** Why no changes are shown. Source: Splunk AppDynamics documentation, "Controller Audit Log", default settings. */
export const CHANGES_NOT_KEPT =
  'AppDynamics told of changed objects, but of none what was changed: the controller does not keep changes ' +
  '(audit.log.changes.persisted=false).';

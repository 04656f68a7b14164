/** Which events a report tells of. */
import type { AuditColumnName, AuditRow } from '../../../contract/audit-columns.ts';
import type { ReportFilter } from '../../../contract/report-attributes.ts';
import { anyGlob } from '../../shared/glob.ts';

export type RowFilter = (row: AuditRow) => boolean;

/**
 * Source: Splunk AppDynamics documentation, "Controller Audit Log": filters of one field are alternatives, those of different
 * fields must each be passed, and the two lists do not interact. So an event is told of where each included field has one of
 * its values. That one excluded field with one of its values is enough to leave an event out is how we read it: the
 * documentation does not say. Upper and lower case are one.
 */
export function rowFilter(include: readonly ReportFilter[], exclude: readonly ReportFilter[]): RowFilter {
  const included = fieldMatchers(include);
  const excluded = fieldMatchers(exclude);
  return (row) => included.every((matches) => matches(row)) && !excluded.some((matches) => matches(row));
}

/** One for each field that is named. */
function fieldMatchers(filters: readonly ReportFilter[]): readonly RowFilter[] {
  return [...filtersByColumn(filters)].map(([column, values]) => {
    const matches = anyGlob(values, { ignoreCase: true });
    return (row) => {
      const value = row[column];
      return value !== null && matches(String(value));
    };
  });
}

export function filtersByColumn(
  filters: readonly ReportFilter[],
): ReadonlyMap<AuditColumnName, readonly string[]> {
  const columns = new Map<AuditColumnName, string[]>();
  for (const { column, value } of filters) {
    columns.set(column, [...(columns.get(column) ?? []), value]);
  }
  return columns;
}

/** Which events a report tells of. */
import type { AuditColumnName, AuditRow } from '../../../contract/audit-columns.ts';
import type { ReportFilter } from '../../../contract/report-attributes.ts';

export type RowFilter = (row: AuditRow) => boolean;

/**
 * Source: Splunk AppDynamics documentation, "Controller Audit Log": filters of one field are alternatives, filters of different
 * fields must all match, and the two lists do not interact. So an event is told of if the included match it (or there are
 * none), and the excluded, taken together by the same rule, do not. Upper and lower case are one.
 */
export function rowFilter(include: readonly ReportFilter[], exclude: readonly ReportFilter[]): RowFilter {
  const included = matcherOf(include);
  const excluded = matcherOf(exclude);
  return (row) => (included?.(row) ?? true) && !(excluded?.(row) ?? false);
}

/** @returns `undefined` for no filters */
function matcherOf(filters: readonly ReportFilter[]): RowFilter | undefined {
  const byColumn = [...filtersByColumn(filters)].map(
    ([column, values]) => [column, new RegExp(`^(?:${values.map(patternOf).join('|')})$`, 'isu')] as const,
  );
  return byColumn.length === 0
    ? undefined
    : (row) =>
        byColumn.every(([column, pattern]) => {
          const value = row[column];
          return value !== null && pattern.test(String(value));
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

function patternOf(value: string): string {
  // A run of asterisks is one: several in a row would have the expression try every way to share a text among them.
  return value
    .split(/\*+/)
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*');
}

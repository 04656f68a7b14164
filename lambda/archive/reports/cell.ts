/** What stands in a cell of a report for people: PDF and CSV. */
import { type AuditSource, SOURCE_NAMES } from '../../../contract/archive.ts';
import type { AuditChange } from '../../../contract/ocsf.ts';
import { REPORT_COLUMNS, type ReportColumnName } from '../../../contract/report-attributes.ts';
import { courseInWords, type EventRow } from '../ocsf/action-course.ts';
import { timeInWords, zonedIso } from './zoned-time.ts';

const HEADINGS = Object.fromEntries(REPORT_COLUMNS.map(({ name, heading }) => [name, heading])) as Record<
  ReportColumnName,
  string
>;

export function headingOf(column: ReportColumnName): string {
  return HEADINGS[column];
}

export function cellText(row: EventRow, column: ReportColumnName, timeZone: string): string {
  const value = row[column];
  if (value === null) {
    return '';
  }
  if (column === 'time') {
    return zonedIso(row.time, timeZone);
  }
  if (column === 'source') {
    return Object.hasOwn(SOURCE_NAMES, String(value)) ? SOURCE_NAMES[value as AuditSource] : String(value);
  }
  if (column === 'course') {
    return courseInWords(row, (time) => timeInWords(time, timeZone));
  }
  if (column === 'changes') {
    return changesOf(row).map(changeText).join('\n');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function changesOf(row: EventRow): readonly AuditChange[] {
  return Array.isArray(row.changes) ? (row.changes as readonly AuditChange[]) : [];
}

/** `Multifactor authentication (MFA): NONE (no factor) → TOTP (one-time code)`; without the former value: `MFA: → TOTP`. */
export function changeText(change: AuditChange): string {
  const former = formerValue(change);
  return `${change.label}: ${former === '' ? '' : `${former} `}→ ${newValue(change)}`;
}

/** Empty where the vendor does not tell it. */
export function formerValue({ old, old_meaning }: AuditChange): string {
  return old === null || old === undefined ? '' : valueText(old, old_meaning);
}

export function newValue(change: AuditChange): string {
  return valueText(change.new, change.new_meaning);
}

function valueText(value: unknown, meaning: string | undefined): string {
  const text = value === '' || value === null || value === undefined ? '(none)' : plain(value);
  return meaning === undefined || meaning === text ? text : `${text} (${meaning})`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

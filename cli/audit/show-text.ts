/** One event as a person reads it: the fields of the vendor's own screen first, then what it means. */
import { hourOf, SOURCE_NAMES, sourceOf } from '../../contract/archive.ts';
import type { AuditRow } from '../../contract/audit-columns.ts';
import type { AuditChange, OcsfEvent } from '../../contract/ocsf.ts';
import type { ActionCourse } from '../../lambda/archive/ocsf/action-course.ts';
import type { Counterpart } from '../../lambda/archive/ocsf/pair-actions.ts';
import { printable, tryParseJson } from '../../lambda/shared/remote-words.ts';
import { roughly } from '../../lambda/shared/roughly.ts';
import { columns } from '../output.ts';
import { clock, shortId, text } from './list-text.ts';
import type { ShownEvent } from './show.ts';

export function showText({ event, row, related, course, record }: ShownEvent): string {
  return [
    columns(fieldsOf(event, row, detailsIn(record.record))),
    ...section('Action', actionLines(course, row.time)),
    ...section('Changes', changeLines(event.unmapped?.changes ?? [])),
    ...section('Events of the same action', related.map(relatedLine)),
    ...section('Record, as the vendor gave it', [readable(record.record)]),
    '',
    `Collected ${record.collectedAt}${record.origin === undefined ? '' : ` from ${printable(record.origin)}`}, kept in the hour ${hourOf(record.id)}.`,
  ].join('\n');
}

function fieldsOf(
  { metadata, status_detail, unmapped }: OcsfEvent,
  row: AuditRow,
  details: string | undefined,
): [string, string][] {
  const given: (readonly [string, unknown])[] = [
    ['Time', `${new Date(row.time).toISOString()}${originalTime(metadata.original_time)}`],
    ['Event', row.message],
    // Of Cloud One it need not be whoever did it.
    ['Principal URN', row.principal_id ?? row.principal ?? unmapped?.vendor?.principalURN],
    ['Event ID', row.vendor_id],
    ['Type', row.event],
    ['Account ID', row.account_id ?? row.account_name],
    ['Details', status_detail ?? details],
    ['Look at first', row.attention],
    ['Outcome', row.outcome],
    ['Severity', row.severity],
    ['Principal', row.principal === row.principal_id ? null : row.principal],
    ['API key', row.api_key_name ?? row.api_key_id],
    ['Source address', row.source_ip],
    ['Object', objectOf(row)],
    ['Application', row.application_name],
    ['Source', SOURCE_NAMES[sourceOf(row.id)]],
    ['Class', `${row.class} (${row.class_uid}), ${row.activity}`],
    ['Correlation ID', row.correlation_id],
    ['Archive ID', row.id],
  ];
  return given.flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined || value === '' ? [] : [[name, text(value)]],
  );
}

/** What Trend Cloud One calls so, in one line; the whole of it is in the record below. */
function detailsIn(record: string): string | undefined {
  const parsed = tryParseJson(record) as { readonly details?: unknown } | null | undefined;
  return typeof parsed?.details === 'object' ? JSON.stringify(parsed.details) : undefined;
}

function originalTime(given: string | undefined): string {
  return given === undefined ? '' : ` (the vendor: ${given})`;
}

function objectOf({ object_type, object_name, object_id }: AuditRow): string {
  const id = object_id === null || object_id === object_name ? null : `(${object_id})`;
  return [object_type, object_name, id].filter((part) => part !== null).join(' ');
}

function actionLines(course: ActionCourse | null, time: number): string[] {
  switch (course?.kind) {
    case undefined:
      return [];
    case 'unended':
      return ['  Pending: nothing in the archive tells how it ended.'];
    case 'pending':
      return [`  Ended after ${roughly(course.other.time - time)}: ${counterpart(course.other)}`];
    case 'final':
      return [`  Begun ${roughly(time - course.other.time)} before: ${counterpart(course.other)}`];
  }
}

function counterpart({ time, status, id }: Counterpart): string {
  return `${clock(time)}  ${text(status)}  ${shortId(id)}`;
}

function changeLines(changes: readonly AuditChange[]): string[] {
  return changes.map(({ field, label, old, old_meaning, new: now, new_meaning }) => {
    const name = label === field ? printable(label) : `${printable(label)} (${printable(field)})`;
    return `  ${name}: ${toldOf(old, old_meaning)} → ${toldOf(now, new_meaning)}`;
  });
}

function toldOf(value: unknown, meaning: string | undefined): string {
  const shown = value === null || value === undefined ? 'not told' : inOneLine(value);
  return meaning === undefined ? shown : `${shown} (${printable(meaning)})`;
}

function inOneLine(value: unknown): string {
  return printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not told'));
}

function relatedLine(row: AuditRow): string {
  return `  ${clock(row.time)}  ${text(row.outcome)}  ${text(row.event)}  ${shortId(row.id)}`;
}

/** Indented, if it is JSON, and without what would move a terminal's cursor. `--json` has it to the character. */
function readable(record: string): string {
  const parsed = tryParseJson(record);
  const shown = parsed === undefined ? record : JSON.stringify(parsed, undefined, 2);
  return shown.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? character : ' '));
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

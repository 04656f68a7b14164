/** A list of events as a person reads it, on a terminal of any width. */
import type { EventRow } from '../../lambda/archive/ocsf/action-course.ts';
import { FAILURE } from '../../lambda/archive/ocsf/captions.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { roughly } from '../../lambda/shared/roughly.ts';
import { plural } from '../amounts.ts';
import { cutToWidth, displayWidth } from '../text-width.ts';

/** Below it, an event takes two lines. */
const TABLE_COLUMNS = 140;
const GAP = '  ';
const TITLES = ['Time (UTC)', 'Event', 'Principal', 'Type', 'Account', 'Id'] as const;
/** Those that are cut where there is no room, and how much of it each gets. */
const SHARES = [0, 3, 4, 3, 0, 0] as const;
const HEX_DIGITS_SHOWN = 8;

/** @param columns of the terminal; absent where it is none, and nothing need be cut. */
export function listText(rows: readonly EventRow[], columns?: number): string {
  if (rows.length === 0) {
    return 'No events. Look further back with --from, or with fewer filters.';
  }
  const lines =
    columns !== undefined && columns < TABLE_COLUMNS ? pairs(rows, columns) : table(rows, columns);
  return [...lines, '', plural(rows.length, 'event', 'events')].join('\n');
}

/** As much of an id as `audit show` needs: source, hour, and the first digits. */
export function shortId(id: string): string {
  return id.slice(0, id.lastIndexOf('.') + 1 + HEX_DIGITS_SHOWN);
}

export function text(value: unknown): string {
  return value === null || value === undefined ? '-' : printable(String(value));
}

/** `2026-03-01 10:04:05`, UTC. */
export function clock(time: number): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
}

/** Of a URN, what it ends in where room is scarce: the rest is the same for a whole account, which has a column of its own. */
function principalOf({ principal }: EventRow, isWhole: boolean): string {
  const whole = text(principal);
  return isWhole || !whole.startsWith('urn:') ? whole : whole.slice(whole.lastIndexOf(':') + 1);
}

/** First, so that it stays where the rest is cut. */
function courseMark({ course, time }: EventRow): string {
  switch (course?.kind) {
    case undefined:
      return '';
    case 'unended':
      return '[no end known] ';
    case 'pending':
      return `[ended after ${roughly(course.other.time - time)}] `;
    case 'final':
      return `[took ${roughly(time - course.other.time)}] `;
  }
}

/** What stands before an event: that it is to be looked at, that it failed, and how long it took. */
function marksOf(row: EventRow): string {
  const isFailed = row.outcome === FAILURE.status;
  return `${row.attention === null ? '' : '! '}${isFailed ? '[failed] ' : ''}${courseMark(row)}`;
}

function cellsOf(row: EventRow, isWhole: boolean): readonly string[] {
  const event = `${marksOf(row)}${text(row.message)}`;
  return [
    clock(row.time),
    event,
    principalOf(row, isWhole),
    text(row.event),
    text(row.account_id ?? row.account_name),
    shortId(row.id),
  ];
}

function table(rows: readonly EventRow[], columns: number | undefined): string[] {
  const all = [TITLES, ...rows.map((row) => cellsOf(row, columns === undefined))];
  const natural = TITLES.map((_, column) =>
    Math.max(...all.map((cells) => displayWidth(cells[column] ?? ''))),
  );
  const widths = columns === undefined ? natural : fitted(natural, columns);
  return all.map((cells) =>
    cells
      .map((cell, column) => padded(cutToWidth(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** Narrows the columns of text until the table fits: none below its share of what the others leave. */
function fitted(natural: readonly number[], columns: number): readonly number[] {
  const fixed = natural.reduce((sum, width, column) => sum + (SHARES[column] === 0 ? width : 0), 0);
  let room = columns - 1 - fixed - GAP.length * (natural.length - 1);
  let shares = SHARES.reduce<number>((sum, share) => sum + share, 0);
  const widths = [...natural];
  // Those that need the least of their share first: what they leave is the others'.
  const flexible = [...SHARES.entries()]
    .filter(([, share]) => share > 0)
    .sort(([a, shareA], [b, shareB]) => (natural[a] ?? 0) / shareA - (natural[b] ?? 0) / shareB);
  for (const [column, share] of flexible) {
    const width = Math.max(1, Math.min(natural[column] ?? 0, Math.floor((room * share) / shares)));
    widths[column] = width;
    room -= width;
    shares -= share;
  }
  return widths;
}

/** Two lines an event: what happened, and who and which. */
function pairs(rows: readonly EventRow[], columns: number): string[] {
  return rows.flatMap((row) => {
    const [time = '', event = '', principal = '', type = '', account = '', id = ''] = cellsOf(row, false);
    const who = `${principal} (${account})`;
    return [
      cutToWidth(`${time}${GAP}${event}${GAP}${type}`, columns - 1),
      `  ${padded(cutToWidth(who, columns - id.length - 6), columns - id.length - 6)}${GAP}${id}`,
    ];
  });
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

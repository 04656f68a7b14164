/** Which time a report tells of, and when one is due. Times are milliseconds since the epoch. */
import { ReportDefinitionError, type ScheduledReport } from '../../../contract/report.ts';
import type { CalendarPeriod, LastRange, ReportRange } from '../../../contract/report-range.ts';
import { LOCAL_TIME } from '../../../contract/report-range.ts';
import {
  dateText,
  instantOf,
  normalised,
  startOfDay,
  type WallTime,
  wallTime,
  weekday,
} from './zoned-time.ts';

/** A span of time; `to` is not part of it. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** One report of a series. */
export interface DueReport {
  /** Unique within the series: the day, ISO week or month that is told of (`2026-03-01`, `2026-W09`, `2026-03`), or the day it is due. */
  readonly name: string;
  readonly due: number;
  readonly period: Period;
}

const HOUR_MS = 3_600_000;

/**
 * @param now the moment that `last` and `previous` go by: when it is due, or asked for
 * @throws ReportDefinitionError where the range has no length.
 */
export function periodOf(range: ReportRange, zone: string, now: number): Period {
  if ('last' in range) {
    return { from: before(now, range.last, zone), to: now };
  }
  if ('previous' in range) {
    return previousPeriod(range.previous, zone, now);
  }
  const from = momentOf(range.from, zone, 0);
  const to = momentOf(range.to, zone, 1);
  if (from >= to) {
    throw new ReportDefinitionError([
      `The range from ${range.from} to ${range.to} has no length: give a later "to".`,
    ]);
  }
  return { from, to };
}

/**
 * Reads a time as a range has it.
 *
 * @param daysAfter added to a text that is a day: 1 where the day is the last of a range
 */
export function momentOf(text: string, zone: string, daysAfter: 0 | 1): number {
  const { year, month, day, hour, minute, second, offset } = LOCAL_TIME.exec(text)?.groups ?? {};
  if (offset !== undefined) {
    return Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  }
  return instantOf(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day) + (hour === undefined ? daysAfter : 0),
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
    },
    zone,
  );
}

function before(now: number, { count, unit }: LastRange, zone: string): number {
  if (unit === 'hour') {
    return now - count * HOUR_MS;
  }
  const wall = wallTime(now, zone);
  if (unit === 'month') {
    const first = normalised({ ...wall, month: wall.month - count, day: 1 });
    const lastDay = normalised({ ...first, month: first.month + 1, day: 0 }).day;
    // A month before the 31st of March is the last day of February.
    return instantOf({ ...first, day: Math.min(wall.day, lastDay) }, zone);
  }
  return instantOf({ ...wall, day: wall.day - count * (unit === 'week' ? 7 : 1) }, zone);
}

function previousPeriod(unit: CalendarPeriod, zone: string, now: number): Period {
  const start = startOf(unit, wallTime(now, zone));
  return { from: startOfDay(step(unit, start, -1), zone), to: startOfDay(start, zone) };
}

/** The first day of the day, week or month that a day is in. */
function startOf(unit: CalendarPeriod, wall: WallTime): WallTime {
  switch (unit) {
    case 'day':
      return wall;
    case 'week':
      return normalised({ ...wall, day: wall.day - weekday(wall) + 1 });
    case 'month':
      return { ...wall, day: 1 };
  }
}

function step(unit: CalendarPeriod, start: WallTime, count: number): WallTime {
  return unit === 'month'
    ? normalised({ ...start, month: start.month + count })
    : normalised({ ...start, day: start.day + count * (unit === 'week' ? 7 : 1) });
}

/**
 * The reports of a series that came due in a time, the oldest first.
 *
 * @param after itself no part of the time
 */
export function dueReports(report: ScheduledReport, after: number, until: number): readonly DueReport[] {
  const found: DueReport[] = [];
  let start = startOf(report.every, wallTime(until, report.timeZone));
  for (let due = dueAt(report, start); due > after; due = dueAt(report, start)) {
    if (due <= until) {
      found.push(dueReport(report, start, due));
    }
    start = step(report.every, start, -1);
  }
  return found.reverse();
}

/** The report of a series that came due last; there is always one. */
export function latestDue(report: ScheduledReport, now: number): DueReport {
  const start = startOf(report.every, wallTime(now, report.timeZone));
  const current = dueAt(report, start) <= now ? start : step(report.every, start, -1);
  return dueReport(report, current, dueAt(report, current));
}

function dueAt({ at, timeZone }: ScheduledReport, start: WallTime): number {
  return instantOf({ ...start, hour: at, minute: 0, second: 0 }, timeZone);
}

function dueReport(report: ScheduledReport, start: WallTime, due: number): DueReport {
  const { every, range, timeZone } = report;
  const name = 'previous' in range ? nameOf(every, step(every, start, -1)) : dateText(start);
  return { name, due, period: periodOf(range, timeZone, due) };
}

function nameOf(unit: CalendarPeriod, start: WallTime): string {
  switch (unit) {
    case 'day':
      return dateText(start);
    case 'week':
      return isoWeek(start);
    case 'month':
      return dateText(start).slice(0, 7);
  }
}

/** ISO 8601: a week belongs to the year that its Thursday is in. */
function isoWeek(monday: WallTime): string {
  const thursday = normalised({ ...monday, day: monday.day + 3 });
  const dayOfYear =
    (Date.UTC(thursday.year, thursday.month - 1, thursday.day) - Date.UTC(thursday.year, 0, 1)) /
    (24 * HOUR_MS);
  return `${thursday.year}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`;
}

/** Wall clocks of time zones, from the time zone data that Node.js brings (Intl). Times are milliseconds since the epoch. */

/** What a calendar and a clock on the wall show. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) {
    return known;
  }
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

export function wallTime(time: number, zone: string): WallTime {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
export function offsetAt(time: number, zone: string): number {
  return asUtc(wallTime(time, zone)) - Math.floor(time / 1000) * 1000;
}

/**
 * When the zone's clocks show a time. Fields may be beyond their range: day 0 is the last of the month before.
 *
 * @returns of a time that clocks show twice, the first. Of one that they pass over, the moment as much after the change, which
 *   for the start of a day that has none is its first moment.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const shown = asUtc(wall);
  // Clocks change less often than once in two days: the offset is the one before or the one after a change.
  const before = offsetAt(shown - DAY_MS, zone);
  const after = offsetAt(shown + DAY_MS, zone);
  const exact = [shown - before, shown - after].filter((time) => time + offsetAt(time, zone) === shown);
  return exact.length > 0 ? Math.min(...exact) : shown - before;
}

export function startOfDay(wall: WallTime, zone: string): number {
  return instantOf({ ...wall, hour: 0, minute: 0, second: 0 }, zone);
}

/** @returns 1 for Monday to 7 for Sunday (ISO 8601) */
export function weekday(wall: WallTime): number {
  return new Date(asUtc(wall)).getUTCDay() || 7;
}

/** Brings fields that are beyond their range back into it. */
export function normalised(wall: WallTime): WallTime {
  return wallTime(asUtc(wall), 'UTC');
}

/** @returns `2026-03-01` */
export function dateText(wall: WallTime): string {
  return new Date(asUtc(wall)).toISOString().slice(0, 10);
}

/** @returns `2026-03-01T08:30:00.123+09:00` */
export function zonedIso(time: number, zone: string): string {
  const offset = offsetAt(time, zone);
  return `${new Date(time + offset).toISOString().slice(0, -1)}${offsetText(offset)}`;
}

/** @returns `+09:00` */
function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE_MS);
  const two = (count: number) => String(count).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function asUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** @returns `2026-03-01 00:00:00 +09:00` */
export function timeInWords(time: number, timeZone: string): string {
  const iso = zonedIso(time, timeZone);
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} ${iso.slice(-6)}`;
}

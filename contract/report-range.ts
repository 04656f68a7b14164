/** A report's time range, as a definition writes it. */
import * as z from 'zod';

export const RANGE_UNITS = ['hour', 'day', 'week', 'month'] as const;
export type RangeUnit = (typeof RANGE_UNITS)[number];

export const CALENDAR_PERIODS = ['day', 'week', 'month'] as const;
export type CalendarPeriod = (typeof CALENDAR_PERIODS)[number];

/** A span that ends when the report is due. */
export interface LastRange {
  readonly count: number;
  readonly unit: RangeUnit;
}

export type ReportRange =
  | { readonly last: LastRange }
  /** The whole day, week (from Monday) or month before the one in which the report is due. */
  | { readonly previous: CalendarPeriod }
  /** As `LOCAL_TIME` has it; a `to` that is a day is part of the range. */
  | { readonly from: string; readonly to: string };

const LONGEST_COUNT = 1_000;

/** @param text `24 hours`, `7d`, `1 month`; `undefined` where it is none. */
export function readLast(text: string): LastRange | undefined {
  const [, digits = '', word = ''] = /^(\d{1,4})\s*([a-z]+)$/.exec(text.trim().toLowerCase()) ?? [];
  const unit = RANGE_UNITS.find((name) => [name, `${name}s`, shortOf(name)].includes(word));
  const count = Number(digits);
  return unit === undefined || count < 1 || count > LONGEST_COUNT ? undefined : { count, unit };
}

/** `m` would be taken for minutes. */
function shortOf(unit: RangeUnit): string {
  return unit === 'month' ? 'mo' : unit.charAt(0);
}

/**
 * A day (`2026-03-01`), or a time in the report's time zone (`2026-03-01T08:30`), or one that names its offset from UTC itself
 * (`2026-03-01T08:30:00+09:00`, `…Z`).
 */
export const LOCAL_TIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(T(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(:(?<second>[0-5]\d)(\.\d{1,3})?)?(?<offset>Z|[+-]\d\d:?\d\d)?)?$/;

/** Whether a text has the shape of `LOCAL_TIME` and its day is in the calendar. */
export function isLocalTime(text: string): boolean {
  const { year, month, day } = LOCAL_TIME.exec(text)?.groups ?? {};
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

const localTime = z.string().refine(isLocalTime);

export const RANGE_ALLOWED =
  '{"last": "7 days"} (hours, days, weeks, months), {"previous": "month"} (day, week, month), or ' +
  '{"from": "2026-03-01", "to": "2026-03-31T12:00"} in the time zone of the report';

export const rangeSchema: z.ZodType<ReportRange> = z.union([
  z.strictObject({
    last: z.string().transform((text, context) => {
      const last = readLast(text);
      if (last === undefined) {
        context.issues.push({ code: 'custom', input: text });
        return z.NEVER;
      }
      return last;
    }),
  }),
  z.strictObject({ previous: z.enum(CALENDAR_PERIODS) }),
  z.strictObject({ from: localTime, to: localTime }),
]);

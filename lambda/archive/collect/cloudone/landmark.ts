/** A page to which one comes back later, and by which one sees whether it is still where it was. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AuditLogRecord } from '../../../vendors/cloudone/audit-logs.ts';
import { ORDER_TOLERANCE_MS } from './page-order.ts';

export const landmark = z.object({
  /** Of the page itself. */
  cursor: z.string(),
  /** Short hashes of its records. */
  marks: z.array(z.string()),
  /** Milliseconds since the epoch; absent where no record tells its time. */
  newest: z.number().optional(),
});
export type Landmark = z.infer<typeof landmark>;

const MARK_DIGITS = 12;
/** Of a page, however many records a vendor puts on one: spread evenly, so that a page that has moved still shows some. */
const MOST_MARKS = 100;
/** More is not taken in a URL (RFC 9110, section 4.1, has recipients take 8,000 octets), nor does the checkpoint's item have room. */
const LONGEST_CURSOR = 8_000;

/**
 * @param cursor that the page was read by; `undefined` for the first one.
 * @returns `undefined` where one cannot come back to the page: it is the first, or its cursor is too long to be kept.
 */
export function landmarkAt(
  cursor: string | undefined,
  records: readonly AuditLogRecord[],
  newest: number | undefined,
): Landmark | undefined {
  return cursor === undefined || cursor.length > LONGEST_CURSOR
    ? undefined
    : { cursor, marks: spread(records).map(markOf), newest };
}

function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST_MARKS) {
    return all;
  }
  const step = (all.length - 1) / (MOST_MARKS - 1);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Whether a page that was read by the landmark's cursor still shows one of the records that were there. */
export function isSeenIn({ marks }: Landmark, records: readonly AuditLogRecord[]): boolean {
  return (
    records.some((record) => marks.includes(markOf(record))) || (marks.length === 0 && records.length === 0)
  );
}

function markOf({ text }: AuditLogRecord): string {
  return createHash('sha256').update(text).digest('hex').slice(0, MARK_DIGITS);
}

/**
 * A page's newest record's time, in milliseconds since the epoch; `undefined` where it has none. What lies well in the future,
 * by a clock that is wrong, tells nothing about the order.
 */
export function newestOf(records: readonly AuditLogRecord[], now: Date): number | undefined {
  let newest: number | undefined;
  for (const { time } of records) {
    if (time <= now.getTime() + ORDER_TOLERANCE_MS) {
      newest = Math.max(newest ?? time, time);
    }
  }
  return newest;
}

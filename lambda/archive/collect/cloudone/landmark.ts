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

export function landmarkAt(
  cursor: string,
  records: readonly AuditLogRecord[],
  newest: number | undefined,
): Landmark {
  const step = Math.max(1, Math.ceil(records.length / MOST_MARKS));
  return { cursor, marks: records.filter((_, index) => index % step === 0).map(markOf), newest };
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

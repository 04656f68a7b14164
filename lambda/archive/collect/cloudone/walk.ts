/** A way through the pages: where it began, how far it is to go, and what is known of it. All times are milliseconds since the epoch. */
import * as z from 'zod';
import type { AuditLogPage } from '../../../vendors/cloudone/audit-logs.ts';
import { loopGuard, withCursor } from './cursor-loop.ts';
import { isSeenIn, type Landmark, landmark, landmarkAt, newestOf } from './landmark.ts';
import { contradicts, ORDER_TOLERANCE_MS, orderEvidence, orderOf, withPage } from './page-order.ts';

/**
 * - `whole`: from the first page to the last.
 * - `look`: from the first page, of a list that is newest first, until the pages are older than a certain time.
 * - `tail`: from a landmark, in a list that is oldest first, to the last page.
 */
const walkKind = z.enum(['whole', 'look', 'tail']);

export const walk = z.object({
  kind: walkKind,
  startedAt: z.number(),
  /** Of a look: what is older was collected before. */
  from: z.number().optional(),
  /** Of a look: the newest record that the list had when it was last read. */
  expected: z.number().optional(),
  pages: z.number(),
  /** The page that was read last; absent where that is the first, or there is none. */
  last: landmark.optional(),
  /** Whether no record can have been passed over, as far as can be known. */
  unbroken: z.boolean(),
  evidence: orderEvidence.optional(),
  loop: loopGuard.optional(),
  /** Pages in a row, up to the last one read, that are older than `from`. */
  olderPages: z.number(),
  /** The last page that was old enough to begin the next `tail` there. */
  tail: landmark.optional(),
});
export type Walk = z.infer<typeof walk>;

/** What is to be done after a page. */
export type Step = { readonly walk: Walk } & ({ readonly ended: true } | { readonly next: string });

/** Pages in a row that have to be older than a look goes back. */
const OLDER_PAGES = 2;
/** Milliseconds that every walk goes back behind what is complete, for events that appear late. */
export const OVERLAP_MS = 6 * 3_600_000;

/**
 * Takes a page that follows the ones before it.
 *
 * @param cursor that it was read by; `undefined` for the first page.
 * @throws CursorLoopError
 */
export function afterPage(walk: Walk, cursor: string | undefined, page: AuditLogPage, now: Date): Step {
  const newest = newestOf(page.records, now);
  const here = landmarkAt(cursor, page.records, newest);
  const evidence = withPage(walk.evidence, newest);
  const isOld = newest !== undefined && newest < walk.startedAt - OVERLAP_MS;
  const isOlder = newest !== undefined && walk.from !== undefined && newest < walk.from;
  const taken = trusting({
    ...walk,
    pages: walk.pages + 1,
    last: here,
    evidence,
    olderPages: isOlder ? walk.olderPages + 1 : 0,
    tail: isOld && here !== undefined ? here : walk.tail,
  });
  const { next } = page;
  if (next === undefined || (taken.kind === 'look' && taken.olderPages >= OLDER_PAGES)) {
    return { walk: taken, ended: true };
  }
  return { walk: { ...taken, loop: withCursor(walk.loop, next) }, next };
}

/**
 * Takes the page that was read last once more, after an interruption. Where cursors count records, the list has moved meanwhile:
 * what was inserted before the page pushes records back, which are then read twice; what expired before it pulls records
 * forward, past the cursor. The latter breaks the walk if the page shows no record that it showed before.
 */
export function afterReturn(walk: Walk, last: Landmark, page: AuditLogPage, now: Date): Step {
  const unbroken = walk.unbroken && (isSeenIn(last, page.records) || isBefore(walk, last, page, now));
  // What was inserted meanwhile may put a cursor that was named before behind other pages: that is no circle.
  const returned = { ...walk, unbroken, loop: undefined };
  return page.next === undefined ? { walk: returned, ended: true } : { walk: returned, next: page.next };
}

/** Whether a page stands before where the last one stood, in the order that the walk has shown. */
function isBefore({ evidence }: Walk, last: Landmark, page: AuditLogPage, now: Date): boolean {
  const newest = newestOf(page.records, now);
  const order = orderOf(evidence);
  if (newest === undefined || last.newest === undefined || order === undefined) {
    return false;
  }
  return order === 'newest-first' ? newest >= last.newest : newest <= last.newest;
}

/** A look relies on the order. If that is not what it was, the walk goes on to the last page. */
function trusting(walk: Walk): Walk {
  if (walk.kind !== 'look') {
    return walk;
  }
  const { evidence, expected = 0 } = walk;
  const isWhereItWas = evidence !== undefined && evidence.highest >= expected - ORDER_TOLERANCE_MS;
  return isWhereItWas && !contradicts(evidence, 'newest-first')
    ? walk
    : { ...walk, kind: 'whole', from: undefined };
}

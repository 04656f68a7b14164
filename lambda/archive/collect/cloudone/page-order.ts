/**
 * In which order the pages come, which the vendor does not document: learnt from every walk, and believed only as far as pages
 * do not contradict it.
 *
 * A page counts by its newest record. Where events that arrive late are listed when they arrive, they stand among newer ones,
 * and do not make the list look unordered.
 */
import * as z from 'zod';

export const pageOrder = z.enum(['newest-first', 'oldest-first']);
export type PageOrder = z.infer<typeof pageOrder>;

/** What the pages of a walk have shown; times in milliseconds since the epoch. */
export const orderEvidence = z.object({
  /** Of the pages' newest records, the oldest and the newest. */
  lowest: z.number(),
  highest: z.number(),
  /** Whether a page was newer than one before it, or older, by more than the tolerance. */
  hasRisen: z.boolean(),
  hasFallen: z.boolean(),
  /** Times that the pages went down, or up, by more than the tolerance; and from where the next such step counts. */
  stepsDown: z.number(),
  stepsUp: z.number(),
  downFrom: z.number(),
  upFrom: z.number(),
});
export type OrderEvidence = z.infer<typeof orderEvidence>;

/** Milliseconds by which records may be out of order: several writers, clocks that differ. */
export const ORDER_TOLERANCE_MS = 3_600_000;
/** Pages in no order look ordered by chance with one in 8! = 40,320. A list with fewer steps is soon read whole. */
const TELLING_STEPS = 8;

/** @param newest the time of a page's newest record; `undefined` where the page has none whose time is known. */
export function withPage(
  evidence: OrderEvidence | undefined,
  newest: number | undefined,
): OrderEvidence | undefined {
  if (newest === undefined) {
    return evidence;
  }
  const before = evidence ?? beginAt(newest);
  const stepsDown = newest < before.downFrom - ORDER_TOLERANCE_MS;
  const stepsUp = newest > before.upFrom + ORDER_TOLERANCE_MS;
  return {
    lowest: Math.min(before.lowest, newest),
    highest: Math.max(before.highest, newest),
    hasRisen: before.hasRisen || newest > before.lowest + ORDER_TOLERANCE_MS,
    hasFallen: before.hasFallen || newest < before.highest - ORDER_TOLERANCE_MS,
    stepsDown: before.stepsDown + Number(stepsDown),
    stepsUp: before.stepsUp + Number(stepsUp),
    downFrom: stepsDown ? newest : before.downFrom,
    upFrom: stepsUp ? newest : before.upFrom,
  };
}

function beginAt(newest: number): OrderEvidence {
  return {
    lowest: newest,
    highest: newest,
    hasRisen: false,
    hasFallen: false,
    stepsDown: 0,
    stepsUp: 0,
    downFrom: newest,
    upFrom: newest,
  };
}

/** @returns `undefined` where the pages are too few, in no order, or all of about the same time. */
export function orderOf(evidence: OrderEvidence | undefined): PageOrder | undefined {
  if (evidence === undefined) {
    return undefined;
  }
  if (!evidence.hasRisen && evidence.stepsDown >= TELLING_STEPS) {
    return 'newest-first';
  }
  return !evidence.hasFallen && evidence.stepsUp >= TELLING_STEPS ? 'oldest-first' : undefined;
}

/** Whether the pages of a walk show another order than the one that was believed. */
export function contradicts(evidence: OrderEvidence | undefined, order: PageOrder): boolean {
  return (order === 'newest-first' ? evidence?.hasRisen : evidence?.hasFallen) ?? false;
}

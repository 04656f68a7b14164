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
  pages: z.number(),
  /** Of the pages' newest records, the oldest and the newest. */
  lowest: z.number(),
  highest: z.number(),
  /** Whether a page was newer than one before it, or older, by more than the tolerance. */
  hasRisen: z.boolean(),
  hasFallen: z.boolean(),
});
export type OrderEvidence = z.infer<typeof orderEvidence>;

/** Milliseconds by which records may be out of order: several writers, clocks that differ. */
export const ORDER_TOLERANCE_MS = 3_600_000;
/** Fewer pages can be in order by chance; to read them all is no effort. */
const TELLING_PAGES = 4;

/** @param newest the time of a page's newest record; `undefined` where the page has none whose time is known. */
export function withPage(
  evidence: OrderEvidence | undefined,
  newest: number | undefined,
): OrderEvidence | undefined {
  if (newest === undefined) {
    return evidence;
  }
  if (evidence === undefined) {
    return { pages: 1, lowest: newest, highest: newest, hasRisen: false, hasFallen: false };
  }
  return {
    pages: evidence.pages + 1,
    lowest: Math.min(evidence.lowest, newest),
    highest: Math.max(evidence.highest, newest),
    hasRisen: evidence.hasRisen || newest > evidence.lowest + ORDER_TOLERANCE_MS,
    hasFallen: evidence.hasFallen || newest < evidence.highest - ORDER_TOLERANCE_MS,
  };
}

/** @returns `undefined` where the pages are too few, in no order, or all of about the same time. */
export function orderOf(evidence: OrderEvidence | undefined): PageOrder | undefined {
  if (evidence === undefined || evidence.pages < TELLING_PAGES || evidence.hasRisen === evidence.hasFallen) {
    return undefined;
  }
  return evidence.hasFallen ? 'newest-first' : 'oldest-first';
}

/** Whether the pages of a walk show another order than the one that was believed. */
export function contradicts(evidence: OrderEvidence | undefined, order: PageOrder): boolean {
  return (order === 'newest-first' ? evidence?.hasRisen : evidence?.hasFallen) ?? false;
}

/** What is known of Cloud One's audit log from run to run, and which way through the pages is next. */
import * as z from 'zod';
import { landmark } from './landmark.ts';
import { contradicts, orderOf, pageOrder } from './page-order.ts';
import { OVERLAP_MS, type Walk, walk } from './walk.ts';

/** All times are milliseconds since the epoch. */
export const cloudOneState = z.object({
  /** Absent before the first whole walk has ended. */
  completeUntil: z.number().optional(),
  order: pageOrder.optional(),
  /** The newest record that the last complete walk saw. */
  newest: z.number().optional(),
  /** When the last walk began that went far back, and the last that went through all pages. */
  farBackAt: z.number().optional(),
  wholeAt: z.number().optional(),
  /** Of a list that is oldest first. */
  tail: landmark.optional(),
  /** That is under way. */
  walk: walk.optional(),
  /** Short hashes of what could not be parsed, so that it is not kept again at every overlap. */
  unreadable: z.array(z.string()).default([]),
});
export type CloudOneState = z.infer<typeof cloudOneState>;

const DAY_MS = 86_400_000;
/** How far back events are looked for that appeared late: how often, and how far. */
const FAR_BACK_EVERY_MS = DAY_MS;
const FAR_BACK_MS = 7 * DAY_MS;
/** Of a list that is newest first; the others are walked whole daily, or always. */
const WHOLE_EVERY_MS = 30 * DAY_MS;

/**
 * - Nothing known of the order: all pages, always.
 * - Newest first: the newest pages, back to some hours before what is complete; daily a week further; monthly all.
 * - Oldest first: from a page some hours before the end on; daily all.
 */
export function planWalk(state: CloudOneState, now: Date): Walk {
  const startedAt = now.getTime();
  const isDue = (at: number | undefined, everyMs: number) => startedAt - (at ?? 0) >= everyMs;
  const begin: Walk = { kind: 'whole', startedAt, pages: 0, unbroken: true, olderPages: 0 };
  const { order, completeUntil, newest, tail } = state;
  if (order === 'newest-first' && completeUntil !== undefined && !isDue(state.wholeAt, WHOLE_EVERY_MS)) {
    const backMs = isDue(state.farBackAt, FAR_BACK_EVERY_MS) ? FAR_BACK_MS : OVERLAP_MS;
    return { ...begin, kind: 'look', from: completeUntil - backMs, expected: newest };
  }
  if (order === 'oldest-first' && tail !== undefined && !isDue(state.wholeAt, FAR_BACK_EVERY_MS)) {
    return { ...begin, kind: 'tail', last: tail };
  }
  return begin;
}

/** What is known after a walk has come to its end. */
export function afterWalk(state: CloudOneState, ended: Walk): CloudOneState {
  const { kind, startedAt, evidence } = ended;
  const order = kind === 'whole' ? orderOf(evidence) : state.order;
  const isAsBefore = order !== undefined && !contradicts(evidence, order);
  const known: CloudOneState = {
    ...state,
    walk: undefined,
    order: isAsBefore ? order : undefined,
    tail: isAsBefore && order === 'oldest-first' ? (ended.tail ?? state.tail) : undefined,
  };
  if (!ended.unbroken) {
    return known;
  }
  const wentFarBack = kind === 'whole' || (ended.from ?? 0) <= (state.completeUntil ?? 0) - FAR_BACK_MS;
  return {
    ...known,
    completeUntil: Math.max(state.completeUntil ?? 0, startedAt),
    // A clock that is ahead must not make the list look as if it had lost its newest records.
    newest: evidence === undefined ? state.newest : Math.min(evidence.highest, startedAt),
    farBackAt: wentFarBack ? startedAt : state.farBackAt,
    wholeAt: kind === 'whole' ? startedAt : state.wholeAt,
  };
}

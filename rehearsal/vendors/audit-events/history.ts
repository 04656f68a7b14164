/**
 * Generated events of a span of time, without keeping any: each is made when it is asked for, from the seed and its number.
 * So a million of them cost no memory, and a page or a window in their middle costs no more than at their beginning.
 */
import { Random } from './random.ts';

/** Which events to generate. */
export interface Span {
  readonly seed: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
}

/** Events by number, from 0, in time order. */
export interface History {
  readonly count: number;
  /** Milliseconds since the epoch; never less than the one before. */
  timeAt(index: number): number;
  /** The event, as the vendor writes it. */
  textAt(index: number): string;
}

/** @param random of this event alone. */
export type MakeEvent = (time: number, index: number, random: Random) => string;

/** Of so many events, three happen in one millisecond: a person's doing in several places at once. */
const BURST_CYCLE = 40;
const BURST_START = 36;
const BURST_END = 38;

/** The first of the events that happen in the same millisecond as this one. */
export function burstLeader(index: number): number {
  const place = index % BURST_CYCLE;
  return place >= BURST_START && place <= BURST_END ? index - (place - BURST_START) : index;
}

export function historyOf({ seed, count, from, to }: Span, make: MakeEvent): History {
  const timeAt = (index: number) => from + Math.floor((burstLeader(index) * (to - from)) / count);
  return { count, timeAt, textAt: (index) => make(timeAt(index), index, new Random(seed, index)) };
}

/** How many events there are up to a time, itself included. */
export function countUpTo(history: Pick<History, 'count' | 'timeAt'>, time: number): number {
  let low = 0;
  let high = history.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (history.timeAt(middle) <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

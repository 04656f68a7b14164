import type { CursorKind, PageOrder } from './audit-settings.ts';
import type { Place, PlacedEvent, Timeline } from './timeline.ts';

/** Where a page ended. */
export interface Position {
  readonly order: PageOrder;
  readonly kind: CursorKind;
  /** How many events were given so far. */
  readonly given: number;
  /** The last of them. */
  readonly last: Place;
  /** How many there were when the first page was asked for. */
  readonly total: number;
}

export interface Page {
  readonly events: readonly PlacedEvent[];
  /** Where the next page goes on; absent on the last one. */
  readonly next?: Position;
}

interface Request {
  readonly order: PageOrder;
  readonly kind: CursorKind;
  readonly limit: number;
  /** Absent for the first page. */
  readonly after?: Position | undefined;
}

type Numbers = (timeline: Timeline, given: number, after: Position | undefined) => Numbering;

/** Which events there are to give: how many, and the n-th of them. */
interface Numbering {
  readonly left: number;
  readonly nth: (n: number) => PlacedEvent;
}

const newestFirst = (timeline: Timeline, end: number): Numbering => ({
  left: end,
  nth: (n) => timeline.timeAt(end - 1 - n),
});
const oldestFirst = (timeline: Timeline, start: number): Numbering => ({
  left: timeline.length - start,
  nth: (n) => timeline.timeAt(start + n),
});

/** What appears while somebody pages in a shuffled order is given from the next first page on. */
const shuffled: Numbers = (timeline, given, after) => {
  const total = after?.total ?? timeline.length;
  const step = stepFor(total);
  return { left: total - given, nth: (n) => timeline.arrivalAt(((given + n) * step) % total) };
};

const numbers: Readonly<Record<PageOrder, Readonly<Record<CursorKind, Numbers>>>> = {
  'newest-first': {
    keyed: (timeline, _given, after) =>
      newestFirst(timeline, after === undefined ? timeline.length : timeline.countBefore(after.last)),
    offset: (timeline, given) => newestFirst(timeline, timeline.length - given),
  },
  'oldest-first': {
    keyed: (timeline, _given, after) =>
      oldestFirst(timeline, after === undefined ? 0 : timeline.countBefore(after.last) + 1),
    offset: (timeline, given) => oldestFirst(timeline, given),
  },
  shuffled: { keyed: shuffled, offset: shuffled },
};

/** One page of a source's events. A position goes on in the order in which it began. */
export function pageOf(timeline: Timeline, { after, limit, ...request }: Request): Page {
  const { order, kind } = after ?? request;
  const given = after?.given ?? 0;
  const { left, nth } = numbers[order][kind](timeline, given, after);
  const events = Array.from({ length: Math.min(limit, left) }, (_, n) => nth(n));
  const last = events.at(-1);
  if (last === undefined || left <= limit) return { events };
  const next = {
    order,
    kind,
    given: given + events.length,
    last: { time: last.time, arrival: last.arrival },
    total: after?.total ?? timeline.length,
  };
  return { events, next };
}

/** A step that comes to every number below `total` once before it comes back. */
function stepFor(total: number): number {
  let step = 7919;
  while (total > 0 && commonDivisor(step, total) !== 1) step += 1;
  return step;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}

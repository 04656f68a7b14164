import { countUpTo, type History } from './audit-events/history.ts';

/** An audit event that a source holds, and that was not generated. */
export interface HeldEvent {
  /** When it happened, in milliseconds since the epoch. */
  readonly time: number;
  /** As the vendor writes it, to the character. */
  readonly text: string;
}

/** An event's place: time, and among those of one time, the order of arrival. */
export interface Place {
  readonly time: number;
  readonly arrival: number;
}

export type PlacedEvent = HeldEvent & Place;

const NOTHING: History = { count: 0, timeAt: () => 0, textAt: () => '' };

/**
 * A source's audit events, in two orders that do not change under a reader: that of arrival, and that of time, where a
 * late event takes its place between older ones. Generated events are not kept (see `History`), so that a year of them
 * costs no memory.
 */
export class Timeline {
  #generated: History = NOTHING;
  /** In the order of arrival. */
  #arrived: readonly PlacedEvent[] = [];
  /** The same, in the order of time. */
  #added: readonly PlacedEvent[] = [];
  /** Not to be seen before their time comes. */
  #awaited: { readonly visibleAt: number; readonly event: HeldEvent }[] = [];

  /** Replaces what was generated before, as if it had been there from the beginning. */
  generate(history: History): void {
    const more = history.count - this.#generated.count;
    this.#generated = history;
    this.#arrived = this.#arrived.map((event) => ({ ...event, arrival: event.arrival + more }));
    this.#added = this.#arrived.toSorted(inTime);
  }

  /** @param visibleAt when the vendor begins to show each, in milliseconds since the epoch. */
  add(events: readonly { readonly visibleAt: number; readonly event: HeldEvent }[]): void {
    this.#awaited = [...this.#awaited, ...events].sort((one, other) => one.visibleAt - other.visibleAt);
  }

  /** Shows what is due. To be called before reading. */
  settle(now: number): void {
    const due = this.#awaited.findIndex(({ visibleAt }) => visibleAt > now);
    const shown = this.#awaited.splice(0, due === -1 ? this.#awaited.length : due);
    if (shown.length === 0) return;
    const first = this.length;
    const placed = shown.map(({ event }, index) => ({ ...event, arrival: first + index }));
    this.#arrived = [...this.#arrived, ...placed];
    this.#added = [...this.#added, ...placed].sort(inTime);
  }

  /** How many events are to be seen. */
  get length(): number {
    return this.#generated.count + this.#arrived.length;
  }

  /** How many are not, yet. */
  get awaited(): number {
    return this.#awaited.length;
  }

  /** The event with this number in the order of arrival. */
  arrivalAt(index: number): PlacedEvent {
    const event = this.#arrived[index - this.#generated.count];
    return event ?? this.#generatedAt(index);
  }

  /** The event with this number in the order of time. */
  timeAt(index: number): PlacedEvent {
    // How many added events come before that number: the k-th of them has the number k plus the generated ones before it.
    const numberOf = (k: number) => k + this.#generatedUpTo(this.#added[k]?.time ?? Number.POSITIVE_INFINITY);
    const before = countUpTo({ count: this.#added.length, timeAt: numberOf }, index - 1);
    const here = this.#added[before];
    return here !== undefined && numberOf(before) === index ? here : this.#generatedAt(index - before);
  }

  /** How many events, in the order of time, come before that place. */
  countBefore(place: Place): number {
    const generated = place.arrival < this.#generated.count ? place.arrival : this.#generatedUpTo(place.time);
    return generated + countBefore(this.#added, place);
  }

  /** In the order of time, those from one time up to another; both are included. */
  *between(from: number, to: number): Generator<PlacedEvent, void, undefined> {
    const end = this.countBefore({ time: to, arrival: Number.POSITIVE_INFINITY });
    const start = this.countBefore({ time: from - 1, arrival: Number.POSITIVE_INFINITY });
    for (let index = start; index < end; index += 1) {
      yield this.timeAt(index);
    }
  }

  /** Everything, in the order of time, also what is not to be seen yet. */
  *all(): Generator<HeldEvent, void, undefined> {
    yield* this.between(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    yield* this.#awaited.map(({ event }) => event);
  }

  #generatedAt(index: number): PlacedEvent {
    const { timeAt, textAt } = this.#generated;
    return { time: timeAt(index), text: textAt(index), arrival: index };
  }

  #generatedUpTo(time: number): number {
    return countUpTo(this.#generated, time);
  }
}

/** How many events of a list in the order of time come before that place. */
function countBefore(events: readonly PlacedEvent[], place: Place): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event !== undefined && inTime(event, place) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function inTime(one: Place, other: Place): number {
  return one.time - other.time || one.arrival - other.arrival;
}

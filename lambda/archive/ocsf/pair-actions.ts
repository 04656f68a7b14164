/**
 * Brings together the events of one asynchronous action: a pending one, and the one that tells how it ended. The saved question
 * `pending` of contract/audit-questions.ts asks the same of the tables.
 */
import { isPending, LONGEST_ACTION_MS } from '../../../contract/audit-pairs.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';

/** The other event of an action. */
export interface Counterpart {
  /** The archive's id of it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly status: string;
}

export type PairedEvent =
  /** Of an action that is done when it is told. */
  | { readonly kind: 'single'; readonly event: OcsfEvent }
  | { readonly kind: 'pending'; readonly event: OcsfEvent; readonly endedBy: Counterpart }
  /** Nothing tells within a day how it ended; or nothing has yet, or not within as many events as are looked at. */
  | { readonly kind: 'unended'; readonly event: OcsfEvent }
  | { readonly kind: 'final'; readonly event: OcsfEvent; readonly begunBy: Counterpart };

export interface PairingLimits {
  /** Events that are held back at most, while the first of them is pending. @default 10000 */
  readonly mostHeld?: number;
}

const MOST_HELD = 10_000;

/**
 * Tells of each event whether it is one of two. All come out, in the order in which they come in, which is that of time.
 *
 * A pending event is ended by the first final one of the same name, source and `pairing_id` that is not older, within
 * `LONGEST_ACTION_MS`. A final event may end several pending ones of one action, and is told as begun by the nearest.
 */
export async function* pairActions(
  events: AsyncIterable<OcsfEvent>,
  { mostHeld = MOST_HELD }: PairingLimits = {},
): AsyncGenerator<PairedEvent, void, undefined> {
  const pairing = new Pairing(mostHeld);
  for await (const event of events) {
    pairing.add(event);
    yield* pairing.settled();
  }
  yield* pairing.rest();
}

interface Held {
  readonly event: OcsfEvent;
  /** Of the action; `undefined` where nothing tells it from others. */
  readonly key: string | undefined;
  counterpart: OcsfEvent | undefined;
}

class Pairing {
  readonly #mostHeld: number;
  /** In order; those before `#first` are told. */
  #held: Held[] = [];
  #first = 0;
  /** The pending ones that have not ended, by action, in order. */
  readonly #open = new Map<string, Held[]>();
  /** The first final ones of the present millisecond, by action: a pending one may come after the one that ends it. */
  readonly #ended = new Map<string, Held>();
  #now = Number.NEGATIVE_INFINITY;

  constructor(mostHeld: number) {
    this.#mostHeld = mostHeld;
  }

  add(event: OcsfEvent): void {
    const held: Held = { event, key: keyOf(event), counterpart: undefined };
    this.#held.push(held);
    if (event.time > this.#now) {
      this.#now = event.time;
      this.#ended.clear();
    }
    if (held.key !== undefined && isPending(event)) {
      this.#begin(held, held.key);
    } else if (held.key !== undefined) {
      this.#end(held, held.key);
    }
  }

  /** What can be told: all before the first that may still find its counterpart. */
  *settled(): Generator<PairedEvent, void, undefined> {
    for (let held = this.#held[this.#first]; held !== undefined; held = this.#held[this.#first]) {
      if (this.#isWaiting(held)) {
        return;
      }
      yield this.#told(held);
    }
  }

  *rest(): Generator<PairedEvent, void, undefined> {
    for (let held = this.#held[this.#first]; held !== undefined; held = this.#held[this.#first]) {
      yield this.#told(held);
    }
  }

  #begin(pending: Held, key: string): void {
    const final = this.#ended.get(key);
    if (final === undefined) {
      this.#open.set(key, [...(this.#open.get(key) ?? []), pending]);
      return;
    }
    pending.counterpart = final.event;
    final.counterpart = pending.event;
  }

  #end(final: Held, key: string): void {
    for (const pending of this.#open.get(key) ?? []) {
      if (final.event.time - pending.event.time < LONGEST_ACTION_MS) {
        pending.counterpart = final.event;
        final.counterpart = pending.event;
      }
    }
    this.#open.delete(key);
    if (!this.#ended.has(key)) {
      this.#ended.set(key, final);
    }
  }

  #isWaiting({ event, key, counterpart }: Held): boolean {
    const mayBePaired = isPending(event)
      ? this.#now - event.time < LONGEST_ACTION_MS
      : event.time === this.#now;
    return (
      key !== undefined &&
      counterpart === undefined &&
      mayBePaired &&
      this.#held.length - this.#first <= this.#mostHeld
    );
  }

  #told(held: Held): PairedEvent {
    this.#first += 1;
    if (this.#first > 1000 && this.#first * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    const { event, counterpart } = held;
    if (!isPending(event)) {
      this.#forgetEnd(held);
      return counterpart === undefined
        ? { kind: 'single', event }
        : { kind: 'final', event, begunBy: counterpartOf(counterpart) };
    }
    if (counterpart !== undefined) {
      return { kind: 'pending', event, endedBy: counterpartOf(counterpart) };
    }
    this.#forgetOpen(held);
    return { kind: 'unended', event };
  }

  /** Told as one that has begun nothing and ends nothing: nothing may be paired with it any more. */
  #forgetEnd(final: Held): void {
    if (final.key !== undefined && final.counterpart === undefined && this.#ended.get(final.key) === final) {
      this.#ended.delete(final.key);
    }
  }

  #forgetOpen({ key, event }: Held): void {
    const open = key === undefined ? [] : (this.#open.get(key) ?? []).filter((held) => held.event !== event);
    if (key !== undefined && open.length > 0) {
      this.#open.set(key, open);
    } else if (key !== undefined) {
      this.#open.delete(key);
    }
  }
}

function keyOf({ metadata, unmapped }: OcsfEvent): string | undefined {
  return unmapped?.pairing_id === undefined
    ? undefined
    : JSON.stringify([metadata.log_source, metadata.event_code, unmapped.pairing_id]);
}

function counterpartOf({ metadata, time, status }: OcsfEvent): Counterpart {
  return { id: metadata.uid, time, status };
}

/**
 * Brings together the events of one asynchronous action: a pending one, and the one that tells how it ended.
 *
 * Source: IBM Cloud documentation, "Activity tracking events for account management": inviting and deleting a user. That both
 * have one correlation id is likely, and not promised.
 */
import { auditRow } from '../../../contract/audit-columns.ts';
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
  /** Within this time an action ends, or it is not waited for. Milliseconds. @default a day */
  readonly longestMs?: number;
  /** Events that are held back at most, while the first of them is pending. @default 10000 */
  readonly mostHeld?: number;
}

/** Behind a day nobody looks for an action's end. */
export const LONGEST_ACTION_MS = 24 * 3_600_000;
const MOST_HELD = 10_000;

/**
 * Tells of each event whether it is one of two. All come out, in the order in which they come in, which is that of time.
 *
 * Each final event belongs to the nearest pending one before it: of the same action and correlation id and target, else of the same
 * action and correlation id, else of the same action, target and initiator. Each is used once.
 */
export async function* pairActions(
  events: AsyncIterable<OcsfEvent>,
  limits: PairingLimits = {},
): AsyncGenerator<PairedEvent, void, undefined> {
  const pairing = new Pairing(limits);
  for await (const event of events) {
    pairing.add(event);
    yield* pairing.settled();
  }
  yield* pairing.rest();
}

/** What is common to the events of one action. */
interface Marks {
  readonly action: string;
  readonly correlation: string | undefined;
  readonly target: string;
  readonly initiator: string;
}

interface Held {
  readonly event: OcsfEvent;
  readonly marks: Marks;
  counterpart: OcsfEvent | undefined;
}

class Pairing {
  readonly #longestMs: number;
  readonly #mostHeld: number;
  /** In order; those before `#first` are told. */
  #held: Held[] = [];
  #first = 0;
  /** The pending ones that have not ended, by action, in order. */
  readonly #open = new Map<string, Held[]>();
  #now = Number.NEGATIVE_INFINITY;

  constructor({ longestMs = LONGEST_ACTION_MS, mostHeld = MOST_HELD }: PairingLimits) {
    this.#longestMs = longestMs;
    this.#mostHeld = mostHeld;
  }

  add(event: OcsfEvent): void {
    const held: Held = { event, marks: marksOf(event), counterpart: undefined };
    const open = this.#openOf(held.marks.action);
    this.#now = Math.max(this.#now, event.time);
    this.#held.push(held);
    if (isPending(event)) {
      open.push(held);
      return;
    }
    const begun = nearest(
      open.filter((pending) => event.time - pending.event.time <= this.#longestMs),
      held.marks,
    );
    if (begun !== undefined) {
      open.splice(open.indexOf(begun), 1);
      begun.counterpart = event;
      held.counterpart = begun.event;
    }
  }

  /** What can be told: all before the first that may still find its end. */
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

  #isWaiting({ event, counterpart }: Held): boolean {
    return (
      isPending(event) &&
      counterpart === undefined &&
      this.#now - event.time <= this.#longestMs &&
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
      return counterpart === undefined
        ? { kind: 'single', event }
        : { kind: 'final', event, begunBy: counterpartOf(counterpart) };
    }
    if (counterpart !== undefined) {
      return { kind: 'pending', event, endedBy: counterpartOf(counterpart) };
    }
    // Told as one that has not ended: nothing may end it any more.
    const open = this.#openOf(held.marks.action);
    open.splice(open.indexOf(held), 1);
    return { kind: 'unended', event };
  }

  #openOf(action: string): Held[] {
    const open = this.#open.get(action) ?? [];
    this.#open.set(action, open);
    return open;
  }
}

function isPending({ status }: OcsfEvent): boolean {
  return status === 'Pending';
}

function nearest(open: readonly Held[], marks: Marks): Held | undefined {
  const { correlation } = marks;
  const correlated = ({ marks: other }: Held) =>
    correlation !== undefined && other.correlation === correlation;
  const sameTarget = ({ marks: other }: Held) => other.target === marks.target;
  return (
    open.findLast((held) => correlated(held) && sameTarget(held)) ??
    open.findLast(correlated) ??
    open.findLast((held) => sameTarget(held) && held.marks.initiator === marks.initiator)
  );
}

function marksOf(event: OcsfEvent): Marks {
  const { object_id, object_name, principal_id, principal, account_id } = auditRow(event);
  return {
    action: `${event.metadata.log_source} ${event.metadata.event_code}`,
    correlation: event.metadata.correlation_uid,
    target: JSON.stringify([account_id, object_id, object_name]),
    initiator: JSON.stringify(principal_id ?? principal),
  };
}

function counterpartOf({ metadata, time, status }: OcsfEvent): Counterpart {
  return { id: metadata.uid, time, status };
}

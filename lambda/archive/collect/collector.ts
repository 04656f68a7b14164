/** What a source's collector is, and what it is given. */
import type * as z from 'zod';
import type { AuditSource, CollectionGap } from '../../../contract/archive.ts';
import type { Arrive } from './place.ts';

/** A record as a vendor gave it. */
export interface CollectedRecord {
  /** When it happened, in milliseconds since the epoch. */
  readonly time: number;
  /** Its text, to the character. */
  readonly text: string;
  /** The vendor's own id of it, where there is one. */
  readonly vendorId?: string | undefined;
  /** Of IBM Cloud: the key of the object that it came in. */
  readonly origin?: string | undefined;
  /**
   * Of a record without an id: how many equal ones came before it in the same answer or object, so that equal-looking events
   * of one millisecond stay several, however often they are collected. An answer holds all events of a millisecond, or none.
   *
   * @default 0
   */
  readonly occurrence?: number;
}

/** Where a collector puts what it finds. What is in the archive already is recognised, and not stored again. */
export interface Recorder {
  add(record: CollectedRecord): Promise<void>;
  /**
   * Keeps what cannot be parsed, to the byte, and counts it, so that somebody looks at it.
   *
   * @param why what is wrong with it, in a sentence
   * @param origin where it came from: a page, or an object's key
   */
  addUnreadable(content: Buffer, why: string, origin: string): Promise<void>;
}

/**
 * What a person should be told of, although the run itself goes well: events that the vendor had forgotten before they were asked
 * for, a source that is set up so that what matters most cannot arrive, or objects that are there and cannot be read.
 */
export type Finding = 'eventsLost' | 'setupIncomplete' | 'objectsUnread';

/** One run of a collector. */
export interface CollectSession<State> {
  /** As it was last saved; `undefined` at the very first run, and at the first from another place. */
  readonly state: State | undefined;
  readonly archive: Recorder;
  /**
   * Stores everything that was added, then the state: in this order, always, so that nothing is passed over by whoever goes on
   * from the state.
   *
   * @throws LeaseLostError where another run has taken over.
   */
  save(state: State): Promise<void>;
  /** Raises an alarm, at once, whatever becomes of the run. */
  readonly tell: (finding: Finding) => void;
  readonly now: () => Date;
  /** Whether to save and end at the next opportunity; the next run goes on. */
  readonly timeIsUp: () => boolean;
  /** Aborts when the function is about to be ended. */
  readonly signal: AbortSignal;
}

export interface CollectOutcome {
  /** Whether nothing was left to collect, as far as the vendor had it. */
  readonly caughtUp: boolean;
  /** Everything that happened before is collected, as far as the vendor had it; in milliseconds since the epoch. */
  readonly completeUntil: number | undefined;
  /** Before that, spans of time whose events are not all collected, or probably not; absent where none is known. */
  readonly gaps?: readonly CollectionGap[];
}

export interface Collector<State> {
  readonly source: AuditSource;
  /** Of the checkpoint; must let older versions through. */
  readonly state: z.ZodType<State>;
  /** Asked before each run: the state of another place is not gone on from. */
  readonly arrive: Arrive;
  /** Collects from where the state says to now, saving as it goes. */
  collect(session: CollectSession<State>): Promise<CollectOutcome>;
}

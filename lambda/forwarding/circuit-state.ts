/** The circuit's states, and how one follows from another. Pure: times come in as arguments. */
import { PAUSING_REASONS, type PausingReason } from '../../contract/circuit.ts';
import { PoisonError, RetryableError } from './failures.ts';
import { LONGEST_ASKED_WAIT_MS } from './redelivery-delay.ts';

/** The circuit is open. Times are milliseconds since 1970. */
export interface Pause {
  readonly openedAt: number;
  /** From then on one invocation may try; while it tries, the end of its turn. */
  readonly until: number;
  /** The first, and each try since that failed. */
  readonly openings: number;
  readonly probing: boolean;
  readonly reason: PausingReason;
  readonly detail: string;
}

export interface CircuitState {
  /** Of the item that it was read from; 0 where there is none. */
  readonly revision: number;
  /** `undefined`: closed. */
  readonly pause: Pause | undefined;
}

/** A failure that speaks of the destination rather than of the object. */
export interface PausingFailure {
  readonly reason: PausingReason;
  readonly message: string;
  /** Milliseconds that the destination asked to wait. */
  readonly afterMs: number | undefined;
}

export const UNKNOWN: CircuitState = { revision: 0, pause: undefined };

const FIRST_PAUSE_MS = 30_000;
/** Long enough that waiting costs nothing, short enough that nobody minds waiting it out. */
const MAXIMUM_PAUSE_MS = 15 * 60_000;
/** A function may be frozen a little late. */
const PROBE_MARGIN_MS = 10_000;

/** Opens the circuit, or opens it again after a try that failed: longer each time, and as long as was asked. */
export function opened(pause: Pause | undefined, failure: PausingFailure, now: number): Pause {
  const openings = (pause?.openings ?? 0) + 1;
  const backoffMs = Math.min(MAXIMUM_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (openings - 1));
  const askedMs = Math.min(LONGEST_ASKED_WAIT_MS, failure.afterMs ?? 0);
  return {
    openedAt: pause?.openedAt ?? now,
    until: now + Math.max(backoffMs, askedMs),
    openings,
    probing: false,
    reason: failure.reason,
    detail: failure.message,
  };
}

/** Takes the turn to try. An invocation that dies at it leaves a turn that ends by itself. */
export function probing(pause: Pause, remainingMs: number, now: number): Pause {
  return { ...pause, probing: true, until: now + remainingMs + PROBE_MARGIN_MS };
}

/** The turn ended without an answer of the destination: the next may try at once. */
export function undecided(pause: Pause, now: number): Pause {
  return { ...pause, probing: false, until: now };
}

/** A pause as it was read, which no clock gone wrong makes longer than one of ours can be. */
export function bounded(pause: Pause, now: number): Pause {
  return { ...pause, until: Math.min(pause.until, now + LONGEST_ASKED_WAIT_MS) };
}

export function pausingFailureOf(error: unknown): PausingFailure | undefined {
  if (!(error instanceof RetryableError)) {
    return undefined;
  }
  const reason = PAUSING_REASONS.find((pausing) => pausing === error.reason);
  return reason === undefined ? undefined : { reason, message: error.message, afterMs: error.afterMs };
}

/** Whether a failure shows that the destination does its work: it said no to this content. */
export function isAnswerAboutContent(error: unknown): boolean {
  return error instanceof PoisonError && ['DestinationRefused', 'RecordRefused'].includes(error.reason);
}

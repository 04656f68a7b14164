/** The circuit's states, and how one follows from another. Pure: times come in as arguments. */
import { OPENING_REASONS, type Opening, type OpeningReason } from '../../contract/circuit.ts';
import { PoisonError, RetryableError } from './failures.ts';
import { LONGEST_ASKED_WAIT_MS } from './redelivery-delay.ts';

/** A failure that speaks of the destination rather than of the object. */
export interface OpeningFailure {
  readonly reason: OpeningReason;
  readonly message: string;
  /** Milliseconds that the destination asked to wait. */
  readonly afterMs: number | undefined;
}

const FIRST_OPEN_MS = 30_000;
/** Long enough that waiting costs nothing, short enough that nobody minds waiting it out. */
const MAXIMUM_OPEN_MS = 15 * 60_000;
/** A function may be frozen a little late. */
const PROBE_MARGIN_MS = 10_000;

/** Opens the circuit, or opens it again after a try that failed: longer each time, and as long as was asked. */
export function opened(opening: Opening | undefined, failure: OpeningFailure, now: number): Opening {
  const openings = (opening?.openings ?? 0) + 1;
  const backoffMs = Math.min(MAXIMUM_OPEN_MS, FIRST_OPEN_MS * 2 ** (openings - 1));
  const askedMs = Math.min(LONGEST_ASKED_WAIT_MS, failure.afterMs ?? 0);
  return {
    openedAt: opening?.openedAt ?? now,
    until: now + Math.max(backoffMs, askedMs),
    openings,
    probing: false,
    reason: failure.reason,
    detail: failure.message,
  };
}

/** Takes the turn to try. An invocation that dies at it leaves a turn that ends by itself. */
export function probing(opening: Opening, remainingMs: number, now: number): Opening {
  return { ...opening, probing: true, until: now + remainingMs + PROBE_MARGIN_MS };
}

/** The turn ended without an answer of the destination: the next may try at once. */
export function undecided(opening: Opening, now: number): Opening {
  return { ...opening, probing: false, until: now };
}

/**
 * An opening as it was read. One that ends later than any of ours can, because a clock went wrong, is over: bounded
 * anew at each read, it would never be.
 */
export function believed(opening: Opening, now: number): Opening {
  return opening.until <= now + LONGEST_ASKED_WAIT_MS ? opening : { ...opening, until: now };
}

export function openingFailureOf(error: unknown): OpeningFailure | undefined {
  if (!(error instanceof RetryableError)) {
    return undefined;
  }
  const reason = OPENING_REASONS.find((known) => known === error.reason);
  return reason === undefined ? undefined : { reason, message: error.message, afterMs: error.afterMs };
}

/** Whether a failure shows that the destination does its work: it said no to this content. */
export function isAnswerAboutContent(error: unknown): boolean {
  return error instanceof PoisonError && ['DestinationRefused', 'RecordRefused'].includes(error.reason);
}

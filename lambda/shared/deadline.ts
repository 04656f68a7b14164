/** How a function divides the time that it has. */

/** The time for a stage of the work ran out. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** Of a custom resource. */
export interface TimePlan {
  /** For creating, updating or looking up: leaves time to undo it and to answer. */
  actUntil(): AbortSignal;
  /** For undoing and deleting: leaves time to answer. */
  undoUntil(): AbortSignal;
}

/** Of a function that works off what there is under a lease, and goes on at its next invocation. */
export interface RunPlan {
  /** Whether to begin nothing more: what is under way and what is held in memory is still to be stored. */
  readonly timeIsUp: () => boolean;
  /** Aborts the work, however it hangs: leaves time to give back the lease. */
  readonly workSignal: AbortSignal;
  /** Aborts even that, so that the end is an error with a name and not a kill. */
  readonly closeSignal: AbortSignal;
  /** When nothing of the run is left, also by another's clock; milliseconds since the epoch. */
  readonly leaseUntil: number;
}

/** Kept back for undoing a failed creation. */
const UNDO_RESERVE_MS = 30_000;
/** Kept back for answering CloudFormation. */
const ANSWER_RESERVE_MS = 10_000;
/** Kept back for storing what is held, and for the largest piece of work that may be under way: a day's files. */
const STORE_RESERVE_MS = 120_000;
/** Of that, kept back for giving back a lease, and for the handler's own end. */
const CLOSE_RESERVE_MS = 20_000;
const END_RESERVE_MS = 5_000;
/** No reserve takes more than this part of the time, so that a short one is still mostly for the work. */
const MAXIMUM_RESERVE_SHARE = 0.25;
/** By which clocks may differ. */
const CLOCK_MARGIN_MS = 5_000;

/** @param remainingMs what Lambda leaves the function, in milliseconds from now. */
export function planTime(remainingMs: number): TimePlan {
  const endsAt = Date.now() + remainingMs;
  const reserve = (ms: number) => Math.min(ms, remainingMs * MAXIMUM_RESERVE_SHARE);
  const answerMs = reserve(ANSWER_RESERVE_MS);
  const undoMs = reserve(UNDO_RESERVE_MS);
  return {
    actUntil: () => signalAt(endsAt - answerMs - undoMs),
    undoUntil: () => signalAt(endsAt - answerMs),
  };
}

/** @param remainingMs what Lambda leaves the function, in milliseconds from now. */
export function planRun(remainingMs: number): RunPlan {
  const endsAt = Date.now() + remainingMs;
  // All in proportion where time is short, so that one comes behind the other.
  const scale = Math.min(1, (remainingMs * MAXIMUM_RESERVE_SHARE) / STORE_RESERVE_MS);
  const storeAt = endsAt - STORE_RESERVE_MS * scale;
  return {
    timeIsUp: () => Date.now() >= storeAt,
    workSignal: signalAt(endsAt - CLOSE_RESERVE_MS * scale),
    closeSignal: signalAt(endsAt - END_RESERVE_MS * scale),
    leaseUntil: endsAt + CLOCK_MARGIN_MS,
  };
}

function signalAt(time: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.round(time - Date.now())));
}

/**
 * Waits for work that should stop when the signal is aborted, and no longer than a moment after that: what
 * disregards its signal must not keep Lambda or CloudFormation waiting.
 *
 * @throws OutOfTimeError where the work goes on nevertheless; else whatever the work throws.
 */
export async function settleBy<T>(work: Promise<T>, signal: AbortSignal, graceMs = 500): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const startGrace = () => {
    // Work that heeds the signal says itself, and better, what it was waiting for.
    timer = setTimeout(() => reject(new OutOfTimeError('the function ran out of time.')), graceMs);
  };
  signal.addEventListener('abort', startGrace, { once: true });
  if (signal.aborted) {
    startGrace();
  }
  try {
    return await Promise.race([work, overdue]);
  } finally {
    signal.removeEventListener('abort', startGrace);
    clearTimeout(timer);
  }
}

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

/** Kept back for undoing a failed creation. */
const UNDO_RESERVE_MS = 30_000;
/** Kept back for answering CloudFormation. */
const ANSWER_RESERVE_MS = 10_000;
/** No reserve takes more than this part of the time, so that a short one is still mostly for the work. */
const MAXIMUM_RESERVE_SHARE = 0.25;

/** @param remainingMs what Lambda leaves the function, in milliseconds from now. */
export function planTime(remainingMs: number): TimePlan {
  const endsAt = Date.now() + remainingMs;
  const reserve = (ms: number) => Math.min(ms, remainingMs * MAXIMUM_RESERVE_SHARE);
  const answerMs = reserve(ANSWER_RESERVE_MS);
  const undoMs = reserve(UNDO_RESERVE_MS);
  const signalAt = (time: number) => AbortSignal.timeout(Math.max(0, Math.round(time - Date.now())));
  return {
    actUntil: () => signalAt(endsAt - answerMs - undoMs),
    undoUntil: () => signalAt(endsAt - answerMs),
  };
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

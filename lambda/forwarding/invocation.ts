/** What an invocation's time is divided into. */

/** What this needs of Lambda's context. */
export interface Invocation {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** When to stop what. */
export interface Deadlines {
  readonly work: AbortSignal;
  readonly cleanUp: AbortSignal;
  readonly redelivery: AbortSignal;
}

/** Kept back from the work on objects: for notes in the ledger, and for dead letters. */
const CLEAN_UP_RESERVE_MS = 8_000;
/** Kept back from that: for the redelivery of what failed. */
const REDELIVERY_RESERVE_MS = 4_000;
/** Kept back for the answer itself. A batch without one comes back whole, what was forwarded included. */
const ANSWER_RESERVE_MS = 1_500;

export function deadlinesOf(invocation: Invocation): Deadlines {
  const remainingMs = invocation.getRemainingTimeInMillis();
  const signalAt = (reserveMs: number) => AbortSignal.timeout(Math.max(1, remainingMs - reserveMs));
  return {
    work: signalAt(CLEAN_UP_RESERVE_MS),
    cleanUp: signalAt(REDELIVERY_RESERVE_MS),
    redelivery: signalAt(ANSWER_RESERVE_MS),
  };
}

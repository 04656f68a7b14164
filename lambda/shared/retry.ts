import { setTimeout as wait } from 'node:timers/promises';

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Milliseconds; doubles with every try. @default 250 */
  readonly baseDelayMs?: number;
  /** Milliseconds that a delay of our own choice never exceeds. @default 20000 */
  readonly maximumDelayMs?: number;
  /** Milliseconds; what asks to wait longer than this is not waited for. @default maximumDelayMs */
  readonly patienceMs?: number;
  /** Stops waiting, and trying, when aborted. */
  readonly signal?: AbortSignal;
  /** Whether another try can help, and how long the other side asked to wait for it. */
  readonly decide: (error: unknown) => RetryDecision;
}

export type RetryDecision = { readonly retry: false } | { readonly retry: true; readonly afterMs?: number };

/**
 * Runs an operation until it succeeds, cannot be helped by another try, or the tries are used up.
 *
 * Delays are exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), and
 * never shorter than what the other side asked for with `Retry-After`. An operation that is asked to wait
 * longer than `patienceMs` fails at once: the caller has better uses for its time.
 *
 * @throws the operation's last error.
 */
export async function withRetries<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, baseDelayMs = 250, maximumDelayMs = 20_000, signal, decide } = options;
  const { patienceMs = maximumDelayMs } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      const decision = decide(error);
      const askedMs = decision.retry ? (decision.afterMs ?? 0) : 0;
      if (!decision.retry || attempt >= attempts || askedMs > patienceMs || signal?.aborted) {
        throw error;
      }
      const jitterMs = Math.random() * Math.min(maximumDelayMs, baseDelayMs * 2 ** (attempt - 1));
      const interrupted = await waitUnlessAborted(Math.max(askedMs, jitterMs), signal);
      if (interrupted) {
        throw error;
      }
    }
  }
}

/**
 * Milliseconds that a `Retry-After` header asks to wait: seconds or an HTTP date (RFC 9110, section 10.2.3).
 * `undefined` where there is no header or it is neither.
 */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  if (/^\d+$/.test(header.trim())) {
    return Number(header) * 1000;
  }
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function waitUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
    return false;
  } catch {
    // The wait was aborted: the caller reports the error that made it wait, which says more.
    return true;
  }
}

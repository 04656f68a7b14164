/** The two ways in which forwarding an object fails, each with a stable code. */
import type { PoisonReason, RetryableReason } from '../../contract/forwarding.ts';

/**
 * The object is dead-lettered with this reason at once: it can never be forwarded as it is, or has failed too
 * often.
 */
export class PoisonError extends Error {
  override readonly name = 'PoisonError';
  readonly reason: PoisonReason | RetryableReason;

  constructor(reason: PoisonReason | RetryableReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** Another try may succeed: the message goes back to the queue. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly reason: RetryableReason;
  /** Milliseconds that the other side asked to wait. */
  readonly afterMs: number | undefined;

  constructor(
    reason: RetryableReason,
    detail: string,
    options: { readonly cause?: unknown; readonly afterMs?: number | undefined } = {},
  ) {
    super(detail, { cause: options.cause });
    this.reason = reason;
    this.afterMs = options.afterMs;
  }
}

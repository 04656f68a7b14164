import { withRetries } from './retry.ts';

export interface NewRoleOptions {
  /** Whether an error is a refusal for want of a permission. */
  readonly isDenied: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds; doubles with every try. @default 1000 */
  readonly baseDelayMs?: number;
}

const ATTEMPTS = 8;
const BASE_DELAY_MS = 1_000;
const MAXIMUM_DELAY_MS = 10_000;

/**
 * Tries a refused call again for a while: a custom resource runs seconds after its role was made, and IAM takes
 * that long to let everyone know (AWS IAM User Guide, "Changes that I make are not always immediately visible").
 *
 * @throws the last error.
 */
export function withNewRole<T>(operation: () => Promise<T>, options: NewRoleOptions): Promise<T> {
  const { isDenied, signal, baseDelayMs = BASE_DELAY_MS } = options;
  return withRetries(operation, {
    attempts: ATTEMPTS,
    baseDelayMs,
    maximumDelayMs: MAXIMUM_DELAY_MS,
    signal,
    decide: (error) => ({ retry: isDenied(error) }),
  });
}

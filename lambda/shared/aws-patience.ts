import { withRetries } from './retry.ts';

/**
 * How long a client waits for an AWS service that answers small requests in milliseconds: options for any
 * client of the SDK. Each try is waited for this long, and there are three.
 *
 * `requestTimeout` alone only logs a warning (@smithy/node-http-handler).
 */
export const AWS_PATIENCE = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** The same for S3, which may take seconds to answer for a page of a listing or a large object. */
export const S3_PATIENCE = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
} as const;

/**
 * The same for who reads a body as fast as it comes: it may not stand still for longer, either. (Whoever reads as fast
 * as something else takes it lets it stand still.)
 */
export const S3_READING_PATIENCE = {
  requestHandler: { ...S3_PATIENCE.requestHandler, socketTimeout: 20_000 },
} as const;

export interface IamPatienceOptions {
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
 * Tries again for a while when AWS denies: a custom resource runs seconds after its role was made, and IAM takes
 * that long to let everyone know (AWS IAM User Guide, "Changes that I make are not always immediately visible").
 *
 * @throws the operation's last error.
 */
export function withIamPatience<T>(operation: () => Promise<T>, options: IamPatienceOptions): Promise<T> {
  const { isDenied, signal, baseDelayMs = BASE_DELAY_MS } = options;
  return withRetries(operation, {
    attempts: ATTEMPTS,
    baseDelayMs,
    maximumDelayMs: MAXIMUM_DELAY_MS,
    signal,
    decide: (error) => ({ retry: isDenied(error) }),
  });
}

/** AWS's own error for a missing permission. */
export function isAccessDenied(error: unknown): boolean {
  return (error as Error).name === 'AccessDeniedException';
}

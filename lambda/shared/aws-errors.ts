/** What an AWS service's failure means for the user, where nothing better is known of it. */
import { printable } from './remote-words.ts';

/** An AWS service refused, failed or did not answer. Its message is made for the user. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
}

interface SdkFailure {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * @param call the action and its resource, such as "s3:GetBucketNotification on my-bucket".
 * @param signal that the call was made with: what it aborted has no other fault.
 */
export function explainAwsError(call: string, error: unknown, signal?: AbortSignal): AwsCallError {
  const { name, message, $metadata } = error as SdkFailure;
  const status = $metadata?.httpStatusCode;
  if (signal?.aborted) {
    return new AwsCallError(
      `the function ran out of time before ${call} was answered. Try again; if it happens again, AWS is too slow at present.`,
      { cause: error },
    );
  }
  const denied = status === 403 || /AccessDenied|NotAuthorized/.test(name ?? '');
  const cure = denied
    ? "Check that no permissions boundary or other policy keeps the function's role from it."
    : 'This passes by itself as a rule: try again in some minutes.';
  const words = printable([name, message].filter(Boolean).join(': ').replace(/\.?$/, ''));
  return new AwsCallError(`${call} failed (${status === undefined ? '' : `${status} `}${words}). ${cure}`, {
    cause: error,
  });
}

/** "AccessDenied: not authorized to perform …": what an AWS error says, in one line. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

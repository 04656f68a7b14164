/** What of a refusal will not pass: then nothing is to be waited for, and the check says what it cannot see. */
import { explainAwsError } from '../../shared/aws-errors.ts';
import { isDenied, isMissingBucket } from '../../shared/s3-failures.ts';
import { OutOfReachError } from '../ports.ts';

/** "Nothing is stored there." */
export function isAbsent(error: unknown): boolean {
  const { name, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  return (
    isMissingBucket(error) ||
    ['NoSuchKey', 'NoSuchVersion'].includes(name) ||
    $metadata?.httpStatusCode === 404
  );
}

/** S3 Glacier, and the archive tiers: to be restored first, which takes hours (Amazon S3 API Reference, "GetObject"). */
function isArchived(error: unknown): boolean {
  return (error as Error).name === 'InvalidObjectState';
}

/**
 * @param call such as "s3:GetObject of s3://my-bucket/key".
 * @param mayBeDenied whether a refusal is to be expected: of what is not in the bucket that is looked after.
 * @returns OutOfReachError, or what is worth another try.
 */
export function failureOf(call: string, error: unknown, signal: AbortSignal, mayBeDenied: boolean): Error {
  if (isArchived(error)) {
    return new OutOfReachError(
      `${call} is refused: the object is in an archive, and would have to be restored.`,
      {
        cause: error,
      },
    );
  }
  if (mayBeDenied && isDenied(error)) {
    return new OutOfReachError(`${call} is denied.`, { cause: error });
  }
  return explainAwsError(call, error, signal);
}

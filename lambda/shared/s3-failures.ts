/** How S3 says no, as its client throws it. */

interface S3Failure {
  readonly name: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const REDIRECTING = [
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

/** "There is no such bucket", or none any more. */
export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && ['NoSuchBucket', 'NotFound'].includes(error.name);
}

/** The bucket is in another region than was asked. */
export function wasRedirected(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  return $metadata?.httpStatusCode === 301 || REDIRECTING.includes(name);
}

/** "You may not", whatever refuses it: a policy, or the condition that the bucket is this account's. */
export function isDenied(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  return $metadata?.httpStatusCode === 403 || name === 'AccessDenied' || name === 'AccessDeniedException';
}

/** The region of the bucket, which S3 tells with most refusals. */
export function regionIn(error: unknown): string | undefined {
  return (error as S3Failure).$response?.headers?.['x-amz-bucket-region'];
}

import type * as z from 'zod';

/**
 * What a schema found wrong, for the middle of a message: `BucketName: too short; OnDelete: …`. Values are not
 * shown, for one may be a secret's.
 *
 * @param whole what the checked value is called where the fault is of the value itself.
 */
export function faultsOf(error: z.core.$ZodError, whole: string): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`).join('; ');
}

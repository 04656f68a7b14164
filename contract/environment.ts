import * as z from 'zod';
import { faultsOf } from './faults.ts';

/** A function's environment does not hold what its schema asks for. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Parses a function's environment once, at start.
 *
 * The construct that makes the function is typed by the same schema, so a mismatch is a defect of ours:
 * it stops the function before it does anything.
 *
 * @throws EnvironmentError naming each variable at fault; values are not shown, for one may be a secret's.
 */
export function parseEnvironment<T extends z.ZodType>(
  schema: T,
  environment: Record<string, string | undefined>,
): z.infer<T> {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    throw new EnvironmentError(
      `The function's environment is not what its code expects (${faultsOf(parsed.error, 'environment')}). Deploy the stack again.`,
    );
  }
  return parsed.data;
}

/** CloudFormation gives an absent optional value as an empty string. */
export const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? undefined : text));

/** What it means that AWS lets this stack's function not even look. */
import type { StackArn } from '../../contract/stack-arn.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import { cureOfDenial } from './policy-advice.ts';
import { isDenied } from './s3-errors.ts';

/** A call that this stack's role allows is refused all the same; the message says by what, and the cure. */
export class PermissionRefusedError extends Error {
  override readonly name = 'PermissionRefusedError';
}

/**
 * Puts a refusal into the user's words: the role allows the call, so a boundary or the organisation forbids it.
 */
export function refusalOf(place: StackArn, action: string, error: unknown, resource = '*'): Error {
  if (!(error instanceof Error) || !isDenied(error)) {
    return explainAwsError(`${action} on ${resource}`, error);
  }
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
  const cure = cureOfDenial(place, error.message, {
    policy: "this account's policies, those of its organisation among them,",
    statement,
  });
  // AWS's words last: a long answer is cut at its end.
  return new PermissionRefusedError(`AWS refused ${action}. ${cure} (${error.message})`, { cause: error });
}

/** The words of a policy that would let this stack do what was refused. */
import type { StackArn } from '../../contract/stack-arn.ts';

/** CloudFormation shortens a long stack's name in the names that it makes of it; this much always stays. */
const STACK_NAME_IN_ROLES = 20;

/**
 * The names of the stack's roles, as a pattern: a role that a failed deployment takes back comes again under
 * another name, so a policy that names one role would name none.
 */
function rolesOf({ partition, accountId, stackName }: StackArn): string {
  return `arn:${partition}:iam::${accountId}:role/${stackName.slice(0, STACK_NAME_IN_ROLES)}*`;
}

/** For the policy of a bucket or of a key: lets the stack's roles do it. A key policy's `*` is the key itself. */
export function resourcePolicyStatement(
  place: StackArn,
  action: string,
  resource: string,
  equals: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({
    Effect: 'Allow',
    Principal: { AWS: `arn:${place.partition}:iam::${place.accountId}:root` },
    Action: action,
    Resource: resource,
    Condition: {
      ArnLike: { 'aws:PrincipalArn': rolesOf(place) },
      ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    },
  });
}

/**
 * What to do about an answer "access denied": which kind of policy refuses, as far as AWS's message tells, and the
 * statement that grants it.
 *
 * Source: IAM User Guide, "Troubleshoot access denied error messages".
 *
 * @param message AWS's own words.
 * @param statement for the policy that has to allow it.
 * @param policy what that policy is called: "the bucket's policy".
 */
export function cureOfDenial(
  place: StackArn,
  message: string,
  { policy, statement }: { readonly policy: string; readonly statement: string },
): string {
  if (/explicit deny/.test(message)) {
    const exception = JSON.stringify({ ArnNotLike: { 'aws:PrincipalArn': rolesOf(place) } });
    return `Add a condition to the statement that denies it, in ${denyingPolicy(message, policy)}: ${exception}`;
  }
  return /permissions boundary/.test(message)
    ? `The permissions boundary must have the statement ${statement}`
    : `Let ${policy} have the statement ${statement}`;
}

function denyingPolicy(message: string, otherwise: string): string {
  const [kind] =
    /(?:service|resource) control policy|permissions boundary|VPC endpoint policy/.exec(message) ?? [];
  return kind === undefined ? otherwise : `the ${kind}`;
}

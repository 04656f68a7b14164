/** The words of a policy that would let this stack do what was refused. */
import type { StackArn } from '../../contract/stack-arn.ts';

/** CloudFormation shortens a long stack's name in the names that it makes of it; this much always stays. */
const STACK_NAME_IN_ROLES = 20;

/**
 * The names of the stack's roles, as a pattern: a role that a failed deployment takes back comes again under
 * another name, so a policy that names one role would name none.
 */
function rolesOf({ partition, accountId, stackName }: StackArn): string {
  const rolePrefix =
    stackName.length <= STACK_NAME_IN_ROLES ? `${stackName}-` : stackName.slice(0, STACK_NAME_IN_ROLES);
  return `arn:${partition}:iam::${accountId}:role/${rolePrefix}*`;
}

/** For the policy of a bucket or of a key: lets the stack's roles do it. A key policy's `*` is the key itself. */
export function resourcePolicyStatement(
  place: StackArn,
  action: string | readonly string[],
  resource: string | readonly string[],
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

/** All that the stack's roles do with a bucket of another account: its own policies must let them. */
const ACTIONS_ON_BUCKET = [
  's3:ListBucket',
  's3:ListBucketVersions',
  's3:GetBucketNotification',
  's3:GetEncryptionConfiguration',
  's3:GetObject',
  's3:GetObjectVersion',
];

/** For the policies of a bucket of another account, and of the key that its files are encrypted with. */
export function ownersStatements(
  place: StackArn & { readonly bucket: string; readonly home: { readonly region: string } },
): { readonly ofBucket: string; readonly ofKey: string } {
  const bucket = `arn:${place.partition}:s3:::${place.bucket}`;
  return {
    ofBucket: resourcePolicyStatement(place, ACTIONS_ON_BUCKET, [bucket, `${bucket}/*`]),
    ofKey: resourcePolicyStatement(place, 'kms:Decrypt', '*', {
      'kms:ViaService': `s3.${place.home.region}.amazonaws.com`,
    }),
  };
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

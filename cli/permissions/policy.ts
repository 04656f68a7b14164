import type { Scope } from './scopes.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Scope['condition'];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Characters of a managed policy, without white space. Source: IAM User Guide, "IAM and AWS STS quotas". */
export const MANAGED_POLICY_LIMIT = 6144;

export function statement({ sid, resources, condition }: Scope, actions: readonly string[]): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions.toSorted(),
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** How long IAM finds a policy. It does not count white space, and there is none inside our texts. */
export function charactersOf(policy: PolicyDocument): number {
  return JSON.stringify(policy).length;
}

/**
 * Parts of a policy that each fit into a managed policy, and together allow the same. One part if the whole fits.
 *
 * Statements stay whole and in order. One that alone is over the limit makes a part that is over it, too.
 */
export function splitPolicy(
  policy: PolicyDocument,
  limit: number = MANAGED_POLICY_LIMIT,
): readonly PolicyDocument[] {
  const parts: Statement[][] = [[]];
  for (const next of policy.Statement) {
    const current = parts.at(-1) ?? [];
    const grown = { ...policy, Statement: [...current, next] };
    if (current.length > 0 && charactersOf(grown) > limit) {
      parts.push([next]);
    } else {
      current.push(next);
    }
  }
  return parts.map((statements) => ({ ...policy, Statement: statements }));
}

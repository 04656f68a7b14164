/** The proof as the report shows it. */
import type { PermissionProof } from '../report.ts';
import type { Decision } from './evaluate.ts';
import { holderOf } from './implied.ts';
import { type FunctionPolicies, listOf, statementsOf } from './policies.ts';

type Row = PermissionProof['functions'][number]['calls'][number];

/** One permission that a function needed, how often, and the answer. */
export interface Judgement {
  readonly action: string;
  readonly resource: string;
  readonly count: number;
  readonly decision: Decision;
}

/**
 * A row for each action, resource and answer. Objects of one bucket with the same answer share a row: a rehearsal reads
 * thousands.
 */
export function rowsOf(judgements: readonly Judgement[]): readonly Row[] {
  const alike = Map.groupBy(judgements, ({ action, resource, decision: { allowed, reason } }) =>
    JSON.stringify([action, holderOf(resource), allowed, reason]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { allowed, reason } = first.decision;
    const row = {
      action: first.action,
      resource: shownResource(group.map(({ resource }) => resource)),
      count: group.reduce((sum, { count }) => sum + count, 0),
      allowed,
    };
    return [allowed ? row : { ...row, reason }];
  });
}

function shownResource(resources: readonly string[]): string {
  const [first = '', ...others] = new Set(resources);
  return others.length === 0 ? first : `${holderOf(first)}/… (${others.length + 1} objects)`;
}

/**
 * The actions that the role's statements allow and that no call needed of that statement, each with its resources and
 * condition. A finding, not a failure: the rehearsal does not take every path.
 */
export function unusedActions(asking: FunctionPolicies, judgements: readonly Judgement[]): readonly string[] {
  const used = new Map<string, string[]>();
  for (const { action, decision } of judgements) {
    for (const { policy, statement } of decision.grants) {
      const key = `${statement} of ${policy}`;
      used.set(key, [...(used.get(key) ?? []), action]);
    }
  }
  return asking.identityPolicies.flatMap(({ name, document }) =>
    statementsOf(document).flatMap((statement, index) => {
      if (statement.Effect !== 'Allow') return [];
      const needed = [...new Set(used.get(`${index} of ${name}`))];
      const condition = statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
      const where = `${listOf(statement.Resource).join(', ')}${condition}`;
      return listOf(statement.Action)
        .filter((action) => !needed.some((one) => matches(action, one)))
        .map((action) => `${action} on ${where}`);
    }),
  );
}

/** By IAM's wildcards, which are the same for every letter case. */
function matches(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(action);
}

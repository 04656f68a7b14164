/**
 * Are the deployed roles those of the synthesized template, which is what CDK deployed? The proof evaluates what IAM holds; an emulator that dropped
 * or misread a statement would make it a proof about something else.
 */
import { z } from 'zod';
import { listOf, type NamedPolicy, type PolicyStatement, statementsOf } from './policies.ts';
import type { RoleReader } from './role-reader.ts';

/** A deployed role has other statements than the template gives it. */
export class RolesDifferError extends Error {
  override readonly name = 'RolesDifferError';
}

const statement = z.object({ Effect: z.enum(['Allow', 'Deny']) }).loose();
const document = z.object({ Statement: z.array(statement) });
const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const roleProperties = z.object({
  Policies: z.array(z.object({ PolicyDocument: document })).default([]),
});
const rolePolicyProperties = z.object({
  PolicyDocument: document,
  RoleName: z.object({ Ref: z.string() }),
});
const policyProperties = z.object({
  PolicyDocument: document,
  Roles: z.array(z.object({ Ref: z.string() })).default([]),
});

interface Deployed {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/**
 * Compares effect and actions of each deployed role's statements with the template's. Resources and conditions are
 * CloudFormation's to resolve; that they name what they should is for the evaluation to show.
 *
 * @throws RolesDifferError for the first role that differs
 */
export async function assertSynthesizedRoles(
  template: unknown,
  deployed: readonly Deployed[],
  roles: Pick<RoleReader, 'read'>,
): Promise<void> {
  const { Resources } = resources.parse(template);
  const ofTemplate = statementsByRole(Resources);
  for (const { logicalId, physicalId, type } of deployed) {
    const expected = type === 'AWS::IAM::Role' ? ofTemplate.get(logicalId) : undefined;
    if (expected === undefined) continue;
    const { identityPolicies } = await roles.read(physicalId);
    const found = fingerprints(inRole(identityPolicies).flatMap((policy) => statementsOf(policy.document)));
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new RolesDifferError(
        `The deployed role ${physicalId} (${logicalId}) is not the template's. ` +
          `The template: ${expected.join('; ')}. IAM: ${found.join('; ')}.`,
      );
    }
  }
}

/** Managed policies are named in the template by ARN only. */
function inRole(policies: readonly NamedPolicy[]): readonly NamedPolicy[] {
  return policies.filter(({ name }) => !name.startsWith('arn:'));
}

type Resources = z.infer<typeof resources>['Resources'];

function statementsByRole(all: Resources): ReadonlyMap<string, readonly string[]> {
  const statements = new Map<string, PolicyStatement[]>();
  const add = (role: string, given: z.infer<typeof document>) =>
    statements.set(role, [...(statements.get(role) ?? []), ...(given.Statement as PolicyStatement[])]);
  for (const [logicalId, { Type, Properties }] of Object.entries(all)) {
    if (Type === 'AWS::IAM::Role') {
      add(logicalId, { Statement: [] });
      for (const policy of roleProperties.parse(Properties).Policies) add(logicalId, policy.PolicyDocument);
    }
    if (Type === 'AWS::IAM::RolePolicy') {
      const policy = rolePolicyProperties.parse(Properties);
      add(policy.RoleName.Ref, policy.PolicyDocument);
    }
    if (Type === 'AWS::IAM::Policy') {
      const policy = policyProperties.parse(Properties);
      for (const role of policy.Roles) add(role.Ref, policy.PolicyDocument);
    }
  }
  return new Map([...statements].map(([role, its]) => [role, fingerprints(its)]));
}

/** Without order: neither IAM nor CloudFormation keeps that of policies. */
function fingerprints(statements: readonly PolicyStatement[]): readonly string[] {
  return statements
    .map(({ Effect, Action, NotAction }) =>
      [Effect, ...listOf(Action), ...listOf(NotAction).map((action) => `not ${action}`)].join(' '),
    )
    .sort();
}

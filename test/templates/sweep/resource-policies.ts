import { expect, test } from 'vitest';
import {
  listOf,
  pathOf,
  property,
  resourcesOf,
  type Statement,
  statementsOf,
  type Template,
} from '../template.ts';

type Granting = Statement & { readonly Principal?: unknown; readonly Sid?: string };

/** The account's own root, which stands for its IAM policies. */
const OWN_ACCOUNT = JSON.stringify({
  AWS: {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']],
  },
});

const ACCOUNT_ID = JSON.stringify({ Ref: 'AWS::AccountId' });

/** Whom keys, buckets, queues, topics and roles let in. */
export function resourcePolicyTests(template: Template): void {
  const policies = resourcesOf(template, (type) => /(?<!Role)(Policy|::Key)$/.test(type));
  const letIn = policies.flatMap(([, resource]) =>
    (statementsOf(resource) as Granting[])
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement) => [pathOf(resource), statement] as const),
  );

  test('a service acts for this account’s or this stack’s own things only', () => {
    for (const [path, statement] of letIn.filter(([, { Principal }]) => isService(Principal))) {
      expect({ [path]: conditionKeys(statement) }).toEqual({
        [path]: expect.arrayContaining([expect.stringMatching(/^aws:source(arn|account)$/)]),
      });
    }
  });

  test('nobody else is let in but the account itself', () => {
    for (const [path, { Principal, Condition }] of letIn.filter(
      ([, { Principal }]) => !isService(Principal),
    )) {
      // Roles that are not there yet cannot be named: a condition says whose they are.
      const ofAccount = JSON.stringify(Condition?.StringEquals?.['kms:CallerAccount']) === ACCOUNT_ID;
      expect([path, ofAccount ? OWN_ACCOUNT : JSON.stringify(Principal)]).toEqual([path, OWN_ACCOUNT]);
    }
  });

  test('a key is the account’s to manage, rotates, and serves whom its policy names', () => {
    for (const [id, key] of resourcesOf(template, 'AWS::KMS::Key')) {
      const statements = statementsOf(key) as Granting[];
      const ofAccount = statements.filter(({ Principal }) => JSON.stringify(Principal) === OWN_ACCOUNT);
      expect({ [id]: ofAccount.map(({ Action, Resource }) => [Action, Resource]) }).toEqual({
        [id]: [['kms:*', '*']],
      });
      expect(property(key, 'EnableKeyRotation')).toBe(true);
      const others = statements.filter(
        (statement) => statement.Effect === 'Allow' && !ofAccount.includes(statement),
      );
      expect(others.flatMap(({ Action }) => listOf(Action)).filter((action) => !isUse(action))).toEqual([]);
    }
  });

  test('a role is assumed by Lambda, by EventBridge of this account, or from outside with an external id', () => {
    for (const [id, role] of resourcesOf(template, 'AWS::IAM::Role')) {
      const { Statement } = property<{ Statement: Granting[] }>(role, 'AssumeRolePolicyDocument');
      for (const { Principal, Condition } of Statement) {
        const byLambda = JSON.stringify(Principal) === '{"Service":"lambda.amazonaws.com"}';
        const byEvents =
          JSON.stringify(Principal) === '{"Service":"events.amazonaws.com"}' &&
          JSON.stringify(Condition?.StringEquals?.['aws:SourceAccount']) === '{"Ref":"AWS::AccountId"}';
        const externalId = Condition?.StringEquals?.['sts:ExternalId'];
        expect({ [id]: byLambda || byEvents || externalId !== undefined }).toEqual({ [id]: true });
        expect(JSON.stringify(Principal)).not.toContain('"*"');
      }
    }
  });
}

/** What a service does with a key, and nothing that changes it or lets others in. */
function isUse(action: string): boolean {
  return /^kms:(Decrypt|GenerateDataKey\*?|DescribeKey)$/.test(action);
}

function isService(principal: unknown): boolean {
  return typeof principal === 'object' && principal !== null && Object.keys(principal).join() === 'Service';
}

function conditionKeys({ Condition = {} }: Statement): string[] {
  return Object.values(Condition).flatMap((operands) =>
    Object.keys(operands).map((key) => key.toLowerCase()),
  );
}

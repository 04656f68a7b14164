import { describe, expect, it } from 'vitest';
import type { PolicyStatement } from '../../../rehearsal/permissions/policies.ts';
import {
  assertSynthesizedRoles,
  RolesDifferError,
} from '../../../rehearsal/permissions/synthesized-roles.ts';
import { allow } from './factories.ts';

const getAndPut = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: { Ref: 'Bucket' } };
const decrypt = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'Permissions', PolicyDocument: { Statement: [getAndPut] } }] },
    },
    More: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'More', PolicyDocument: { Statement: [decrypt] }, Roles: [{ Ref: 'Role' }] },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
  },
};
const deployed = [{ logicalId: 'Role', physicalId: 'stack-Role-1', type: 'AWS::IAM::Role' }];

/** IAM, holding these statements for each role. */
function holding(...statements: PolicyStatement[]) {
  const policy = (name: string, Statement: PolicyStatement[]) => ({ name, document: { Statement } });
  return {
    read: async () => ({
      identityPolicies: [
        policy('Permissions', statements),
        policy('arn:aws:iam::aws:policy/ReadOnlyAccess', [allow('s3:Get*', '*')]),
      ],
    }),
  };
}

describe('the deployed roles', () => {
  it("are the template's, with resources resolved and in any order", async () => {
    const iam = holding(
      allow('kms:Decrypt', '*'),
      allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::bucket-1'),
    );

    await expect(assertSynthesizedRoles(template, deployed, iam)).resolves.toBeUndefined();
  });

  it.each<[string, PolicyStatement[]]>([
    ['lack a statement', [allow(['s3:GetObject', 's3:PutObject'], '*')]],
    ['lack an action', [allow('s3:GetObject', '*'), allow('kms:Decrypt', '*')]],
    [
      'allow more',
      [allow('kms:Decrypt', '*'), allow(['s3:GetObject', 's3:PutObject'], '*'), allow('sqs:*', '*')],
    ],
  ])('are refused when they %s', async (_, statements) => {
    const check = assertSynthesizedRoles(template, deployed, holding(...statements));

    await expect(check).rejects.toThrow(RolesDifferError);
    await expect(check).rejects.toThrow('stack-Role-1 (Role)');
  });

  it('are not looked for where the template has none of that name', async () => {
    const nested = [{ logicalId: 'Elsewhere', physicalId: 'x', type: 'AWS::IAM::Role' }];

    await expect(assertSynthesizedRoles(template, nested, holding())).resolves.toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { deploy } from '../deployment.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  referencesIn,
  resourcesOf,
  type Statement,
  statementsOf,
  type Template,
} from '../template.ts';
import { DEPLOYMENTS } from './conditions.ts';

export function policyTests(template: Template): void {
  test('no role may create log groups: a late call would leave one behind', () => {
    expect(JSON.stringify(template.Resources)).not.toContain('logs:CreateLogGroup');
  });

  test('a function decrypts through the service that it reads, and in no other way', () => {
    const decrypting = resourcesOf(template, 'AWS::IAM::Role').flatMap(([, role]) =>
      permissionsOf(role).filter(({ Action }) => listOf(Action).some((action) => action.startsWith('kms:'))),
    );
    // These two are not about data.
    const others = ['kms:ScheduleKeyDeletion', 'kms:ListAliases'];
    const dataUse = decrypting.filter(
      ({ Action }) => !listOf(Action).some((action) => others.includes(action)),
    );

    expect(dataUse.length).toBeGreaterThan(5);
    for (const { Condition } of dataUse) {
      expect(Condition?.StringEquals).toHaveProperty(['kms:ViaService']);
    }
  });

  test('the forwarder decrypts files with the key of the bucket that is in use', () => {
    for (const parameters of DEPLOYMENTS) {
      const { CreateNewTrail, ForwardingDestination } = parameters;
      if (ForwardingDestination === 'VendorClient') {
        continue;
      }
      const roles = resourcesOf(deploy(template, parameters), 'AWS::IAM::Role');
      const [, role] = roles.find(([, each]) => pathOf(each) === 'Forwarding/Forwarder/Role') ?? [];
      const ofFiles = role && permissionsOf(role).filter(({ Condition }) => isThroughS3(Condition));

      expect(ofFiles).toHaveLength(1);
      expect([...referencesIn(ofFiles?.[0]?.Resource)]).toEqual([
        // It tells the key that the user names, where one is named.
        CreateNewTrail === 'true' ? 'NewTrailKey642A02B0' : 'CloudTrailBucket',
      ]);
    }
  });

  test('the new trail’s key lets the vendor’s client decrypt, and nobody else besides the account itself', () => {
    for (const parameters of DEPLOYMENTS.filter(({ CreateNewTrail }) => CreateNewTrail === 'true')) {
      const key = deploy(template, parameters).Resources.NewTrailKey642A02B0;
      const grant = key && statementsOf(key).find(({ Action }) => Action === 'kms:Decrypt');

      expect(grant?.Condition).toMatchObject({
        StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' }, 'kms:ViaService': expect.anything() },
        ArnLike: { 'aws:PrincipalArn': { 'Fn::Join': ['', expect.arrayContaining(['-CTrl-*'])] } },
      });
      expect(principalOf(grant as Statement)).toEqual({
        AWS:
          parameters.ForwardingDestination === 'VendorClient'
            ? '*'
            : { 'Fn::Join': ['', expect.arrayContaining([':root'])] },
      });
    }
  });
}

function isThroughS3(condition: Statement['Condition']): boolean {
  return JSON.stringify(condition?.StringEquals?.['kms:ViaService'] ?? '').includes('"s3.');
}

function principalOf(statement: Statement): unknown {
  return (statement as Statement & { readonly Principal?: unknown }).Principal;
}

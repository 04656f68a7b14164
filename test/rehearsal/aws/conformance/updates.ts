import { describe, expect, it } from 'vitest';
import { binFolder } from '../../../../rehearsal/aws/paths.ts';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { nodeFunction } from './templates.ts';

// Inline code has no packages: the SDK is taken from the repository.
const packages = `${binFolder}/..`;

/** A custom resource's function that tells, at each request, the stack's status and its own role's policies. */
const lookingProvider = (recorderUrl: string, name: string) => `
  const { CloudFormationClient, DescribeStacksCommand } = require('${packages}/@aws-sdk/client-cloudformation');
  const { IAMClient, ListRolePoliciesCommand } = require('${packages}/@aws-sdk/client-iam');
  const send = (url, method, body) => fetch(url, { method, body: JSON.stringify(body) });
  exports.handler = async (event) => {
    const { Id, Role, FailOn } = event.ResourceProperties;
    const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName: event.StackId }));
    const { PolicyNames } = await new IAMClient().send(new ListRolePoliciesCommand({ RoleName: Role }));
    await send('${recorderUrl}/${name}', 'POST', {
      request: event.RequestType + ' ' + (event.PhysicalResourceId ?? Id),
      status: Stacks[0].StackStatus,
      policies: PolicyNames.filter((policy) => policy !== 'looks').sort(),
    });
    await send(event.ResponseURL, 'PUT', {
      Status: FailOn === Id && event.RequestType !== 'Delete' ? 'FAILED' : 'SUCCESS',
      Reason: 'told to',
      PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : Id,
      StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    });
  };`;

const statement = (Action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

/** The phases of an update, as far as the product counts on them. */
export function updateTests({ stacks, recorder }: Fixture): void {
  const template = (name: string, id: string, { after = '', failOn = '' } = {}): Template => ({
    Resources: {
      ...nodeFunction(lookingProvider(recorder.url, name)),
      Looks: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'looks',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: ['cloudformation:DescribeStacks', 'iam:ListRolePolicies'],
                Resource: '*',
              },
            ],
          },
        },
      },
      Grant: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: {
          RoleName: { Ref: 'Role' },
          PolicyName: `read-${id}`,
          PolicyDocument: statement(`s3:Get${after || 'Object'}`),
        },
      },
      One: {
        Type: 'Custom::Looking',
        DependsOn: ['Grant', 'Looks'],
        Properties: {
          ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] },
          Id: id,
          Role: { Ref: 'Role' },
          FailOn: failOn,
        },
      },
    },
  });

  describe('updates', () => {
    it('have the new policy of a role before the former goes, and ask to delete what is former before that', async () => {
      const name = 'update-overlap';
      await stacks.deploy(name, template(name, 'old'));
      const updated = await stacks.deploy(name, template(name, 'new'));

      expect(updated.status).toBe('UPDATE_COMPLETE');
      expect(recorder.told(name)).toEqual([
        { request: 'Create old', status: 'CREATE_IN_PROGRESS', policies: ['read-old'] },
        { request: 'Update old', status: 'UPDATE_IN_PROGRESS', policies: ['read-new', 'read-old'] },
        {
          request: 'Delete old',
          status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
          policies: ['read-new', 'read-old'],
        },
      ]);
      // The former is gone at the end: the deletion finds one.
      await stacks.delete(updated);
      expect(recorder.told(name).at(-1)).toEqual({
        request: 'Delete new',
        status: 'DELETE_IN_PROGRESS',
        policies: ['read-new'],
      });
    });

    it('that fail leave the former policy, and take the new one away', async () => {
      const name = 'update-overlap-fails';
      const created = await stacks.deploy(name, template(name, 'old'));
      const failed = await stacks.deploy(name, template(name, 'new', { failOn: 'new' }));
      await stacks.delete(created);

      expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(recorder.told(name).at(-1)).toEqual({
        request: 'Delete old',
        status: 'DELETE_IN_PROGRESS',
        policies: ['read-old'],
      });
    });

    it('change a policy of the same name in place', async () => {
      const name = 'update-in-place';
      await stacks.deploy(name, template(name, 'same'));
      const before = await stacks.physicalId(name, 'Grant');
      const updated = await stacks.deploy(name, template(name, 'same', { after: 'ObjectVersion' }));

      expect(updated.status).toBe('UPDATE_COMPLETE');
      expect(await stacks.physicalId(name, 'Grant')).toBe(before);
      expect(recorder.told(name)).toHaveLength(1);
    });
  });
}

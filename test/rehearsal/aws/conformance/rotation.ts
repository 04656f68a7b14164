import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { binFolder } from '../../../../rehearsal/aws/paths.ts';
import { eventually, type Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { nodeFunction } from './templates.ts';

/** Rotates to "rotated", and tells the recorder each step. */
const rotator = (recorderUrl: string, name: string): string => `
  const { SecretsManagerClient, GetSecretValueCommand, PutSecretValueCommand, DescribeSecretCommand, UpdateSecretVersionStageCommand }
    = require('${binFolder}/../@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient();
  exports.handler = async ({ Step, SecretId, ClientRequestToken }) => {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
    const staged = VersionIdsToStages[ClientRequestToken] ?? [];
    const read = client.send(new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken, VersionStage: 'AWSPENDING' }));
    const pending = await read.then(({ SecretString }) => SecretString, (error) => error.name);
    await fetch('${recorderUrl}/${name}', { method: 'POST', body: JSON.stringify({ Step, staged, pending }) });
    if (Step === 'createSecret') {
      await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'rotated', VersionStages: ['AWSPENDING'] }));
    }
    if (Step === 'finishSecret') {
      const [current] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'));
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current }));
    }
  };`;

/** Secrets Manager calls the rotation function in the documented steps. */
export function rotationTests({ stacks, client, recorder }: Fixture): void {
  const secrets = new SecretsManagerClient(client);

  const template = (name: string, more: object): Template => ({
    Resources: {
      ...nodeFunction(rotator(recorder.url, name)),
      Grants: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'rotation',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'secretsmanager:*', Resource: { Ref: 'Secret' } }],
          },
        },
      },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'first' } },
      Schedule: {
        Type: 'AWS::SecretsManager::RotationSchedule',
        DependsOn: ['Grants', ...Object.keys(more)],
        Properties: {
          SecretId: { Ref: 'Secret' },
          RotationLambdaARN: { 'Fn::GetAtt': ['Function', 'Arn'] },
          RotateImmediatelyOnUpdate: false,
          RotationRules: { ScheduleExpression: 'rate(10 days)' },
        },
      },
      ...more,
    },
    Outputs: { Secret: { Value: { Ref: 'Secret' } } },
  });

  const permission: object = {
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
      },
    },
  };

  describe('rotation', () => {
    it('is only tried when it is scheduled, and done in four steps when it is asked for', async () => {
      const { outputs } = await stacks.deploy('rotation', template('rotation', permission));
      const SecretId = outputs.Secret ?? '';
      const steps = async (count: number) => {
        const told = recorder.told('rotation');
        return told.length >= count ? told : undefined;
      };

      expect(await eventually(() => steps(1))).toEqual([
        { Step: 'testSecret', staged: ['AWSPENDING'], pending: 'ResourceNotFoundException' },
      ]);
      expect(await secrets.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({
        RotationEnabled: true,
        RotationRules: { ScheduleExpression: 'rate(10 days)' },
      });

      await eventually(async () => {
        const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
        return Object.keys(VersionIdsToStages).length === 1 ? true : undefined;
      });
      await secrets.send(new RotateSecretCommand({ SecretId }));
      const rotated = await eventually(async () => {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        return SecretString === 'rotated' ? SecretString : undefined;
      });

      expect(rotated).toBe('rotated');
      expect(recorder.told('rotation').slice(1)).toEqual([
        { Step: 'createSecret', staged: ['AWSPENDING'], pending: 'ResourceNotFoundException' },
        { Step: 'setSecret', staged: ['AWSPENDING'], pending: 'rotated' },
        { Step: 'testSecret', staged: ['AWSPENDING'], pending: 'rotated' },
        { Step: 'finishSecret', staged: ['AWSPENDING'], pending: 'rotated' },
      ]);
      expect(
        await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' })),
      ).toMatchObject({ SecretString: 'first' });
    });

    it('is refused where Secrets Manager may not call the function', async () => {
      const failed = await stacks.deploy('rotation-refused', template('rotation-refused', {}));

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures('rotation-refused')).toContainEqual(
        expect.stringContaining('secretsmanager.amazonaws.com'),
      );
    });
  });
}

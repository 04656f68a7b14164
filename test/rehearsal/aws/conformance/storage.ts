import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { key } from './templates.ts';

/** Keys, secrets and tables keep what a template says. */
export function storageTests({ stacks, client }: Fixture): void {
  describe('keys, secrets and tables', () => {
    const kms = new KMSClient(client);
    const secrets = new SecretsManagerClient(client);
    const tables = new DynamoDBClient(client);

    it('keep a key with its policy and alias, and schedule its deletion with the stack', async () => {
      const made = await stacks.deploy('key', {
        Resources: {
          Key: key,
          Alias: {
            Type: 'AWS::KMS::Alias',
            Properties: { AliasName: 'alias/conformance', TargetKeyId: { Ref: 'Key' } },
          },
        },
        Outputs: { Id: { Value: { Ref: 'Key' } } },
      });
      const KeyId = made.outputs.Id ?? '';
      const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
      expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Sid: 'Root' }] });
      const aliases = async () =>
        ((await kms.send(new ListAliasesCommand({}))).Aliases ?? []).map(({ AliasName }) => AliasName);
      expect(await aliases()).toContain('alias/conformance');

      await stacks.delete(made);

      expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({
        KeyState: 'PendingDeletion',
      });
      expect(await aliases()).not.toContain('alias/conformance');
    });

    it('keep a secret under a key, with its policy, and remove it with the stack', async () => {
      const template: Template = {
        Parameters: { Token: { Type: 'String', NoEcho: true } },
        Resources: {
          Key: key,
          Secret: {
            Type: 'AWS::SecretsManager::Secret',
            Properties: {
              Name: 'conformance/secret',
              KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
              SecretString: { Ref: 'Token' },
            },
          },
          Policy: {
            Type: 'AWS::SecretsManager::ResourcePolicy',
            Properties: {
              SecretId: { Ref: 'Secret' },
              ResourcePolicy: { Version: '2012-10-17', Statement: [{ Sid: 'Deny' }] },
              BlockPublicPolicy: true,
            },
          },
        },
        Outputs: { Secret: { Value: { Ref: 'Secret' } }, Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
      };

      const made = await stacks.deploy('secret', template, { Token: 'first' });
      const SecretId = made.outputs.Secret ?? '';
      expect(SecretId).toMatch(
        /^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:conformance\/secret-\w{6}$/,
      );
      expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        SecretString: 'first',
      });
      expect(await secrets.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({
        KmsKeyId: made.outputs.Key,
      });
      expect(await secrets.send(new GetResourcePolicyCommand({ SecretId }))).toMatchObject({
        ResourcePolicy: expect.stringContaining('Deny'),
      });

      const changed = await stacks.deploy('secret', template, { Token: 'second' });
      expect(changed.status).toBe('UPDATE_COMPLETE');
      expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        SecretString: 'second',
      });

      await stacks.delete(made);
      const { SecretList = [] } = await secrets.send(
        new ListSecretsCommand({ IncludePlannedDeletion: true }),
      );
      expect(SecretList.map(({ ARN }) => ARN)).not.toContain(SecretId);
    });

    it('keep a table with time to live, recovery and encryption, and its items when it is updated', async () => {
      const template = (enabled: boolean): Template => ({
        Resources: {
          Key: key,
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              TableName: 'conformance',
              BillingMode: 'PAY_PER_REQUEST',
              AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
              TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
              SSESpecification: {
                SSEEnabled: true,
                SSEType: 'KMS',
                KMSMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
              },
            },
          },
        },
        Outputs: { Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
      });
      const recovery = async () => {
        const answer = await tables.send(new DescribeContinuousBackupsCommand({ TableName: 'conformance' }));
        return answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
      };

      const { outputs } = await stacks.deploy('table', template(true));
      const { Table } = await tables.send(new DescribeTableCommand({ TableName: 'conformance' }));
      expect(Table).toMatchObject({
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: outputs.Key },
      });
      const { TimeToLiveDescription } = await tables.send(
        new DescribeTimeToLiveCommand({ TableName: 'conformance' }),
      );
      expect(TimeToLiveDescription).toEqual({ AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
      expect(await recovery()).toBe('ENABLED');

      const updated = await stacks.deploy('table', template(false));
      expect(updated.status).toBe('UPDATE_COMPLETE');
      expect(await recovery()).toBe('DISABLED');
      const after = await tables.send(new DescribeTableCommand({ TableName: 'conformance' }));
      expect(after.Table?.TableId).toBe(Table?.TableId);
    });
  });
}

import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import { existsQueue } from './queues.ts';
import type { Template } from './stacks.ts';
import { assumedBy, customResources, failing, queue, recordingProvider } from './templates.ts';

interface Request {
  readonly RequestType: string;
  readonly PhysicalResourceId?: string;
}

/** Nested stacks, as the vendor's account stack is one. */
export function nestedStackTests({ stacks, client, recorder }: Fixture): void {
  const sqs = new SQSClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const queueExists = (name: string) => existsQueue(sqs, name);
  const requests = (name: string): string[] =>
    (recorder.told(name) as Request[]).map(({ RequestType, PhysicalResourceId }) =>
      [RequestType, PhysicalResourceId].filter(Boolean).join(' '),
    );

  /** A nested stack of that template, which is published in a bucket. */
  const nested = async (name: string, inner: Template, Parameters: object = {}): Promise<object> => {
    const Key = `a/${name}.template`;
    await s3.send(new PutObjectCommand({ Bucket: 'vendor-templates', Key, Body: JSON.stringify(inner) }));
    const TemplateURL = `${client.endpoint}/vendor-templates/${Key}`;
    return { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL, Parameters } };
  };
  const queueNamed = (QueueName: string): object => ({ ...queue, Properties: { QueueName } });

  describe('nested stacks', () => {
    beforeAll(async () => {
      await s3.send(new CreateBucketCommand({ Bucket: 'vendor-templates' }));
    });

    it('take parameters, make a role, and give outputs', async () => {
      const inner: Template = {
        Parameters: { Path: { Type: 'String' } },
        Resources: {
          Provider: {
            Type: 'AWS::IAM::OIDCProvider',
            Properties: { Url: 'https://nested.example', ThumbprintList: ['a'.repeat(40)] },
          },
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              Path: { Ref: 'Path' },
              AssumeRolePolicyDocument: assumedBy('lambda.amazonaws.com'),
            },
          },
        },
        Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      };

      const made = await stacks.deploy('outer', {
        Resources: { Nested: await nested('role', inner, { Path: '/vendor/' }) },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Nested', 'Outputs.RoleArn'] } } },
      });

      expect(made.outputs.Arn).toMatch(/^arn:aws:iam::\d{12}:role\/vendor\/outer-Nested/);
      expect((await stacks.delete(made)).status).toBe('DELETE_COMPLETE');
    });

    it('take a template from a URL with the bucket in its host, as S3 gives it, also in an update', async () => {
      const outer = async (name: string): Promise<Template> => {
        await nested(name, { Resources: { Queue: queueNamed(name) } });
        const TemplateURL = `https://vendor-templates.s3.us-east-1.amazonaws.com/a/${name}.template`;
        return { Resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } } };
      };

      const made = await stacks.deploy('outer-hosted', await outer('hosted-before'));
      await stacks.deploy('outer-hosted', await outer('hosted-after'));

      expect(made.status).toBe('CREATE_COMPLETE');
      expect(await queueExists('hosted-after')).toBe(true);
      await stacks.delete(made);
    });

    it('are given a secret by reference, in the version that is named, and again when that changes', async () => {
      const inner: Template = {
        Parameters: { Token: { Type: 'String' } },
        Resources: { Queue: queue },
        Outputs: { Token: { Value: { Ref: 'Token' } } },
      };
      const secretsManager = new SecretsManagerClient(client);
      const { ARN } = await secretsManager.send(
        new CreateSecretCommand({ Name: 'handed-on', SecretString: 'first' }),
      );
      const outer = async (version: string): Promise<Template> => {
        const Token = `{{resolve:secretsmanager:${ARN}:SecretString:::${version}}}`;
        return {
          Resources: { Nested: await nested('secret', inner, { Token }) },
          Outputs: { Token: { Value: { 'Fn::GetAtt': ['Nested', 'Outputs.Token'] } } },
        };
      };
      const put = async (SecretString: string) => {
        const { VersionId = '' } = await secretsManager.send(
          new PutSecretValueCommand({ SecretId: ARN, SecretString }),
        );
        return VersionId;
      };

      const made = await stacks.deploy('outer-secret', await outer(await put('second')));
      const updated = await stacks.deploy('outer-secret', await outer(await put('third')));

      expect([made.outputs.Token, updated.outputs.Token]).toEqual(['second', 'third']);
      await stacks.delete(made);
      await secretsManager.send(new DeleteSecretCommand({ SecretId: ARN, ForceDeleteWithoutRecovery: true }));
    });

    it('create and delete the custom resources in them', async () => {
      const inner = customResources(recordingProvider(recorder.url, 'nested'), { One: { Id: 'one' } });

      const made = await stacks.deploy('outer-custom', {
        Resources: { Nested: await nested('custom', inner) },
      });
      const deleted = await stacks.delete(made);

      expect([made.status, deleted.status]).toEqual(['CREATE_COMPLETE', 'DELETE_COMPLETE']);
      expect(requests('nested')).toEqual(['Create', 'Delete one']);
    });

    it('are removed when something after them fails', async () => {
      const inner: Template = { Resources: { Queue: queueNamed('nested-queue') } };

      const failed = await stacks.deploy('outer-failed', {
        Resources: { Nested: await nested('queue', inner), Failing: failing(['Nested']) },
      });

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await queueExists('nested-queue')).toBe(false);
    });

    it('remove what they had made when something in them fails', async () => {
      const inner: Template = {
        Resources: { Queue: queueNamed('half-nested'), Failing: failing(['Queue']) },
      };

      const failed = await stacks.deploy('outer-half', {
        Resources: { Nested: await nested('half', inner) },
      });

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures('outer-half')).toContainEqual(expect.stringContaining('NoSuchKey'));
      expect(await queueExists('half-nested')).toBe(false);
    });

    it('delete a custom resource in them whose creation failed', async () => {
      const code = recordingProvider(recorder.url, 'nested-fails');
      const inner = customResources(code, { One: { Id: 'one', FailOn: 'Create' } });

      const failed = await stacks.deploy('outer-fails', {
        Resources: { Nested: await nested('fails', inner) },
      });

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(requests('nested-fails')).toEqual(['Create', 'Delete one']);
    });

    it('fail the deletion of the outer stack when something in them refuses, and are asked again', async () => {
      const code = recordingProvider(recorder.url, 'nested-refuses');
      const inner = customResources(code, { One: { Id: 'one', FailOn: 'Delete' }, Two: { Id: 'two' } });

      const made = await stacks.deploy('outer-refuses', {
        Resources: { Nested: await nested('refuses', inner) },
      });
      const refused = await stacks.delete(made);
      await stacks.delete(made);

      expect(refused.status).toBe('DELETE_FAILED');
      expect(requests('nested-refuses').slice(2)).toEqual(['Delete two', 'Delete one', 'Delete one']);
    });
  });
}

import { crc32 } from 'node:zlib';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type Fixture, handedOn } from './fixture.ts';
import type { Template } from './stacks.ts';
import { nodeFunction } from './templates.ts';

/** What functions are given, and what they leave. */
export function functionTests({ stacks, client }: Fixture): void {
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const lambda = new LambdaClient(client);
  const logs = new CloudWatchLogsClient(client);

  const logGroups = async (): Promise<string[]> => {
    const { logGroups: groups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    return groups.map(({ logGroupName }) => logGroupName ?? '');
  };
  describe('functions', () => {
    it('run on Node.js 24 with the environment handed on, and log to their explicit group only', async () => {
      const code = `exports.handler = async (event, context) => {
        console.log('a line of the function');
        return { node: process.version, handedOn: process.env.CONFORMANCE_HANDED_ON, own: process.env.OWN,
          region: process.env.AWS_REGION, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn };
      };`;
      await stacks.deploy('function', {
        Resources: {
          ...nodeFunction(code, { Environment: { Variables: { OWN: 'own' } }, Timeout: 7 }),
          Retry: {
            Type: 'AWS::Lambda::EventInvokeConfig',
            Properties: {
              FunctionName: { Ref: 'Function' },
              Qualifier: '$LATEST',
              MaximumRetryAttempts: 0,
              MaximumEventAgeInSeconds: 3600,
            },
          },
        },
      });
      const FunctionName = await stacks.physicalId('function', 'Function');
      const logGroupName = await stacks.physicalId('function', 'Logs');

      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
      const answer = JSON.parse(Buffer.from(Payload ?? []).toString());

      expect(answer).toMatchObject({
        handedOn: handedOn.CONFORMANCE_HANDED_ON,
        own: 'own',
        region: 'eu-central-1',
        zone: 'UTC',
      });
      expect(answer.node).toMatch(/^v24\./);
      expect(answer.arn).toContain(FunctionName);
      expect(answer.left).toBeGreaterThan(0);
      expect(answer.left).toBeLessThanOrEqual(7000);
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName, filterPattern: 'line' }),
      );
      expect(events.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('a line of the function'),
      );
      expect(await logGroups()).not.toContain(`/aws/lambda/${FunctionName}`);
      expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
      });
      expect(
        await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '$LATEST' })),
      ).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 });
    });

    it('are made from an archive in a bucket, and not from one that is not there', async () => {
      await s3.send(
        new CreateBucketCommand({
          Bucket: 'code',
          CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
        }),
      );
      await s3.send(
        new PutObjectCommand({
          Bucket: 'code',
          Key: 'there.zip',
          Body: storedZip('index.mjs', 'export const handler = async () => "from S3";'),
        }),
      );
      const template = (S3Key: string): Template => ({
        Resources: nodeFunction('', { Code: { S3Bucket: 'code', S3Key } }),
      });

      expect((await stacks.deploy('code-there', template('there.zip'))).status).toBe('CREATE_COMPLETE');
      const FunctionName = await stacks.physicalId('code-there', 'Function');
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
      expect(Buffer.from(Payload ?? []).toString()).toBe('"from S3"');

      expect((await stacks.deploy('code-missing', template('missing.zip'))).status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures('code-missing')).toContainEqual(expect.stringContaining('NoSuchKey'));
    });

    it.each([
      ['may make one', ['logs:CreateLogGroup', 'logs:PutLogEvents'], true],
      ['may not', ['logs:PutLogEvents'], false],
    ])(
      'without an explicit log group leave an implicit one behind only if their role %s',
      async (_, Action, leaves) => {
        const name = `implicit-${leaves}`;
        const { Function: made, Role: role } = nodeFunction('exports.handler = async () => "done"', {
          LoggingConfig: { Ref: 'AWS::NoValue' },
        });
        const deployed = await stacks.deploy(name, {
          Resources: {
            Function: made ?? {},
            Role: role ?? {},
            Policy: {
              Type: 'AWS::IAM::Policy',
              Properties: {
                PolicyName: 'logs',
                Roles: [{ Ref: 'Role' }],
                PolicyDocument: {
                  Version: '2012-10-17',
                  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
                },
              },
            },
          },
        });
        const FunctionName = await stacks.physicalId(name, 'Function');

        await lambda.send(new InvokeCommand({ FunctionName }));
        await stacks.delete(deployed);

        expect((await logGroups()).includes(`/aws/lambda/${FunctionName}`)).toBe(leaves);
      },
    );
  });
}

/** A zip archive of one uncompressed file. */
function storedZip(name: string, content: string): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt32LE(crc32(data), 14);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt32LE(data.length, 22);
  header.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  header.copy(entry, 6, 4, 30);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([header, Buffer.from(name), data, entry, Buffer.from(name), end]);
}

import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { clientOf, eventually, type Fixture } from './fixture.ts';
import { Stacks, type Template } from './stacks.ts';
import { nodeFunction } from './templates.ts';

interface Envelope {
  readonly Records: readonly {
    readonly body: string;
    readonly attributes: { readonly ApproximateReceiveCount: string };
  }[];
}

interface ObjectCreated {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: Readonly<Record<string, string | number>>;
  };
}

/** The path of every object: bucket, rule, queue, function. */
export function objectTests({ aws, stacks, client, recorder }: Fixture): void {
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const sqs = new SQSClient(client);
  const lambda = new LambdaClient(client);

  /** Tells the recorder each batch; fails the messages whose object key ends in "poison.json.gz". */
  const consumer = (name: string): string => `
    exports.handler = async (batch, context) => {
      await fetch('${recorder.url}/${name}', { method: 'POST', body: JSON.stringify(batch) });
      const poisoned = batch.Records.filter(({ body }) => body.includes('poison.json.gz'));
      return { batchItemFailures: poisoned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };`;

  const pipeline = (Bucket: string, name: string): Template => ({
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: Bucket,
          VersioningConfiguration: { Status: 'Enabled' },
          NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 1,
          SqsManagedSseEnabled: true,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              },
            ],
          },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.s3'],
            'detail-type': ['Object Created'],
            detail: {
              bucket: { name: [{ Ref: 'Bucket' }] },
              object: { key: [{ wildcard: '*AWSLogs/*/CloudTrail/*.json.gz' }, { suffix: '.plain' }] },
            },
          },
          Targets: [
            {
              Id: 'queue',
              Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
              RetryPolicy: { MaximumRetryAttempts: 185 },
            },
          ],
        },
      },
      ...nodeFunction(consumer(name)),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Function' },
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 5 },
        },
      },
    },
    Outputs: {
      Queue: { Value: { Ref: 'Queue' } },
      Dead: { Value: { Ref: 'Dead' } },
      DeadArn: { Value: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
    },
  });

  describe('objects', () => {
    it('reach the function by rule and queue; refused ones are received again and then dead-lettered', async () => {
      const name = 'pipeline';
      const Bucket = 'bucket-of-the-pipeline';
      const { outputs } = await stacks.deploy(name, pipeline(Bucket, name));
      const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content' }));
      const records = () => (recorder.told(name) as Envelope[]).flatMap(({ Records }) => Records);
      const objects = () => records().map(({ body }) => (JSON.parse(body) as ObjectCreated).detail.object);
      const good = 'prefix/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/20/a b+c.json.gz';

      const written = await put(good);
      await put('prefix/AWSLogs/111122223333/CloudTrail-Digest/x.json.gz');
      await put('AWSLogs/111122223333/CloudTrail/poison.json.gz');
      const dead = await eventually(async () => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: outputs.Dead,
            AttributeNames: ['ApproximateNumberOfMessages'],
          }),
        );
        return Attributes.ApproximateNumberOfMessages === '1' ? true : undefined;
      });

      expect(dead).toBe(true);
      expect(objects().filter(({ key }) => key === good)).toEqual([
        {
          key: good,
          size: 7,
          etag: written.ETag?.replaceAll('"', ''),
          'version-id': written.VersionId,
          sequencer: expect.stringMatching(/^[0-9A-F]+$/),
        },
      ]);
      expect(objects().filter(({ key }) => String(key).includes('Digest'))).toEqual([]);
      const poison = records().filter(({ body }) => body.includes('poison'));
      expect(poison.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(['1', '2']);
      const first = JSON.parse(records()[0]?.body ?? '') as ObjectCreated;
      expect(first).toMatchObject({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: Bucket } },
      });
    });

    it('reach a queue in another region, by the event bus there', async () => {
      const away = clientOf(aws, 'eu-west-1');
      const bus = `arn:aws:events:${client.region}:${aws.accountId}:event-bus/default`;
      const Bucket = 'bucket-elsewhere';
      const { outputs } = await stacks.deploy('here', ruleToQueue(Bucket));
      await new Stacks(away).deploy('elsewhere', bucketWithRuleTo(Bucket, bus));

      await new S3Client({ ...away, forcePathStyle: true }).send(
        new PutObjectCommand({ Bucket, Key: 'AWSLogs/1/CloudTrail/a.json.gz', Body: 'content' }),
      );
      const event = await eventually(async () => {
        const { Messages: [message] = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: outputs.Queue, WaitTimeSeconds: 1 }),
        );
        return message?.Body === undefined ? undefined : (JSON.parse(message.Body) as ObjectCreated);
      });

      expect(event).toMatchObject({
        source: 'aws.s3',
        'detail-type': 'Object Created',
        detail: { bucket: { name: Bucket }, object: { key: 'AWSLogs/1/CloudTrail/a.json.gz' } },
      });
    });

    it('have a queue and a mapping as the template says', async () => {
      const { outputs } = await stacks.deploy(
        'pipeline-settings',
        pipeline('bucket-of-settings', 'pipeline-settings'),
      );

      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: outputs.Queue, AttributeNames: ['All'] }),
      );
      expect(Attributes).toMatchObject({ VisibilityTimeout: '1', SqsManagedSseEnabled: 'true' });
      expect(JSON.parse(Attributes.RedrivePolicy ?? '')).toEqual({
        deadLetterTargetArn: outputs.DeadArn,
        maxReceiveCount: 2,
      });
      expect(JSON.parse(Attributes.Policy ?? '')).toMatchObject({
        Statement: [{ Action: 'sqs:SendMessage' }],
      });
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({
          FunctionName: await stacks.physicalId('pipeline-settings', 'Function'),
        }),
      );
      expect(EventSourceMappings).toMatchObject([
        {
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 5 },
          State: 'Enabled',
        },
      ]);
    });
  });
}

const eventsOf = (bucket: string) => ({ source: ['aws.s3'], detail: { bucket: { name: [bucket] } } });

/** Of a bucket that is not in the template. */
function ruleToQueue(bucket: string): Template {
  return {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: eventsOf(bucket),
          Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        },
      },
    },
    Outputs: { Queue: { Value: { Ref: 'Queue' } } },
  };
}

function bucketWithRuleTo(bucket: string, eventBusArn: string): Template {
  return {
    Resources: {
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: bucket,
          NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: eventsOf(bucket), Targets: [{ Id: 'bus', Arn: eventBusArn }] },
      },
    },
  };
}

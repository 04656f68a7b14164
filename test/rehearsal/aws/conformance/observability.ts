import { writeFile } from 'node:fs/promises';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { clientOf, eventually, type Fixture } from './fixture.ts';
import { Stacks, type Template } from './stacks.ts';
import { queue } from './templates.ts';

/** Trails, alarms, dashboards, topics; and other regions. */
export function observabilityTests({ aws, stacks, client, trailPublicKeys }: Fixture): void {
  const cloudwatch = new CloudWatchClient(client);

  describe('observability', () => {
    it('makes, changes and removes a trail', async () => {
      const trails = new CloudTrailClient(client);
      await new S3Client({ ...client, forcePathStyle: true }).send(
        new CreateBucketCommand({
          Bucket: 'trail',
          CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
        }),
      );
      const template = (IsLogging: boolean): Template => ({
        Resources: {
          Trail: {
            Type: 'AWS::CloudTrail::Trail',
            Properties: {
              TrailName: 'conformance',
              S3BucketName: 'trail',
              S3KeyPrefix: 'prefix',
              IsLogging,
              IsMultiRegionTrail: true,
              IncludeGlobalServiceEvents: true,
              EnableLogFileValidation: true,
              EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }],
            },
          },
        },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Trail', 'Arn'] } }, Name: { Value: { Ref: 'Trail' } } },
      });

      const made = await stacks.deploy('trail', template(true));
      expect(made.outputs).toEqual({
        Name: 'conformance',
        Arn: expect.stringMatching(/:trail\/conformance$/),
      });
      const { trailList = [] } = await trails.send(new DescribeTrailsCommand({}));
      expect(trailList).toMatchObject([
        {
          Name: 'conformance',
          S3KeyPrefix: 'prefix',
          IsMultiRegionTrail: true,
          LogFileValidationEnabled: true,
        },
      ]);
      expect(await trails.send(new GetTrailStatusCommand({ Name: 'conformance' }))).toMatchObject({
        IsLogging: true,
      });
      const { EventSelectors } = await trails.send(
        new GetEventSelectorsCommand({ TrailName: 'conformance' }),
      );
      expect(EventSelectors).toMatchObject([{ ReadWriteType: 'WriteOnly' }]);

      await stacks.deploy('trail', template(false));
      expect(await trails.send(new GetTrailStatusCommand({ Name: 'conformance' }))).toMatchObject({
        IsLogging: false,
      });
      await stacks.delete(made);
      expect((await trails.send(new DescribeTrailsCommand({}))).trailList).toEqual([]);
    });

    it('gives the public keys of digest files, by their time', async () => {
      const hour = 3600;
      const now = Math.floor(Date.now() / 1000);
      const keyOf = (Fingerprint: string, hoursAgo: number) => ({
        Fingerprint,
        Value: 'a2V5',
        ValidityStartTime: now - hoursAgo * hour,
        ValidityEndTime: now - (hoursAgo - 2) * hour,
      });
      await writeFile(trailPublicKeys, JSON.stringify([keyOf('now', 1), keyOf('long ago', 100)]));

      const { PublicKeyList = [] } = await new CloudTrailClient(client).send(new ListPublicKeysCommand({}));

      expect(PublicKeyList).toMatchObject([
        { Fingerprint: 'now', ValidityStartTime: new Date((now - hour) * 1000) },
      ]);
      expect(Buffer.from(PublicKeyList[0]?.Value ?? []).toString()).toBe('key');
    });

    it('keeps alarms, with metric mathematics and missing data, a dashboard and a topic with its policy', async () => {
      const deployed = await stacks.deploy('alarms', {
        Resources: {
          Topic: { Type: 'AWS::SNS::Topic' },
          TopicPolicy: {
            Type: 'AWS::SNS::TopicPolicy',
            Properties: {
              Topics: [{ Ref: 'Topic' }],
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Sid: 'Alarms',
                    Effect: 'Allow',
                    Principal: { Service: 'cloudwatch.amazonaws.com' },
                    Action: 'sns:Publish',
                    Resource: { Ref: 'Topic' },
                  },
                ],
              },
            },
          },
          Plain: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: {
              AlarmName: 'plain',
              Namespace: 'Trailbridge',
              MetricName: 'Lag',
              Statistic: 'Maximum',
              Period: 60,
              EvaluationPeriods: 1,
              Threshold: 5,
              ComparisonOperator: 'GreaterThanThreshold',
              TreatMissingData: 'breaching',
              AlarmActions: [{ Ref: 'Topic' }],
            },
          },
          Mathematics: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: {
              AlarmName: 'mathematics',
              EvaluationPeriods: 2,
              Threshold: 1,
              ComparisonOperator: 'GreaterThanOrEqualToThreshold',
              TreatMissingData: 'notBreaching',
              Metrics: [
                { Id: 'ratio', Expression: 'failed / total', ReturnData: true },
                {
                  Id: 'failed',
                  ReturnData: false,
                  MetricStat: {
                    Metric: { Namespace: 'Trailbridge', MetricName: 'Failed' },
                    Period: 60,
                    Stat: 'Sum',
                  },
                },
                {
                  Id: 'total',
                  ReturnData: false,
                  MetricStat: {
                    Metric: { Namespace: 'Trailbridge', MetricName: 'Total' },
                    Period: 60,
                    Stat: 'Sum',
                  },
                },
              ],
            },
          },
          Dashboard: {
            Type: 'AWS::CloudWatch::Dashboard',
            Properties: {
              DashboardName: 'conformance',
              DashboardBody: {
                'Fn::Join': ['', ['{"widgets":[{"region":"', { Ref: 'AWS::Region' }, '"}]}']],
              },
            },
          },
        },
        Outputs: { Topic: { Value: { Ref: 'Topic' } } },
      });

      expect(deployed.status).toBe('CREATE_COMPLETE');
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNames: ['plain', 'mathematics'] }),
      );
      expect(
        MetricAlarms.toSorted((a, b) => (a.AlarmName ?? '').localeCompare(b.AlarmName ?? '')),
      ).toMatchObject([
        {
          AlarmName: 'mathematics',
          Metrics: [{ Id: 'ratio', Expression: 'failed / total' }, { Id: 'failed' }, { Id: 'total' }],
        },
        { AlarmName: 'plain', TreatMissingData: 'breaching', AlarmActions: [deployed.outputs.Topic] },
      ]);
      const { DashboardBody = '' } = await cloudwatch.send(
        new GetDashboardCommand({ DashboardName: 'conformance' }),
      );
      expect(JSON.parse(DashboardBody)).toEqual({ widgets: [{ region: 'eu-central-1' }] });
      const { Attributes = {} } = await new SNSClient(client).send(
        new GetTopicAttributesCommand({ TopicArn: deployed.outputs.Topic }),
      );
      expect(JSON.parse(Attributes.Policy ?? '')).toMatchObject({ Statement: [{ Sid: 'Alarms' }] });
    });

    it('changes the state of an alarm by the data it is given', async () => {
      await cloudwatch.send(
        new PutMetricDataCommand({ Namespace: 'Trailbridge', MetricData: [{ MetricName: 'Lag', Value: 9 }] }),
      );

      const state = await eventually(async () => {
        const { MetricAlarms: [alarm] = [] } = await cloudwatch.send(
          new DescribeAlarmsCommand({ AlarmNames: ['plain'] }),
        );
        return alarm?.StateValue === 'ALARM' ? alarm.StateValue : undefined;
      });

      expect(state).toBe('ALARM');
    });
  });

  describe('another region', () => {
    it('has stacks and queues of its own', async () => {
      const elsewhere = clientOf(aws, 'ap-northeast-1');
      const template: Template = {
        Resources: { Queue: { ...queue, Properties: { QueueName: 'elsewhere' } } },
        Outputs: {
          Region: { Value: { Ref: 'AWS::Region' } },
          Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
        },
      };

      const made = await new Stacks(elsewhere).deploy('elsewhere', template);

      expect(made.outputs).toEqual({
        Region: 'ap-northeast-1',
        Arn: expect.stringContaining(':ap-northeast-1:'),
      });
      await expect(stacks.describe('elsewhere')).rejects.toThrow(/does not exist/);
      await expect(
        new SQSClient(client).send(new GetQueueUrlCommand({ QueueName: 'elsewhere' })),
      ).rejects.toThrow();
    });
  });
}

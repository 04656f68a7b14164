import { describe, expect, it } from 'vitest';
import { difference, inventory } from '../../../../rehearsal/aws/inventory.ts';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { assumedBy, nodeFunction, queue } from './templates.ts';

const every: Template = {
  Resources: {
    ...nodeFunction('exports.handler = async () => {}'),
    Policy: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
        },
      },
    },
    Provider: {
      Type: 'AWS::IAM::OIDCProvider',
      Properties: { Url: 'https://residue.example', ThumbprintList: ['b'.repeat(40)] },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: assumedBy('s3.amazonaws.com') } },
    Alias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/residue', TargetKeyId: { Ref: 'Key' } },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
    Queue: queue,
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'Function' }, EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
    Topic: { Type: 'AWS::SNS::Topic' },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      },
    },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'residue' } },
    Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['a'] } } },
    RuleOfBus: {
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['a'] } },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    },
    Trail: {
      Type: 'AWS::CloudTrail::Trail',
      Properties: { S3BucketName: { Ref: 'Bucket' }, IsLogging: true },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
    Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{"widgets":[]}' } },
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } },
    Repository: { Type: 'AWS::ECR::Repository' },
    Database: {
      Type: 'AWS::Glue::Database',
      Properties: { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseInput: { Name: 'residue' } },
    },
    TableOfDatabase: {
      Type: 'AWS::Glue::Table',
      Properties: {
        CatalogId: { Ref: 'AWS::AccountId' },
        DatabaseName: { Ref: 'Database' },
        TableInput: { Name: 'residue' },
      },
    },
    WorkGroup: { Type: 'AWS::Athena::WorkGroup', Properties: { Name: 'residue' } },
    NamedQuery: {
      Type: 'AWS::Athena::NamedQuery',
      Properties: { Database: 'residue', QueryString: 'SELECT 1', WorkGroup: { Ref: 'WorkGroup' } },
    },
  },
};

/** The inventory sees what a stack makes, and that it is gone again. */
export function residueTests({ aws, stacks }: Fixture): void {
  describe('the inventory', () => {
    it('lists every resource of a stack, and only the key that waits for its deletion after it', async () => {
      const before = await inventory(aws);

      const made = await stacks.deploy('residue', every);
      const during = difference(before, await inventory(aws));
      const deleted = await stacks.delete(made);
      const after = difference(before, await inventory(aws));

      expect([made.status, deleted.status]).toEqual(['CREATE_COMPLETE', 'DELETE_COMPLETE']);
      const types = Object.values(every.Resources).map((resource) => (resource as { Type: string }).Type);
      expect(during.map(({ type }) => type).toSorted()).toEqual(
        [...types, 'AWS::CloudFormation::Stack'].toSorted(),
      );
      expect(after).toEqual([
        {
          type: 'AWS::KMS::Key',
          id: expect.stringContaining('key/'),
          detail: 'PendingDeletion',
          pendingDeletion: true,
        },
      ]);
    });
  });
}

import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { physicalIdsRetained } from '../../rehearsal/stack-resources.ts';
import { clientsTo } from './clients.ts';

test('what the template has stay, and only that, is what a stack leaves behind', async () => {
  const resource = (Type: string, DeletionPolicy?: string) => ({ Type, DeletionPolicy, Properties: {} });
  const resources = {
    Key: resource('AWS::KMS::Key', 'RetainExceptOnCreate'),
    Bucket: resource('AWS::S3::Bucket', 'Retain'),
    Policy: resource('AWS::S3::BucketPolicy', 'Retain'),
    Derived: resource('AWS::S3::Bucket', 'Delete'),
    Table: resource('AWS::DynamoDB::Table'),
  };
  mockClient(CloudFormationClient)
    .on(ListStackResourcesCommand)
    .resolves({
      StackResourceSummaries: Object.entries(resources).map(([LogicalResourceId, { Type }]) => ({
        LogicalResourceId,
        PhysicalResourceId: `physical-${LogicalResourceId}`,
        ResourceType: Type,
        LastUpdatedTimestamp: new Date(0),
        ResourceStatus: 'CREATE_COMPLETE',
      })),
    });
  const clients = clientsTo({ cloudFormation: new CloudFormationClient({ region: 'us-east-1' }) });

  const retained = await physicalIdsRetained(clients, 'AuditArchive', {
    Parameters: {},
    Mappings: {},
    Conditions: {},
    Resources: resources,
  });

  // A bucket's policy is nothing by itself.
  expect(retained).toEqual(['physical-Key', 'physical-Bucket']);
});

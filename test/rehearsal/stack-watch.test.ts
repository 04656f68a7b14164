import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  type ResourceStatus,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  deletionFailures,
  firstFailure,
  outputsOf,
  stacksOf,
  watchStack,
} from '../../rehearsal/stack-watch.ts';
import { clientsTo } from './clients.ts';

const cloudFormation = mockClient(CloudFormationClient);
const clients = clientsTo({ cloudFormation: new CloudFormationClient({ region: 'us-east-1' }) });

beforeEach(() => {
  cloudFormation.reset();
  cloudFormation.onAnyCommand().rejects(new Error('not expected'));
});

function event(status: ResourceStatus, reason?: string, more: Partial<StackEvent> = {}): StackEvent {
  return {
    ...more,
    StackId: 'id',
    EventId: 'event',
    StackName: 'CloudOne',
    Timestamp: new Date(0),
    ResourceStatus: status,
    ResourceStatusReason: reason,
  };
}

const noSuchStack = new CloudFormationServiceException({
  name: 'ValidationError',
  message: 'Stack [CloudOne] does not exist',
  $fault: 'client',
  $metadata: {},
});

describe('the first failure', () => {
  test('is the first that failed by itself: CloudFormation lists the latest first, and cancels the rest', async () => {
    cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({
        StackEvents: [
          event('DELETE_FAILED', 'a consequence'),
          event('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Account].'),
          event('CREATE_FAILED', 'Cloud One said no.', { LogicalResourceId: 'Account' }),
        ],
        NextToken: 'more',
      })
      .resolvesOnce({
        StackEvents: [event('CREATE_FAILED', 'Resource creation cancelled'), event('CREATE_IN_PROGRESS')],
      });

    await expect(firstFailure(clients, 'CloudOne')).resolves.toEqual({
      logicalId: 'Account',
      reason: 'Cloud One said no.',
      rollBackReason: 'The following resource(s) failed to create: [Account].',
    });
  });

  test('is none where nothing failed, or there is no stack', async () => {
    cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [event('CREATE_COMPLETE')] })
      .rejectsOnce(noSuchStack);

    await expect(firstFailure(clients, 'CloudOne')).resolves.toBeUndefined();
    await expect(firstFailure(clients, 'CloudOne')).resolves.toBeUndefined();
  });

  test('is not made up where AWS cannot be asked', async () => {
    cloudFormation.on(DescribeStackEventsCommand).rejects(new Error('connect ECONNREFUSED'));

    await expect(firstFailure(clients, 'CloudOne')).rejects.toThrow('ECONNREFUSED');
  });
});

test('what could not be deleted tells why, and what was only kept for its sake is left out', async () => {
  cloudFormation.on(DescribeStackEventsCommand).resolves({
    StackEvents: [
      event('DELETE_FAILED', 'kept, because One depends on it', {
        LogicalResourceId: 'Function',
        ResourceType: 'AWS::Lambda::Function',
      }),
      event('DELETE_FAILED', 'no', { LogicalResourceId: 'One', ResourceType: 'Custom::One' }),
      event('DELETE_COMPLETE', '', { LogicalResourceId: 'Two', ResourceType: 'Custom::Two' }),
    ],
  });

  await expect(deletionFailures(clients, 'CloudOne')).resolves.toEqual(['One: no']);
});

test('watching counts what is created, tells a failure once, and ends when told', async () => {
  const events = [event('CREATE_COMPLETE'), event('CREATE_FAILED')];
  cloudFormation
    .on(DescribeStackEventsCommand)
    .rejectsOnce(noSuchStack)
    .resolvesOnce({ StackEvents: events.slice(0, 1) })
    .resolves({ StackEvents: events });
  const stop = new AbortController();
  const onFailure = vi.fn<() => void>();
  const counts: number[] = [];

  await watchStack(clients, 'CloudOne', {
    signal: stop.signal,
    onFailure,
    onProgress: (done) => {
      if (counts.push(done) === 4) {
        stop.abort();
      }
    },
  });

  expect(counts).toEqual([0, 1, 1, 1]);
  expect(onFailure).toHaveBeenCalledOnce();
});

test('the stacks that are there, with how much is in them', async () => {
  const summary = (StackName: string, StackStatus: 'CREATE_COMPLETE' | 'DELETE_COMPLETE') => ({
    StackName,
    StackStatus,
    CreationTime: new Date(0),
  });
  const resource = {
    LogicalResourceId: 'x',
    ResourceType: 'x',
    ResourceStatus: 'CREATE_COMPLETE' as const,
    LastUpdatedTimestamp: new Date(0),
  };
  cloudFormation.on(ListStacksCommand).resolves({
    StackSummaries: [summary('CloudOne', 'CREATE_COMPLETE'), summary('Old', 'DELETE_COMPLETE')],
  });
  cloudFormation
    .on(ListStackResourcesCommand, { StackName: 'CloudOne' })
    .resolvesOnce({ StackResourceSummaries: [resource, resource], NextToken: 'more' })
    .resolvesOnce({ StackResourceSummaries: [resource] });

  await expect(stacksOf(clients)).resolves.toEqual([
    { name: 'CloudOne', status: 'CREATE_COMPLETE', resources: 3 },
  ]);
});

test('the outputs by name', async () => {
  cloudFormation.on(DescribeStacksCommand, { StackName: 'CloudOne' }).resolves({
    Stacks: [
      {
        StackName: 'CloudOne',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'QueueUrl', OutputValue: 'https://queue' }],
      },
    ],
  });

  await expect(outputsOf(clients, 'CloudOne')).resolves.toEqual({ QueueUrl: 'https://queue' });
});

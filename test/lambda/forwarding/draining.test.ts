import {
  CloudFormationClient,
  DescribeStacksCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { draining } from '../../../lambda/forwarding/draining.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { answerSinkForFile, STACK_ID } from '../shared/custom-resource-harness.ts';

const sqs = mockClient(SQSClient);
const cloudFormation = mockClient(CloudFormationClient);
const handler = customResourceHandler(() =>
  draining({
    sqs: new SQSClient({}),
    cloudFormation: new CloudFormationClient({}),
    queueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/forwarding',
    pollMs: 1,
    patienceMs: 60,
    cleanUpPatienceMs: 60,
    quietMs: 20,
  }),
);
const { sink, output } = answerSinkForFile();

beforeEach(() => {
  sqs.reset();
  cloudFormation.reset();
  stackIs('UPDATE_IN_PROGRESS');
});

function stackIs(StackStatus: StackStatus): void {
  cloudFormation
    .on(DescribeStacksCommand, { StackName: STACK_ID })
    .resolves({ Stacks: [{ StackName: 'CloudOne', CreationTime: new Date(0), StackStatus }] });
}

/** What the queue tells, look by look; the last for ever. */
function queueTells(...looks: { visible?: number; inFlight?: number; delayed?: number }[]): void {
  let look = 0;
  sqs.on(GetQueueAttributesCommand).callsFake(() => {
    const { visible = 0, inFlight = 0, delayed = 0 } = looks[Math.min(look, looks.length - 1)] ?? {};
    look += 1;
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      },
    };
  });
}
const looks = () => sqs.commandCalls(GetQueueAttributesCommand).length;

const change = (BucketName: string, physicalId = 'created:former') =>
  sink.send(handler, {
    type: 'Update',
    properties: { BucketName },
    oldProperties: { BucketName: 'former' },
    physicalId,
  });
const remove = () =>
  sink.send(handler, { type: 'Delete', properties: { BucketName: 'former' }, physicalId: 'created:former' });

test('a creation waits for nothing', async () => {
  const created = await sink.send(handler, { type: 'Create', properties: { BucketName: 'former' } });

  expect(created).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:former' });
  expect(looks()).toBe(0);
});

describe('another bucket', () => {
  test('replaces the resource once the queue is empty: nothing waits, is in flight or delayed', async () => {
    queueTells({ visible: 2 }, { inFlight: 1 }, { delayed: 1 }, {});

    const updated = await change('next');

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:next' });
    expect(looks()).toBe(4);
  });

  test('is refused while files of the former one wait, before anything has changed', async () => {
    queueTells({ visible: 3, inFlight: 4, delayed: 5 });

    const updated = await change('next');

    expect(updated).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'created:former' });
    expect(updated.Reason).toMatch(
      /12 files of former still wait.*next only.*Nothing has been changed.*QueueAge/,
    );
  });

  test('is not waited for where the bucket stays the same', async () => {
    const updated = await change('former');

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:former' });
    expect(looks()).toBe(0);
  });

  test('in a roll-back is never refused: the stack would be stuck between the two', async () => {
    stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    queueTells({ visible: 3 });

    const updated = await change('former', 'created:next');

    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'created:former' });
  });
});

describe('the clean-up', () => {
  beforeEach(() => stackIs('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));

  test('waits for files that came while the rule was changed, until none has come for a while', async () => {
    queueTells({}, { visible: 1 }, {});

    const startedAt = performance.now();
    const removed = await remove();

    expect(removed.Status).toBe('SUCCESS');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
    expect(looks()).toBeGreaterThan(3);
  });

  test('goes on where files keep flowing, and says how many there are', async () => {
    queueTells({ visible: 7 });

    const removed = await remove();

    expect(removed.Status).toBe('SUCCESS');
    expect(output()).toMatch(/"left":7/);
  });

  test.each(['DELETE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'] as const)(
    'does not wait in %s: the queue goes too',
    async (status) => {
      stackIs(status);

      const removed = await remove();

      expect(removed.Status).toBe('SUCCESS');
      expect(looks()).toBe(0);
    },
  );
});

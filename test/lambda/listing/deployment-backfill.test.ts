import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { listingRequestSchema } from '../../../contract/listing.ts';
import { deploymentBackfill } from '../../../lambda/listing/deployment-backfill.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { answerSinkForFile } from '../shared/custom-resource-harness.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/late';
const DAY_MS = 86_400_000;
const HALF_AN_HOUR_MS = 30 * 60_000;
const sqs = mockClient(SQSClient);
const handler = customResourceHandler(() =>
  deploymentBackfill({ sqs: new SQSClient({}), lateObjectsQueueUrl: QUEUE }),
);
const { sink } = answerSinkForFile();

beforeEach(() => {
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  sqs.on(SendMessageCommand).resolves({});
});

const properties = (BackfillDays: string, BucketName = 'trail-logs') => ({ BucketName, BackfillDays });
const create = (days: string) => sink.send(handler, { type: 'Create', properties: properties(days) });
const update = (physicalId: string, before: string, now: string, bucket?: string) =>
  sink.send(handler, {
    type: 'Update',
    physicalId,
    oldProperties: properties(before),
    properties: properties(now, bucket),
  });

function listed() {
  return sqs.commandCalls(SendMessageCommand).map(({ args }) => {
    const { bucket, storedFrom, storedBefore } = listingRequestSchema.parse(
      JSON.parse(args[0].input.MessageBody ?? ''),
    );
    return { bucket, from: Date.parse(storedFrom), before: Date.parse(storedBefore) };
  });
}

test('no days list half an hour: no event may fall between two buckets', async () => {
  expect((await create('0')).Status).toBe('SUCCESS');

  const [request, ...others] = listed();
  expect(others).toEqual([]);
  expect((request?.before ?? 0) - (request?.from ?? 0)).toBe(HALF_AN_HOUR_MS + 60_000);
});

test('an update of the same bucket does not list its half hour again', async () => {
  const created = await create('0');

  await update(created.PhysicalResourceId, '0', '0');

  expect(listed()).toHaveLength(1);
});

test('days are listed up to now, at once', async () => {
  const startedAt = Date.now();

  await create('10');

  const [request] = listed();
  expect((request?.before ?? 0) - (request?.from ?? 0)).toBe(10 * DAY_MS + 60_000);
  expect(request?.before).toBeGreaterThanOrEqual(startedAt);
  expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toMatchObject({
    QueueUrl: QUEUE,
    DelaySeconds: 0,
  });
});

test('more days later list only what lies before', async () => {
  const created = await create('10');

  const raised = await update(created.PhysicalResourceId, '10', '30');

  const [first, second] = listed();
  expect(second?.before).toBe((first?.from ?? 0) + 60_000);
  expect((second?.before ?? 0) - (second?.from ?? 0)).toBeLessThanOrEqual(20 * DAY_MS + 120_000);
  expect(raised.PhysicalResourceId).not.toBe(created.PhysicalResourceId);
});

test('days that were 0 at first and are raised later reach up to the half hour before the creation', async () => {
  const created = await create('0');

  await update(created.PhysicalResourceId, '0', '1');

  const [first, second] = listed();
  expect(second?.before).toBe((first?.from ?? 0) + 60_000);
});

test.each(['10', '5', '0'])('%s days after 10 list nothing, and keep the id', async (now) => {
  const created = await create('10');

  const updated = await update(created.PhysicalResourceId, '10', now);

  expect(listed()).toHaveLength(1);
  expect(updated.PhysicalResourceId).toBe(created.PhysicalResourceId);
});

test('another bucket has its own half hour', async () => {
  const created = await create('0');

  await update(created.PhysicalResourceId, '0', '0', 'other-logs');

  const [, request] = listed();
  expect(request?.bucket).toBe('other-logs');
  expect((request?.before ?? 0) - (request?.from ?? 0)).toBe(HALF_AN_HOUR_MS + 60_000);
});

test('another bucket has its own days', async () => {
  const created = await create('10');

  await update(created.PhysicalResourceId, '10', '10', 'other-logs');

  expect(listed().map(({ bucket }) => bucket)).toEqual(['trail-logs', 'other-logs']);
});

test('a rolled-back update lists nothing again, and deleting does nothing', async () => {
  const created = await create('10');
  await update(created.PhysicalResourceId, '10', '30');

  const back = await update(created.PhysicalResourceId, '30', '10');
  const deleted = await sink.send(handler, {
    type: 'Delete',
    physicalId: created.PhysicalResourceId,
    properties: properties('30'),
  });

  expect(back.PhysicalResourceId).toBe(created.PhysicalResourceId);
  expect(deleted.Status).toBe('SUCCESS');
  expect(listed()).toHaveLength(2);
});

test.each(['-1', '3651', '1.5', 'all'])('%s is no number of days', async (days) => {
  expect((await create(days)).Reason).toContain('BackfillDays');
});

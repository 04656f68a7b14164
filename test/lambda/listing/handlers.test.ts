/** Each handler as Lambda loads it: its environment and its clients. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { NOTHING } from '../../../contract/backfill.ts';
import { BackfillStore } from '../../../lambda/listing/backfill-store.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { answerSinkForFile, contextWith } from '../shared/custom-resource-harness.ts';
import { fakeBucket } from '../trail/fake-bucket.ts';

const FORWARDING_QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/forwarding';
const KEY = 'AWSLogs/111111111111/CloudTrail/us-east-1/2026/03/01/a.json.gz';
const sqs = mockClient(SQSClient);
const { sink } = answerSinkForFile();

beforeEach(() => {
  vi.stubEnv('FORWARDING_QUEUE_URL', FORWARDING_QUEUE);
  vi.stubEnv('LATE_OBJECTS_QUEUE_URL', 'https://sqs.us-east-1.amazonaws.com/123456789012/late');
  vi.stubEnv('LEDGER_TABLE', 'ledger');
  vi.stubEnv('BUCKET_REGION', 'us-east-1');
  vi.stubEnv('TRAIL_PREFIXES', '["audit"]');
  fakeBucket([{ key: KEY, storedAt: new Date('2026-03-01T00:15:00Z') }]);
  mockDynamoDb(new Table());
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({});
});

const receive = async (message: object) => {
  const { handler } = await import('../../../lambda/listing/lister-handler.ts');
  const event = { Records: [{ body: JSON.stringify(message) }] } as SQSEvent;
  await handler(event, contextWith(300_000), () => {});
};
const queuedBodies = () =>
  sqs
    .commandCalls(SendMessageBatchCommand)
    .flatMap(({ args }) => (args[0].input.Entries ?? []).map(({ MessageBody }) => MessageBody));

test('a span of time', async () => {
  await receive({
    bucket: 'trail-logs',
    storedFrom: '2026-03-01T00:10:00Z',
    storedBefore: '2026-03-01T00:25:00Z',
  });

  expect(queuedBodies()).toEqual([expect.stringContaining(KEY)]);
  expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input.QueueUrl).toBe(FORWARDING_QUEUE);
});

test('a backfill', async () => {
  const orderedAt = '2026-03-02T00:00:00.000Z';
  const { chain } = await new BackfillStore(new DynamoDBClient({}), 'ledger').begin(
    'b1',
    {
      order: {
        bucket: 'trail-logs',
        days: { first: '2026-03-01', last: '2026-03-01' },
        accounts: [],
        regions: [],
        countFirst: false,
        dryRun: false,
        orderedAt,
      },
      progress: { phase: 'queueing', queued: NOTHING, updatedAt: orderedAt },
    },
    undefined,
  );

  await receive({ backfill: 'b1', chain });

  expect(queuedBodies()).toEqual([expect.stringContaining(KEY)]);
});

test('a message that is neither fails, and is received again', async () => {
  await expect(receive({})).rejects.toThrow('bucket');
});

test('the backfill of a deployment', async () => {
  const { handler } = await import('../../../lambda/listing/deployment-backfill-handler.ts');

  const answer = await sink.send(handler, {
    type: 'Create',
    properties: { BucketName: 'trail-logs', BackfillDays: '3' },
  });

  expect(answer.Status).toBe('SUCCESS');
  expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
});

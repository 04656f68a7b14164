import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Backfill,
  type BackfillOrder,
  type BackfillTurn,
  backfillTurnSchema,
  NOTHING,
} from '../../../contract/backfill.ts';
import { objectMessageSchema, objectReferenceOf } from '../../../contract/object-message.ts';
import { continueBackfill } from '../../../lambda/listing/backfill.ts';
import { BackfillStore, BackfillTakenOverError } from '../../../lambda/listing/backfill-store.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { captureOutput } from '../shared/custom-resource-harness.ts';
import { type FakeBucket, fakeBucket } from '../trail/fake-bucket.ts';

const ID = 'b1';
const MOST_TURNS = 500;
const sqs = mockClient(SQSClient);
const storedAt = new Date('2026-03-01T00:15:00Z');
const dynamoDb = new DynamoDBClient({});
const store = new BackfillStore(dynamoDb, 'ledger');
let bucket: FakeBucket;
/** The lister's own queue. */
let turns: { readonly turn: BackfillTurn; readonly delaySeconds: number }[];
/** What the forwarding queue was given. */
let queued: { readonly key: string; readonly delaySeconds: number | undefined }[];

beforeEach(() => {
  vi.restoreAllMocks();
  captureOutput();
  reset();
});

function reset(): void {
  turns = [];
  queued = [];
  mockDynamoDb(new Table());
  sqs.reset();
  sqs.onAnyCommand().rejects(new Error('not expected'));
  sqs.on(SendMessageCommand).callsFake(({ MessageBody, DelaySeconds }) => {
    turns.push({ turn: backfillTurnSchema.parse(JSON.parse(MessageBody)), delaySeconds: DelaySeconds });
    return {};
  });
  sqs.on(SendMessageBatchCommand).callsFake(({ Entries }) => {
    for (const { MessageBody, DelaySeconds } of Entries) {
      const { key } = objectReferenceOf(objectMessageSchema.parse(JSON.parse(MessageBody)));
      queued.push({ key, delaySeconds: DelaySeconds });
    }
    return {};
  });
}

interface Place {
  readonly account?: string;
  readonly region?: string;
  readonly day?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly prefix?: string;
}

function keyOf(place: Place = {}): string {
  const { account = '111111111111', region = 'us-east-1', day = '2026/03/01', name = 'a' } = place;
  const { kind = 'CloudTrail', prefix = '' } = place;
  return `${prefix}AWSLogs/${account}/${kind}/${region}/${day}/${name}.json.gz`;
}

function begin(changes: Partial<BackfillOrder> = {}): Promise<Backfill> {
  const order = {
    bucket: 'trail-logs',
    days: { first: '2026-03-01', last: '2026-03-02' },
    accounts: [],
    regions: [],
    countFirst: false,
    dryRun: false,
    orderedAt: '2026-03-03T00:00:00.000Z',
    ...changes,
  };
  const phase = order.countFirst || order.dryRun ? 'counting' : 'queueing';
  const progress = { phase, queued: NOTHING, updatedAt: order.orderedAt } as const;
  return store.begin(ID, { order, progress }, undefined);
}

const run = (turn: BackfillTurn, hasTime: () => boolean = () => true) =>
  continueBackfill(turn, {
    s3: new S3Client({}),
    sqs: new SQSClient({}),
    dynamoDb,
    ledgerTable: 'ledger',
    forwardingQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/forwarding',
    lateObjectsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/late',
    keyPrefixes: [''],
    hasTime,
    signal: AbortSignal.timeout(60_000),
  });
const progressNow = async () => (await store.read(ID))?.progress;
const keysQueued = () => queued.map(({ key }) => key).toSorted();
const inBucket = (keys: readonly string[]) => {
  bucket = fakeBucket(keys.map((key) => ({ key, storedAt })));
  return bucket;
};

describe('what is queued', () => {
  test('the files of the days, accounts and regions that were asked for, and nothing else', async () => {
    const wanted = [
      keyOf(),
      keyOf({ day: '2026/03/02', kind: 'CloudTrail-Insight' }),
      keyOf({ account: 'o-abc123/111111111111', prefix: 'deep/er/' }),
    ];
    inBucket([
      ...wanted,
      keyOf({ day: '2026/02/28' }),
      keyOf({ day: '2026/03/03' }),
      keyOf({ account: '222222222222' }),
      keyOf({ region: 'eu-west-1' }),
      keyOf({ kind: 'CloudTrail-Digest' }),
    ]);
    const { chain } = await begin({ accounts: ['111111111111'], regions: ['us-east-1'] });

    expect(await run({ backfill: ID, chain })).toBe('complete');

    expect(keysQueued()).toEqual(wanted.toSorted());
    expect(await progressNow()).toMatchObject({
      phase: 'complete',
      queued: { objects: wanted.length, bytes: 7 * wanted.length },
    });
  });

  test('folders of other accounts and regions are not entered', async () => {
    inBucket([keyOf({ account: '222222222222' }), keyOf({ region: 'eu-west-1' }), keyOf()]);
    const { chain } = await begin({ accounts: ['111111111111'], regions: ['us-east-1'] });

    await run({ backfill: ID, chain });

    const entered = [ListObjectsV2Command, ListObjectVersionsCommand].flatMap((command) =>
      bucket.mock
        .commandCalls(command as typeof ListObjectsV2Command)
        .map(({ args }) => args[0].input.Prefix),
    );
    expect(entered.filter((prefix) => /2222|eu-west/.test(prefix ?? ''))).toEqual([]);
  });

  test('only what was stored in a span of time, where one is given', async () => {
    bucket = fakeBucket([
      { key: keyOf({ name: 'before' }), storedAt: new Date('2026-03-01T00:09:59Z') },
      { key: keyOf({ name: 'in' }), storedAt },
      { key: keyOf({ name: 'after' }), storedAt: new Date('2026-03-01T00:25:00Z') },
    ]);
    const { chain } = await begin({
      stored: { from: '2026-03-01T00:10:00Z', before: '2026-03-01T00:25:00Z' },
    });

    await run({ backfill: ID, chain });

    expect(keysQueued()).toEqual([keyOf({ name: 'in' })]);
  });

  test('a dry run counts, and queues nothing', async () => {
    inBucket([keyOf({ name: 'a' }), keyOf({ name: 'b' })]);
    const { chain } = await begin({ dryRun: true });

    await run({ backfill: ID, chain });

    expect(queued).toEqual([]);
    expect(await progressNow()).toMatchObject({
      phase: 'complete',
      counted: { objects: 2, bytes: 14 },
      queued: NOTHING,
    });
  });

  test('counted first, it is queued afterwards', async () => {
    inBucket([keyOf()]);
    const { chain } = await begin({ countFirst: true });

    await run({ backfill: ID, chain });

    expect(await progressNow()).toMatchObject({
      phase: 'complete',
      counted: { objects: 1 },
      queued: { objects: 1 },
    });
    expect(queued).toHaveLength(1);
  });
});

describe('the rate', () => {
  const RATE = 2;
  const names = Array.from({ length: 300 }, (_, index) => `file-${String(index).padStart(4, '0')}`);

  test('is kept by holding messages back, each for longer than the one before', async () => {
    vi.useFakeTimers({ now: storedAt, toFake: ['Date'] });
    inBucket(names.map((name) => keyOf({ name })));
    bucket.pageSize = 100;
    const { chain } = await begin({ ratePerSecond: RATE });
    turns.push({ turn: { backfill: ID, chain }, delaySeconds: 0 });
    const dueAt: number[] = [];
    const startedAt = Date.now();

    for (let next = turns.shift(); next !== undefined; next = turns.shift()) {
      vi.setSystemTime(Date.now() + next.delaySeconds * 1000);
      const before = queued.length;
      await run(next.turn);
      dueAt.push(
        ...queued.slice(before).map(({ delaySeconds = 0 }) => (Date.now() - startedAt) / 1000 + delaySeconds),
      );
    }
    vi.useRealTimers();

    expect(keysQueued()).toHaveLength(names.length);
    for (const [index, seconds] of dueAt.entries()) {
      // Whole seconds are cut off; nothing comes sooner than that, or a minute late.
      expect(seconds).toBeGreaterThan(index / RATE - 1.001);
      expect(seconds).toBeLessThan(index / RATE + 60);
    }
  });

  test('no message is held back for longer than SQS can', async () => {
    inBucket(names.map((name) => keyOf({ name })));
    const { chain } = await begin({ ratePerSecond: 0.1 });

    expect(await run({ backfill: ID, chain })).toBe('goes on later');

    expect(Math.max(...queued.map(({ delaySeconds = 0 }) => delaySeconds))).toBeLessThanOrEqual(900);
    expect(turns[0]?.delaySeconds).toBeLessThanOrEqual(900);
    expect(queued.length).toBeGreaterThan(0);
  });
});

describe('of two who work on it, one stops', () => {
  test('a message of a former chain is dropped', async () => {
    inBucket([keyOf()]);
    const former = await begin();
    await store.begin(ID, former, former);

    expect(await run({ backfill: ID, chain: former.chain })).toBe('dropped');

    expect(queued).toEqual([]);
  });

  test('a message of a backfill that is over, or that nobody knows', async () => {
    inBucket([keyOf()]);
    const { chain } = await begin();
    await run({ backfill: ID, chain });

    expect(await run({ backfill: ID, chain })).toBe('dropped');
    expect(await run({ backfill: 'other', chain: 1 })).toBe('dropped');

    expect(queued).toHaveLength(1);
  });

  test('who finds the other’s note stops, and asks for nothing more', async () => {
    inBucket(['a', 'b', 'c'].map((name) => keyOf({ name })));
    bucket.pageSize = 1;
    const { chain } = await begin();
    let isFirstPage = true;
    sqs.on(SendMessageBatchCommand).callsFake(async () => {
      if (isFirstPage) {
        isFirstPage = false;
        const other = await store.read(ID);
        await store.note(other as Backfill, (other as Backfill).progress);
      }
      return {};
    });

    expect(await run({ backfill: ID, chain })).toBe('dropped');

    expect(turns).toEqual([]);
  });

  test('two who begin the same: one is told', async () => {
    await begin();

    await expect(begin()).rejects.toThrow(BackfillTakenOverError);
  });
});

test('a failure is noted for who watches, and forgotten with the next note', async () => {
  inBucket([keyOf()]);
  const { chain } = await begin();
  bucket.exists = false;

  await expect(run({ backfill: ID, chain })).rejects.toThrow('NoSuchBucket says S3.');
  expect((await progressNow())?.failure).toBe('NoSuchBucket: NoSuchBucket says S3.');
  bucket.exists = true;

  await run({ backfill: ID, chain });
  expect(await progressNow()).toMatchObject({ phase: 'complete' });
  expect((await progressNow())?.failure).toBeUndefined();
});

describe('whatever is interrupted, wherever', () => {
  const places = fc.record({
    prefix: fc.constantFrom('', 'p/', 'audit/CloudTrail/'),
    account: fc.constantFrom('111111111111', '222222222222', 'o-x/333333333333'),
    kind: fc.constantFrom('CloudTrail', 'CloudTrail-Insight', 'CloudTrail-Digest', 'Config'),
    region: fc.constantFrom('us-east-1', 'eu-west-1'),
    day: fc.constantFrom('2026/02/28', '2026/03/01', '2026/03/02', '2026/03/03'),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
  });
  const troubles = fc.record({
    /** Calls of AWS until one fails: it may have had its effect by then. */
    calls: fc.integer({ min: 1, max: 12 }),
    took: fc.boolean(),
    /** Whether the message comes again by itself, or somebody goes on by command. */
    byCommand: fc.boolean(),
  });

  test('every file of the span is queued, nothing else, and a backfill without trouble queues each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(places, { maxLength: 25, selector: keyOf }),
        fc.array(troubles, { maxLength: 8 }),
        fc.record({
          pageSize: fc.integer({ min: 1, max: 4 }),
          accounts: fc.constantFrom<string[]>([], ['111111111111'], ['222222222222', '333333333333']),
          regions: fc.constantFrom<string[]>([], ['eu-west-1']),
          countFirst: fc.boolean(),
          ratePerSecond: fc.constantFrom(undefined, 1000),
          hasTime: fc.boolean(),
        }),
        async (files, trouble, { pageSize, hasTime, ...order }) => {
          reset();
          inBucket(files.map(keyOf));
          bucket.pageSize = pageSize;
          const { chain } = await begin(order);
          turns.push({ turn: { backfill: ID, chain }, delaySeconds: 0 });

          await workOff(trouble, () => hasTime);

          const wanted = files
            .filter(({ kind }) => kind === 'CloudTrail' || kind === 'CloudTrail-Insight')
            .filter(({ day }) => day === '2026/03/01' || day === '2026/03/02')
            .filter(
              ({ account }) => order.accounts.length === 0 || order.accounts.includes(account.slice(-12)),
            )
            .filter(({ region }) => order.regions.length === 0 || order.regions.includes(region))
            .map(keyOf)
            .toSorted();
          expect([...new Set(keysQueued())]).toEqual(wanted);
          expect((await progressNow())?.phase).toBe('complete');
          if (trouble.length === 0) {
            expect(keysQueued()).toEqual(wanted);
            expect((await progressNow())?.queued.objects).toBe(wanted.length);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  /** Receives the lister's messages until there are none: one whose turn failed comes again, or is replaced. */
  async function workOff(
    trouble: readonly { calls: number; took: boolean; byCommand: boolean }[],
    hasTime: () => boolean,
  ): Promise<void> {
    const coming = [...trouble];
    for (let received = 0; turns.length > 0; received += 1) {
      // A backfill that comes no further would go on for ever.
      expect(received).toBeLessThan(MOST_TURNS);
      const [{ turn } = { turn: { backfill: ID, chain: 0 } }] = turns;
      const next = coming.shift();
      const mend = next === undefined ? () => {} : failAfter(next.calls, next.took);
      try {
        await run(turn, hasTime);
        turns.shift();
      } catch {
        // The message is not deleted: it is received again.
        if (next?.byCommand) {
          mend();
          const now = (await store.read(ID)) as Backfill;
          turns.push({
            turn: { backfill: ID, chain: (await store.begin(ID, now, now)).chain },
            delaySeconds: 0,
          });
        }
      } finally {
        mend();
      }
    }
  }

  /** Has one call of AWS fail, and every one after it: the invocation is dead. @returns what ends that. */
  function failAfter(calls: number, took: boolean): () => void {
    let left = calls;
    const died = new Error('The invocation died.');
    const clients = [S3Client, SQSClient, DynamoDBClient].map((client) => client.prototype);
    const spies = clients.map((prototype) => {
      const send = prototype.send as (...args: unknown[]) => Promise<unknown>;
      return vi.spyOn(prototype, 'send').mockImplementation(async function dying(
        this: unknown,
        ...args: unknown[]
      ) {
        left -= 1;
        if (left < 0 || (left === 0 && !took)) {
          throw died;
        }
        const answer = await send.apply(this, args);
        if (left === 0) {
          throw died;
        }
        return answer;
      } as never);
    });
    return () => {
      for (const spy of spies) {
        spy.mockRestore();
      }
    };
  }
});

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import {
  compare,
  countAltered,
  countArrived,
  filteredByRule,
  latencies,
  readDeadLetters,
  readLedger,
  waitForDelivery,
} from '../../rehearsal/delivery.ts';
import { ledgerProblems } from '../../rehearsal/forward.ts';
import { corpusOf } from '../../rehearsal/input/corpus.ts';
import type { SimulatorState } from '../../rehearsal/vendors/simulator.ts';
import { clientsTo } from './clients.ts';

describe('compare', () => {
  const counted = (...ids: string[]) => {
    const counts = new Map<string, number>();
    for (const id of ids) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  };

  test('nothing is said of what arrived as it must', () => {
    expect(compare(counted('a', 'b', 'b'), counted('b', 'a', 'b'))).toEqual({
      events: 3,
      missing: 0,
      duplicates: 0,
      missingIds: [],
      duplicateIds: [],
    });
  });

  test('what did not arrive is missing, as often as it lacks', () => {
    expect(compare(counted('a', 'b', 'b', 'b'), counted('b'))).toMatchObject({
      events: 1,
      missing: 3,
      missingIds: ['a', 'b'],
      duplicates: 0,
    });
  });

  test('what arrived too often, or was never sent, is a duplicate', () => {
    expect(compare(counted('a'), counted('a', 'a', 'a', 'x'))).toMatchObject({
      events: 4,
      missing: 0,
      duplicates: 3,
      duplicateIds: ['a', 'x'],
    });
  });

  test('a duplicate does not make up for what is missing', () => {
    expect(compare(counted('a', 'b'), counted('a', 'a'))).toMatchObject({
      missing: 1,
      missingIds: ['b'],
      duplicates: 1,
      duplicateIds: ['a'],
    });
  });

  test('of many ids twenty are shown, and all are counted', () => {
    const ids = Array.from({ length: 50 }, (_, index) => `id-${index}`);

    const { missing, missingIds } = compare(counted(...ids), new Map());

    expect(missing).toBe(50);
    expect(missingIds).toEqual(ids.slice(0, 20));
  });

  test('however events are lost and repeated, the counts say so', () => {
    const fate = fc.record({ sent: fc.nat(3), arrived: fc.nat(3) });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fate), (fates) => {
        const counts = (of: 'sent' | 'arrived') =>
          new Map(Object.entries(fates).flatMap(([id, each]) => (each[of] > 0 ? [[id, each[of]]] : [])));
        const sum = (of: 'sent' | 'arrived') =>
          Object.values(fates).reduce((total, each) => total + each[of], 0);

        const { events, missing, duplicates, missingIds, duplicateIds } = compare(
          counts('sent'),
          counts('arrived'),
        );

        expect(events).toBe(sum('arrived'));
        expect(events - duplicates + missing).toBe(sum('sent'));
        expect(missing === 0 && duplicates === 0).toBe(
          Object.values(fates).every(({ sent, arrived }) => sent === arrived),
        );
        expect(missingIds.every((id) => (fates[id]?.arrived ?? 0) < (fates[id]?.sent ?? 0))).toBe(true);
        expect(duplicateIds.every((id) => (fates[id]?.arrived ?? 0) > (fates[id]?.sent ?? 0))).toBe(true);
      }),
    );
  });
});

describe('waiting for delivery', () => {
  const counting = (...counts: number[]) => {
    const remaining = [...counts];
    return vi.fn(async () => (remaining.length > 1 ? remaining.shift() : remaining[0]) ?? 0);
  };
  const onProgress = vi.fn<(arrived: number) => void>();
  const expected = { expectedEvents: 3, expectedDeadLetters: 1, onProgress, pollMs: 1, patienceMs: 60_000 };

  beforeEach(() => {
    onProgress.mockReset();
  });

  test('ends when every event is there and every poisonous file dead-lettered', async () => {
    const arrived = counting(0, 2, 3, 3);
    const deadLettered = counting(0, 0, 0, 1);

    await waitForDelivery({ ...expected, arrived, deadLettered });

    expect(arrived).toHaveBeenCalledTimes(4);
    expect(onProgress.mock.calls.flat()).toEqual([0, 2, 3, 3]);
  });

  test('ends at once where nothing is expected', async () => {
    const arrived = counting(0);

    await waitForDelivery({
      ...expected,
      expectedEvents: 0,
      expectedDeadLetters: 0,
      arrived,
      deadLettered: arrived,
    });

    expect(onProgress).toHaveBeenCalledOnce();
  });

  test('gives up when nothing has changed for as long as its patience lasts', async () => {
    const arrived = counting(1);

    await waitForDelivery({ ...expected, patienceMs: 20, arrived, deadLettered: counting(0) });

    expect(arrived.mock.calls.length).toBeGreaterThan(1);
  });

  test('is patient anew with every change, of either kind', async () => {
    let now = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const changing = (counts: number[]) => {
      const count = counting(...counts);
      return async () => {
        now += 30;
        return count();
      };
    };

    // Each look takes 60 of the clock's milliseconds, each change comes before 100 have passed.
    await waitForDelivery({
      ...expected,
      patienceMs: 100,
      arrived: changing([0, 1, 1, 2, 2, 3, 3, 3]),
      deadLettered: changing([0, 0, 0, 0, 0, 0, 0, 1]),
    });

    expect(onProgress.mock.calls.flat()).toEqual([0, 1, 1, 2, 2, 3, 3, 3]);
  });

  test('a failure to look is not taken for an answer', async () => {
    const arrived = async () => {
      throw new Error('no simulator');
    };

    await expect(waitForDelivery({ ...expected, arrived, deadLettered: counting(0) })).rejects.toThrow(
      'no simulator',
    );
  });
});

describe('latencies', () => {
  const acknowledged = (key: string, at: number) => ({
    object: ledgerKeyOf({ bucket: 'logs', key, versionId: 'v1' }),
    acknowledgedAt: new Date(at).toISOString(),
  });

  test('from creation to acknowledgement, in the order of creation', () => {
    const created = new Map([
      ['b/late #2', 2000],
      ['a/early', 1000],
      ['c/last', 3000],
    ]);
    const ledger = [
      acknowledged('a/early', 1500),
      acknowledged('b/late #2', 2100),
      acknowledged('c/last', 3300),
    ];

    expect(latencies(created, ledger)).toEqual({ p50: 300, p95: 500, max: 500, samples: [500, 100, 300] });
  });

  test('what was not acknowledged, or not uploaded, is no sample', () => {
    const ledger = [{ object: 'logs/a#etag=1' }, acknowledged('elsewhere', 1)];

    expect(latencies(new Map([['a', 1000]]), ledger)).toEqual({ p50: 0, p95: 0, max: 0, samples: [] });
  });

  test('an acknowledgement before the upload’s answer came is no time at all', () => {
    expect(latencies(new Map([['a', 1000]]), [acknowledged('a', 990)]).samples).toEqual([0]);
  });

  test('the quantiles are samples, in order, whatever the samples are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1 }), (waits) => {
        const created = new Map(waits.map((_, index) => [`key-${index}`, 1_000_000 + index]));
        const ledger = waits.map((wait, index) => acknowledged(`key-${index}`, 1_000_000 + index + wait));

        const { p50, p95, max, samples } = latencies(created, ledger);

        expect(samples).toEqual(waits);
        expect(waits).toEqual(expect.arrayContaining([p50, p95, max]));
        expect([p50, p95, max]).toEqual([p50, p95, max].toSorted((left, right) => left - right));
        expect(max).toBe(Math.max(...waits));
      }),
    );
  });
});

describe('what is read from AWS', () => {
  const dynamoDb = mockClient(DynamoDBClient);
  const sqs = mockClient(SQSClient);

  beforeEach(() => {
    dynamoDb.reset();
    sqs.reset();
  });

  test('the ledger, page by page', async () => {
    dynamoDb
      .on(ScanCommand)
      .resolvesOnce({
        Items: [{ object: { S: 'a' }, state: { S: 'forwarding' } }],
        LastEvaluatedKey: { object: { S: 'a' } },
      })
      .resolvesOnce({
        Items: [
          {
            object: { S: 'b' },
            state: { S: 'acknowledged' },
            acknowledgedAt: { S: 'then' },
            readRecords: { N: '3' },
            droppedByRule: { M: { reads: { N: '2' } } },
            filter: { S: '0123456789abcdef' },
          },
        ],
      });

    await expect(readLedger(clientsTo({ dynamoDb: new DynamoDBClient({}) }), 'table')).resolves.toEqual([
      { object: 'a', state: 'forwarding', droppedByRule: new Map() },
      {
        object: 'b',
        state: 'acknowledged',
        acknowledgedAt: 'then',
        readRecords: 3,
        droppedByRule: new Map([['reads', 2]]),
        filter: '0123456789abcdef',
      },
    ]);
  });

  test('dead letters, until there are no more, with what can be told of each', async () => {
    const message = JSON.stringify({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'logs' }, object: { key: 'a.json.gz' } },
    });
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    sqs
      .on(ReceiveMessageCommand)
      .resolvesOnce({
        Messages: [
          {
            Body: message,
            MessageAttributes: { Reason: attribute('NotGzip'), Detail: attribute('No magic number.') },
          },
        ],
      })
      .resolvesOnce({ Messages: [{ Body: 'not JSON' }, { Body: '{}' }] })
      .resolves({});

    await expect(readDeadLetters(clientsTo({ sqs: new SQSClient({}) }), 'queue')).resolves.toEqual([
      { key: 'a.json.gz', reason: 'NotGzip', detail: 'No magic number.' },
      { key: '(not a message about an object)', reason: 'none given', detail: '' },
      { key: '(not a message about an object)', reason: 'none given', detail: '' },
    ]);
  });
});

test('an event with other content than the input has is altered, whatever its id', () => {
  const contents = new Map([['a', new Set(['hash-a'])]]);

  const altered = countAltered(
    contents,
    new Map([
      ['a', { count: 1, contents: ['hash-a'] }],
      ['of another file', { count: 1, contents: ['x'] }],
    ]),
  );

  expect(altered).toBe(0);
  expect(countAltered(contents, new Map([['a', { count: 2, contents: ['hash-a', 'other'] }]]))).toBe(1);
});

describe('the ledger', () => {
  const key = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/15/x.json.gz';
  const corpus = corpusOf('x', [{ key, body: gzipSync('{"Records":[]}') }]);
  const sha256 = createHash('sha256').update('{"Records":[]}').digest('hex');
  const counted = { readRecords: 0, droppedByRule: new Map() };
  const entry = { object: `bucket/${key}#version=1`, state: 'acknowledged', sha256, ...counted } as const;

  test('knows of every file, with its hash', () => {
    expect(ledgerProblems(corpus, [entry])).toEqual([]);
  });

  test.each([
    ['nothing', []],
    ['a file under way', [{ ...entry, state: 'forwarding' } as const]],
    ['another hash', [{ ...entry, sha256: 'x' }]],
    ['more records', [{ ...entry, readRecords: 1 }]],
    ['records that no rule drops', [{ ...entry, droppedByRule: new Map([['rule 1', 1]]) }]],
  ])('that holds %s is a problem', (_what, ledger) => {
    expect(ledgerProblems(corpus, ledger)).toHaveLength(1);
  });
});

test('what was filtered is summed up by rule', () => {
  const dropped = (...counts: [string, number][]) => ({ droppedByRule: new Map(counts) });

  expect(filteredByRule([dropped(['a', 1], ['b', 2]), dropped(), dropped(['a', 3])])).toEqual({ a: 4, b: 2 });
});

describe('how many have arrived', () => {
  const expected = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const simulator = (cloudone: number, visionone: number) => ({
    url: 'http://127.0.0.1:1',
    state: () =>
      ({ received: { cloudone: { events: cloudone }, visionone: { events: visionone } } }) as SimulatorState,
  });
  const arrived = (...counts: readonly (readonly [eventID: string, count: number])[]) =>
    vi
      .spyOn(globalThis, 'fetch')
      .mockResolvedValue(
        new Response(
          counts.map(([eventID, count]) => JSON.stringify({ eventID, count, contents: [] })).join('\n'),
        ),
      );
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is the vendors’ own number while events are lacking, and no id is asked for', async () => {
    const fetch = arrived();

    await expect(countArrived(simulator(1, 1), expected)).resolves.toBe(2);
    expect(fetch).not.toHaveBeenCalled();
  });

  test('is by id when there are enough: a duplicate does not make up for what is missing', async () => {
    arrived(['a', 2], ['b', 1]);

    await expect(countArrived(simulator(3, 0), expected)).resolves.toBe(2);
  });

  test('is all when each has arrived as often as it must', async () => {
    arrived(['a', 1], ['b', 2]);

    await expect(countArrived(simulator(0, 3), expected)).resolves.toBe(3);
  });
});

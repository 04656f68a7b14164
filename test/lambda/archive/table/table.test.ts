import { DeleteItemCommand, DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_TABLE_KEYS, type AuditSource } from '../../../../contract/archive.ts';
import { LeasedItem, LeaseLostError } from '../../../../lambda/archive/table/lease.ts';
import { STORING_MS, type StaleHour, StaleHours } from '../../../../lambda/archive/table/stale-hours.ts';
import { mockDynamoDb } from '../../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../../stand-ins/dynamodb/table.ts';
import { collected } from '../collected.ts';

const dynamoDb = new DynamoDBClient({ region: 'us-east-1' });
let table: Table;
let aws: ReturnType<typeof mockDynamoDb>;
beforeEach(() => {
  table = new Table(['pk', 'sk']);
  aws = mockDynamoDb(table);
});

const MARKED_BY_HAND: StaleHour = {
  source: 'cloudone',
  hour: '20260301T10',
  mark: 'by hand',
  since: 1772355600000,
  storingUntil: 0,
  triedAt: 0,
};

describe('stale hours', () => {
  const hours = () => new StaleHours(dynamoDb, 'table');
  const marked = (source: AuditSource, hour: string, now: number, store = async () => {}) =>
    hours().storing(source, hour, () => now, store);
  const theOnly = async () => {
    const all = await collected(hours().list('cloudone'));
    expect(all).toHaveLength(1);
    return all[0] as StaleHour;
  };

  test('are told oldest first, over pages, of one source', async () => {
    table.pageSize = 2;
    const names = ['20260302T00', '20260228T23', '20260301T10', '20000101T00', '20260301T09'];
    for (const [index, hour] of names.entries()) {
      await marked('cloudone', hour, index);
    }
    await marked('ibmcloud', '20260301T11', 9);
    const told = await collected(hours().list('cloudone'));
    expect(told.map(({ hour }) => hour)).toEqual(names.toSorted());
    expect(told.map(({ since }) => since)).toEqual(names.toSorted().map((hour) => names.indexOf(hour)));
    expect(await collected(hours().list('appdynamics'))).toEqual([]);
  });

  test('are stale since they were first marked, until they are cleared', async () => {
    await marked('cloudone', '20260301T10', 1);
    await marked('cloudone', '20260301T10', 2);
    const [stale] = await collected(hours().list('cloudone'));
    expect(stale).toMatchObject({ since: 1 });
    expect(await hours().clear(stale as never)).toBe(true);
    expect(await collected(hours().list('cloudone'))).toEqual([]);
    expect(await hours().clear(stale as never)).toBe(false);
  });

  test('stay stale where they were marked again meanwhile', async () => {
    await marked('cloudone', '20260301T10', 1);
    const [seen] = await collected(hours().list('cloudone'));
    await marked('cloudone', '20260301T10', 1);
    expect(await hours().clear(seen as never)).toBe(false);
    expect(await collected(hours().list('cloudone'))).toHaveLength(1);
  });

  test('say what DynamoDB refuses', async () => {
    for (const command of [UpdateItemCommand, QueryCommand, DeleteItemCommand] as const) {
      aws.on(command as never).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    }
    const refused = { name: 'AwsCallError', message: expect.stringContaining('AccessDenied') };
    const stale: StaleHour = { ...MARKED_BY_HAND, source: 'cloudone', hour: '20260301T10', mark: 'm' };
    await expect(marked('cloudone', '20260301T10', 1)).rejects.toMatchObject(refused);
    await expect(collected(hours().list('cloudone'))).rejects.toMatchObject(refused);
    await expect(hours().clear(stale)).rejects.toMatchObject(refused);
    await expect(hours().tried(stale, 1)).rejects.toMatchObject(refused);
  });

  test('tell until when something may still be stored in them: while it is, and after it failed', async () => {
    await marked('cloudone', '20260301T10', 5, async () => {
      expect(await theOnly()).toMatchObject({ storingUntil: 5 + STORING_MS });
    });
    expect(await theOnly()).toMatchObject({ storingUntil: 0 });

    const failed = marked('cloudone', '20260301T10', 7, () => Promise.reject(new Error('no answer')));
    await expect(failed).rejects.toThrow('no answer');
    expect(await theOnly()).toMatchObject({ storingUntil: 7 + STORING_MS });
  });

  test('do not forget what one was storing because another has stored', async () => {
    const given = marked('cloudone', '20260301T10', 7, () => Promise.reject(new Error('given up')));
    await expect(given).rejects.toThrow('given up');
    await marked('cloudone', '20260301T10', 100, async () => {
      expect(await theOnly()).toMatchObject({ storingUntil: 100 + STORING_MS });
    });
    expect(await theOnly()).toMatchObject({ storingUntil: 7 + STORING_MS });
  });

  test('are marked again by who has stored after the time was over, and the mark was gone', async () => {
    await marked('cloudone', '20260301T10', 7, async () => {
      await hours().clear(await theOnly());
    });
    expect(await theOnly()).toMatchObject({ since: 7, storingUntil: 0 });
  });

  test('remember when they were last tried, and are not stale for that', async () => {
    await marked('cloudone', '20260301T10', 1);
    const seen = await theOnly();
    expect(seen).toMatchObject({ triedAt: 0 });
    await hours().tried(seen, 33);
    expect(await theOnly()).toMatchObject({ triedAt: 33, mark: seen.mark });
    await hours().clear(seen);
    await hours().tried(seen, 44);
    expect(await collected(hours().list('cloudone'))).toEqual([]);
  });

  test('may be marked by hand, as the runbook says', async () => {
    table.putItem({
      TableName: 'table',
      Item: {
        pk: { S: 'stale#cloudone' },
        sk: { S: '20260301T10' },
        staleMark: { S: 'by hand' },
        staleSince: { N: '1772355600000' },
      },
    });
    expect(await theOnly()).toEqual(MARKED_BY_HAND);
    expect(await hours().clear(await theOnly())).toBe(true);
  });
});

describe('a lease', () => {
  const item = (owner: string) =>
    new LeasedItem({ dynamoDb, table: 'table' }, ARCHIVE_TABLE_KEYS.derivation, owner);

  test('is taken by one at a time, and by the next when it is over or given back', async () => {
    expect(await item('a').take(100, 1)).toMatchObject({ isOurs: true });
    expect(await item('b').take(200, 99)).toMatchObject({ isOurs: false, item: { leaseOwner: { S: 'a' } } });
    expect(await item('b').take(200, 101)).toMatchObject({ isOurs: true });
    await expect(item('a').write({ x: { S: 'late' } })).rejects.toBeInstanceOf(LeaseLostError);
    await expect(item('a').release()).rejects.toBeInstanceOf(LeaseLostError);
    await item('b').write({ x: { S: 'in time' } });
    await item('b').release({ y: { S: 'last word' } });
    const { isOurs, item: kept } = await item('c').take(300, 102);
    expect(isOurs).toBe(true);
    expect(kept).toMatchObject({ x: { S: 'in time' }, y: { S: 'last word' } });
  });

  test('sets what is set once', async () => {
    const initial = (time: string) => ({ since: { N: time } });
    await item('a').take(100, 1, initial('1'));
    const { item: kept } = await item('b').take(300, 200, initial('200'));
    expect(kept.since).toEqual({ N: '1' });
  });
});

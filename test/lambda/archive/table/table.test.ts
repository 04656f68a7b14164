import { DeleteItemCommand, DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { ARCHIVE_TABLE_KEYS } from '../../../../contract/archive.ts';
import { LeasedItem, LeaseLostError } from '../../../../lambda/archive/table/lease.ts';
import { StaleHours } from '../../../../lambda/archive/table/stale-hours.ts';
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

describe('stale hours', () => {
  const hours = () => new StaleHours(dynamoDb, 'table');

  test('are told oldest first, over pages, of one source', async () => {
    table.pageSize = 2;
    const names = ['20260302T00', '20260228T23', '20260301T10', '20000101T00', '20260301T09'];
    for (const [index, hour] of names.entries()) {
      await hours().mark('cloudone', hour, index);
    }
    await hours().mark('ibmcloud', '20260301T11', 9);
    const told = await collected(hours().list('cloudone'));
    expect(told.map(({ hour }) => hour)).toEqual(names.toSorted());
    expect(told.map(({ since }) => since)).toEqual(names.toSorted().map((hour) => names.indexOf(hour)));
    expect(await collected(hours().list('appdynamics'))).toEqual([]);
  });

  test('are stale since they were first marked, until they are cleared', async () => {
    await hours().mark('cloudone', '20260301T10', 1);
    await hours().mark('cloudone', '20260301T10', 2);
    const [stale] = await collected(hours().list('cloudone'));
    expect(stale).toMatchObject({ since: 1 });
    expect(await hours().clear(stale as never)).toBe(true);
    expect(await collected(hours().list('cloudone'))).toEqual([]);
    expect(await hours().clear(stale as never)).toBe(false);
  });

  test('stay stale where they were marked again meanwhile', async () => {
    await hours().mark('cloudone', '20260301T10', 1);
    const [seen] = await collected(hours().list('cloudone'));
    await hours().mark('cloudone', '20260301T10', 1);
    expect(await hours().clear(seen as never)).toBe(false);
    expect(await collected(hours().list('cloudone'))).toHaveLength(1);
  });

  test('say what DynamoDB refuses', async () => {
    for (const command of [UpdateItemCommand, QueryCommand, DeleteItemCommand] as const) {
      aws.on(command as never).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    }
    const refused = { name: 'AwsCallError', message: expect.stringContaining('AccessDenied') };
    const stale = { source: 'cloudone', hour: '20260301T10', mark: 'm', since: 1 } as const;
    await expect(hours().mark('cloudone', '20260301T10', 1)).rejects.toMatchObject(refused);
    await expect(collected(hours().list('cloudone'))).rejects.toMatchObject(refused);
    await expect(hours().clear(stale)).rejects.toMatchObject(refused);
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

/** Compare and set, in a table that heeds the condition. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { circuitKey, type Opening } from '../../../contract/circuit.ts';

import { CircuitStore } from '../../../lambda/forwarding/circuit-store.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';

const { signal } = new AbortController();
const PAUSE: Opening = {
  openedAt: 1_000,
  until: 2_000,
  openings: 1,
  probing: false,
  reason: 'DestinationUnavailable',
  detail: 'It answered 503.',
};
const AGAIN: Opening = { ...PAUSE, until: 3_000, openings: 2, probing: true };

let table: Table;
let store: CircuitStore;

beforeEach(() => {
  table = new Table();
  mockDynamoDb(table);
  store = new CircuitStore(new DynamoDBClient({}), 'ledger', 'CloudOne');
});

it('tells what was written, which each destination has for itself', async () => {
  const seen = await store.read(signal);
  expect(seen).toEqual({ revision: 0, opening: undefined });

  const written = await store.change(seen, PAUSE, signal);

  expect(written).toEqual({ won: true, state: { revision: 1, opening: PAUSE } });
  expect(await store.read(signal)).toEqual(written.state);
  const other = new CircuitStore(new DynamoDBClient({}), 'ledger', 'VisionOne');
  expect(await other.read(signal)).toEqual(seen);
});

it.each([
  ['the first change', 0],
  ['a later change', 2],
])('of two that saw the same, one makes %s, and the other is told of it', async (_name, changes) => {
  for (let change = 0; change < changes; change += 1) {
    await store.change(await store.read(signal), PAUSE, signal);
  }
  const seen = await store.read(signal);

  const first = await store.change(seen, AGAIN, signal);
  const second = await store.change(seen, PAUSE, signal);

  expect(first).toEqual({ won: true, state: { revision: changes + 1, opening: AGAIN } });
  expect(second).toEqual({ won: false, state: first.state });
  expect(await store.read(signal)).toEqual(first.state);
});

it('leaves nothing of a opening that is over, but the count of changes', async () => {
  const open = await store.change(await store.read(signal), PAUSE, signal);

  const closed = await store.change(open.state, undefined, signal);

  expect(closed).toEqual({ won: true, state: { revision: 2, opening: undefined } });
  expect(table.items.get(circuitKey('CloudOne'))).toEqual({
    object: { S: circuitKey('CloudOne') },
    revision: { N: '2' },
    expiresAt: { N: expect.any(String) },
  });
});

it('keeps nothing that cannot be understood open', async () => {
  const key = circuitKey('CloudOne');
  table.items.set(key, { object: { S: key }, revision: { N: '4' }, reason: { S: 'Whatever' } });

  expect(await store.read(signal)).toEqual({ revision: 4, opening: undefined });
});

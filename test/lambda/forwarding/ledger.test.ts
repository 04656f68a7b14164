/** What each of the ledger's writes is refused for, and what it leaves behind, in a table that heeds its conditions. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { type Acknowledgement, Ledger } from '../../../lambda/forwarding/ledger.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';

const { signal } = new AbortController();
const OBJECT = { bucket: 'bucket', key: 'key', versionId: '1' };
const MINUTE = 60_000;
const NOTHING_YET = { parts: 0, records: 0 };
const PROGRESS = { parts: 2, records: 30 };

let table: Table;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-20T07:00:00Z') });
  table = new Table();
  mockDynamoDb(table);
});
afterEach(() => vi.useRealTimers());

function ledger(destination = 'CloudOne', filter = 'none'): Ledger {
  return new Ledger(new DynamoDBClient({}), 'ledger', destination, filter);
}

const claim = (owner: string, by = ledger()) =>
  by.claim(OBJECT, { owner, until: Date.now() + MINUTE }, signal);
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const item = () => table.items.get(ledgerKeyOf(OBJECT));

function acknowledge(by = ledger()): Promise<void> {
  const acknowledgement: Acknowledgement = {
    parts: 3,
    records: 40,
    readRecords: 42,
    droppedByRule: new Map([['reads', 2]]),
    rawBytes: 9_000,
    sha256: 'abc',
    acknowledgedAt: new Date(),
  };
  return by.acknowledge(OBJECT, acknowledgement, signal);
}

describe('a claim', () => {
  it('gets what nobody has, from its beginning', async () => {
    expect(await claim('a')).toEqual({
      status: 'claimed',
      progress: NOTHING_YET,
      unfinishedClaims: 0,
      failedTries: 0,
    });
    expect(item()).toMatchObject({
      object: { S: ledgerKeyOf(OBJECT) },
      state: { S: 'forwarding' },
      leaseOwner: { S: 'a' },
      leaseUntil: { N: String(Date.now() + MINUTE) },
    });
  });

  it('does not get what another has, up to the lease’s last millisecond', async () => {
    await claim('a');

    expect(await claim('b')).toEqual({ status: 'held' });
    pass(MINUTE);
    expect(await claim('b')).toEqual({ status: 'held' });
    expect(item()).toMatchObject({ leaseOwner: { S: 'a' }, claims: { N: '1' } });
    pass(1);
    expect(await claim('b')).toMatchObject({ status: 'claimed', unfinishedClaims: 1 });
    expect(item()).toMatchObject({ leaseOwner: { S: 'b' } });
  });

  it('gets what is its own already', async () => {
    await claim('a');

    expect(await claim('a')).toMatchObject({ status: 'claimed', unfinishedClaims: 1 });
  });

  it('goes on after what was acknowledged', async () => {
    await claim('a');
    await ledger().recordProgress(OBJECT, 'a', PROGRESS, signal);
    pass(2 * MINUTE);

    expect(await claim('b')).toMatchObject({ status: 'claimed', progress: PROGRESS });
  });

  it.each([
    ['destination', ledger('VisionOne')],
    ['filter', ledger('CloudOne', 'fedcba9876543210')],
  ])('begins anew where the %s has changed', async (_name, other) => {
    await claim('a');
    await ledger().recordProgress(OBJECT, 'a', PROGRESS, signal);
    pass(2 * MINUTE);

    expect(await claim('b', other)).toMatchObject({ status: 'claimed', progress: NOTHING_YET });
  });

  it('does not get what is acknowledged, at any time, unless by another destination', async () => {
    await acknowledge();
    pass(1000 * MINUTE);

    expect(await claim('a')).toEqual({ status: 'acknowledged' });
    expect(item()).toMatchObject({ state: { S: 'acknowledged' } });
    expect(await claim('a', ledger('CloudOne', 'fedcba9876543210'))).toEqual({ status: 'acknowledged' });
    expect(await claim('a', ledger('VisionOne'))).toMatchObject({ status: 'claimed', progress: NOTHING_YET });
    expect(await claim('b', ledger('VisionOne'))).toEqual({ status: 'held' });
  });
});

describe('progress', () => {
  it('is not noted by whoever has lost the lease', async () => {
    await claim('a');
    pass(2 * MINUTE);
    await claim('b');

    const noting = ledger().recordProgress(OBJECT, 'a', PROGRESS, signal);

    await expect(noting).rejects.toMatchObject({ name: 'RetryableError', reason: 'LeaseLost' });
    expect(item()).toMatchObject({ parts: { N: '0' }, records: { N: '0' } });
  });

  it('is not noted of what was acknowledged meanwhile', async () => {
    await claim('a');
    await acknowledge();

    const noting = ledger().recordProgress(OBJECT, 'a', PROGRESS, signal);

    await expect(noting).rejects.toMatchObject({ reason: 'LeaseLost' });
    expect(item()).toMatchObject({ parts: { N: '3' }, records: { N: '40' } });
  });
});

describe('an acknowledgement', () => {
  it('counts whoever holds the lease, and leaves nothing of the tries', async () => {
    await claim('a');
    await ledger().release(OBJECT, 'a', { reason: 'ObjectUnreadable', failedTries: 2 }, signal);
    await claim('b');

    await acknowledge();

    expect(item()).toEqual({
      object: { S: ledgerKeyOf(OBJECT) },
      state: { S: 'acknowledged' },
      parts: { N: '3' },
      records: { N: '40' },
      readRecords: { N: '42' },
      droppedRecords: { N: '2' },
      droppedByRule: { M: { reads: { N: '2' } } },
      filter: { S: 'none' },
      rawBytes: { N: '9000' },
      sha256: { S: 'abc' },
      acknowledgedAt: { S: new Date().toISOString() },
      destination: { S: 'CloudOne' },
      expiresAt: { N: expect.any(String) },
    });
  });
});

describe('a release', () => {
  const failure = { reason: 'DestinationUnavailable', failedTries: 1 };

  it('lets the next try begin at once, which is told of it', async () => {
    await claim('a');

    await ledger().release(OBJECT, 'a', failure, signal);

    expect(await claim('b')).toMatchObject({ status: 'claimed', unfinishedClaims: 0, failedTries: 1 });
  });

  it('takes nothing from whoever has it by now', async () => {
    await claim('a');
    pass(2 * MINUTE);
    await claim('b');
    const before = item();

    await ledger().release(OBJECT, 'a', failure, signal);

    expect(item()).toEqual(before);
    expect(await claim('c')).toEqual({ status: 'held' });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CircuitState, Opening } from '../../../contract/circuit.ts';
import { Circuit } from '../../../lambda/forwarding/circuit.ts';
import { PoisonError, RetryableError } from '../../../lambda/forwarding/failures.ts';
import { logger } from '../../../lambda/shared/logger.ts';

const { signal } = new AbortController();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const REMAINING_MS = 2 * MINUTE;

/** The item, with the compare and set of the real store. */
class SharedItem {
  state: CircuitState = { revision: 0, opening: undefined };
  reads = 0;
  writes = 0;
  fails: 'never' | 'reads' | 'writes' | 'always' = 'never';

  async read(): Promise<CircuitState> {
    this.reads += 1;
    if (['reads', 'always'].includes(this.fails)) {
      throw new Error('throttled');
    }
    return this.state;
  }

  async change(seen: CircuitState, opening: Opening | undefined) {
    this.writes += 1;
    if (['writes', 'always'].includes(this.fails)) {
      throw new Error('throttled');
    }
    const won = seen.revision === this.state.revision;
    if (won) {
      this.state = { revision: seen.revision + 1, opening };
    }
    return { won, state: this.state };
  }
}

let item: SharedItem;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-20T07:00:00Z') });
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(logger, level).mockReturnValue(undefined);
  }
  item = new SharedItem();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const away = (afterMs?: number) =>
  new RetryableError('DestinationUnavailable', 'It answered 503.', { afterMs });
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const enter = (circuit: Circuit) => circuit.enter(REMAINING_MS, signal);

async function fail(circuit: Circuit, times: number, error: unknown = away()): Promise<void> {
  for (let object = 0; object < times; object += 1) {
    await circuit.failed(`object-${object}`, error, signal);
  }
}

/** A process that has opened the circuit. */
async function openCircuit(error?: unknown): Promise<Circuit> {
  const circuit = new Circuit(item);
  await enter(circuit);
  await fail(circuit, 3, error);
  return circuit;
}

const openForMs = (circuit: Circuit) =>
  circuit.opening === undefined ? 0 : circuit.opening.until - Date.now();

describe('a closed circuit', () => {
  it('opens after three different objects in a row, for half a minute', async () => {
    const circuit = new Circuit(item);
    await enter(circuit);
    await fail(circuit, 2);
    expect(circuit.opening).toBeUndefined();

    await fail(circuit, 3);

    expect(circuit.opening).toMatchObject({ openings: 1, reason: 'DestinationUnavailable' });
    expect(openForMs(circuit)).toBe(30_000);
    expect(item.state.opening).toEqual(circuit.opening);
  });

  it.each(['DestinationUnauthorized', 'TokenUnreadable'] as const)('opens for %s too', async (reason) => {
    const circuit = await openCircuit(new RetryableError(reason, 'no'));

    expect(circuit.opening).toMatchObject({ reason });
  });

  it.each([
    [
      'a failure of one object over and over',
      async (circuit: Circuit) => {
        for (let i = 0; i < 10; i += 1) {
          await circuit.failed('the-same', away(), signal);
        }
      },
    ],
    [
      'failures with successes between them',
      async (circuit: Circuit) => {
        for (let i = 0; i < 10; i += 1) {
          await circuit.failed(`object-${i}`, away(), signal);
          await circuit.failed(`other-${i}`, away(), signal);
          await circuit.passed(signal);
        }
      },
    ],
    [
      'failures with refusals of content between them',
      async (circuit: Circuit) => {
        for (let i = 0; i < 10; i += 1) {
          await circuit.failed(`object-${i}`, away(), signal);
          await circuit.failed(`other-${i}`, away(), signal);
          await circuit.failed(`bad-${i}`, new PoisonError('DestinationRefused', '400'), signal);
        }
      },
    ],
    [
      'failures of others',
      (circuit: Circuit) => fail(circuit, 10, new RetryableError('LedgerUnavailable', 'no')),
    ],
    ['poison', (circuit: Circuit) => fail(circuit, 10, new PoisonError('NotGzip', 'no'))],
  ])('stays so through %s', async (_name, trouble) => {
    const circuit = new Circuit(item);
    await enter(circuit);

    await trouble(circuit);

    expect(circuit.opening).toBeUndefined();
    expect(item.writes).toBe(0);
  });

  it('costs one read in ten seconds, and no write', async () => {
    const circuit = new Circuit(item);
    for (let batch = 0; batch < 100; batch += 1) {
      await enter(circuit);
      await circuit.passed(signal);
      await circuit.leave(signal);
      pass(99);
    }

    expect([item.reads, item.writes]).toEqual([1, 0]);
    pass(101);
    await enter(circuit);
    expect(item.reads).toBe(2);
  });
});

describe('an open circuit', () => {
  it('is known to another process within ten seconds', async () => {
    const other = new Circuit(item);
    await enter(other);
    const circuit = await openCircuit();

    pass(10_000);
    await enter(other);

    expect(other.opening).toEqual(circuit.opening);
  });

  it('stays open as long as the destination asked, up to an hour', async () => {
    expect(openForMs(await openCircuit(away(20 * MINUTE)))).toBe(20 * MINUTE);
    item = new SharedItem();
    expect(openForMs(await openCircuit(away(365 * DAY)))).toBe(60 * MINUTE);
  });

  it('is opened once, whoever else finds out at the same time', async () => {
    const circuits = [new Circuit(item), new Circuit(item), new Circuit(item)];
    await Promise.all(circuits.map(enter));

    await Promise.all(circuits.map((circuit) => fail(circuit, 5)));

    expect(item.state.opening).toMatchObject({ openings: 1 });
    expect(circuits.map(({ opening }) => opening)).toEqual(circuits.map(() => item.state.opening));
  });

  it('is opened over a change that was missed', async () => {
    const circuit = new Circuit(item);
    await enter(circuit);
    item.state = { revision: 7, opening: undefined };

    await fail(circuit, 3);

    expect(item.state).toMatchObject({ revision: 8, opening: { openings: 1 } });
  });

  it('lets one process try when that is due, and the others wait for it', async () => {
    const first = await openCircuit();
    const second = new Circuit(item);
    await enter(second);
    pass(30_000);

    await enter(first);
    await enter(second);

    expect([first.probing, second.probing]).toEqual([true, false]);
    expect(first.opening).toBeUndefined();
    expect(second.opening).toMatchObject({ probing: true });
  });

  it('closes for all with the first success of that try', async () => {
    const first = await openCircuit();
    const second = new Circuit(item);
    await enter(second);
    pass(30_000);
    await enter(first);

    await first.passed(signal);
    pass(10_000);
    await enter(second);

    expect([first, second].map(({ opening, probing, isOpen }) => [opening, probing, isOpen])).toEqual([
      [undefined, false, false],
      [undefined, false, false],
    ]);
  });

  it('closes also if the destination refuses only the content', async () => {
    const circuit = await openCircuit();
    pass(30_000);
    await enter(circuit);

    await circuit.failed('bad', new PoisonError('DestinationRefused', '400'), signal);

    expect(item.state.opening).toBeUndefined();
  });

  it('waits longer with every try that fails, up to a quarter of an hour', async () => {
    const circuit = await openCircuit();
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      waits.push(openForMs(circuit) / 1000);
      pass(openForMs(circuit));
      await enter(circuit);
      expect(circuit.probing).toBe(true);
      await circuit.failed('object', away(), signal);
      expect(circuit.probing).toBe(false);
    }

    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
    const elapsedMs = Date.now() - (circuit.opening?.openedAt ?? 0);
    expect(elapsedMs).toBe(waits.reduce((sum, seconds) => sum + seconds * 1000, 0));
  });

  it('is tried again at once where a try told nothing', async () => {
    const circuit = await openCircuit();
    pass(30_000);
    await enter(circuit);
    await circuit.failed('object', new RetryableError('ObjectUnreadable', 'S3 is slow'), signal);
    expect(circuit.probing).toBe(true);

    await circuit.leave(signal);
    await enter(circuit);

    expect(circuit.probing).toBe(true);
    expect(item.state.opening).toMatchObject({ openings: 1 });
  });

  it('is tried by another when the one that tried has died', async () => {
    const first = await openCircuit();
    pass(30_000);
    await enter(first);
    const second = new Circuit(item);
    pass(REMAINING_MS);
    await enter(second);
    expect(second.probing).toBe(false);

    pass(10_000);
    await enter(second);

    expect(second.probing).toBe(true);
  });

  it('is not held open by a time that no opening of ours can have', async () => {
    const circuit = await openCircuit();
    const { opening } = item.state;
    item.state = { revision: 9, opening: { ...(opening as Opening), until: Date.now() + 365 * DAY } };
    pass(10_000);
    await enter(circuit);

    expect(circuit.probing).toBe(true);
  });
});

describe('a ledger that is away', () => {
  it('leaves the circuit closed', async () => {
    item.fails = 'always';
    const circuit = new Circuit(item);

    await enter(circuit);

    expect(circuit.opening).toBeUndefined();
  });

  it('opens for one process alone, and to go on by itself', async () => {
    item.fails = 'always';
    const circuit = await openCircuit();
    expect(openForMs(circuit)).toBe(30_000);
    pass(20_000);
    await enter(circuit);
    expect(circuit.opening).toBeDefined();

    pass(10_000);
    await enter(circuit);

    expect([circuit.opening, circuit.probing]).toEqual([undefined, false]);
  });

  it('does not make a batch wait for long', async () => {
    vi.useRealTimers();
    const circuit = new Circuit({ ...item, read: () => new Promise(() => undefined), change: item.change });

    await enter(circuit);

    expect(circuit.opening).toBeUndefined();
  });
});

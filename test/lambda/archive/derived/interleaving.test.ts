/**
 * Collectors and derivations at once, in whatever order their calls are sent, take effect and are answered: nothing is left that is
 * neither derived nor marked.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { derive } from '../../../../lambda/archive/derived/derive.ts';
import { RawArchive } from '../../../../lambda/archive/raw/raw-archive.ts';
import { readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import type { ObjectStore, PutOptions } from '../../../../lambda/archive/store/object-store.ts';
import { STORING_MS, StaleHours } from '../../../../lambda/archive/table/stale-hours.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { mockDynamoDb } from '../../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../../stand-ins/dynamodb/table.ts';
import { collected } from '../collected.ts';
import { MemoryStore } from '../memory-store.ts';
import { eventOf, HOUR, MIDNIGHT, rowsOf } from './events.ts';

const MINUTE = 60_000;
const EVERYTHING = { sources: ['cloudone' as const], from: 0, to: Number.POSITIVE_INFINITY };

/** What befalls one run: it is killed at one of its calls, and does not wait for the answer of another. */
interface Fate {
  readonly diesAt: number;
  readonly givesUpAt: number;
}

class Brokenness extends Error {
  override readonly name = 'Brokenness';
}

type Who = 'collector' | 'derivation';

/** So many steps of one are taken, those of the network for it among them or not. */
interface Burst {
  readonly who: Who;
  readonly withNetwork: boolean;
  readonly steps: number;
}

/** Whose step is next. A step is a call that is sent, that takes effect, or that is answered. */
class Turns {
  readonly #waiting = { collector: [] as (() => void)[], derivation: [] as (() => void)[] };
  readonly #onTheWay = { collector: [] as (() => void)[], derivation: [] as (() => void)[] };

  step(who: Who): Promise<void> {
    return new Promise((resolve) => this.#waiting[who].push(resolve));
  }

  /** Not of a process any more: it happens even if the process is gone. */
  effect(who: Who): Promise<void> {
    return new Promise((resolve) => this.#onTheWay[who].push(resolve));
  }

  async take(bursts: readonly Burst[], all: Promise<unknown>): Promise<void> {
    const everybody = (['collector', 'derivation'] as const).map((who) => ({
      who,
      withNetwork: true,
      steps: 1,
    }));
    let isOver = false;
    const over = all.finally(() => {
      isOver = true;
    });
    for (const burst of bursts) {
      for (let step = 0; step < burst.steps && (await this.#takeOne(burst)); step += 1);
    }
    while (!isOver || Object.values(this.#onTheWay).some(({ length }) => length > 0)) {
      for (const each of everybody) {
        await this.#takeOne(each);
      }
    }
    await over;
  }

  /** @returns false where there is none to be taken. */
  async #takeOne({ who, withNetwork }: Burst): Promise<boolean> {
    // Compression and the SDK take a few turns of the event loop to come to the next call.
    for (let patience = 0; patience < 40; patience += 1) {
      const next = this.#waiting[who].shift() ?? (withNetwork ? this.#onTheWay[who].shift() : undefined);
      if (next !== undefined) {
        next();
        await new Promise(setImmediate);
        return true;
      }
      await new Promise(setImmediate);
    }
    return false;
  }
}

/** A run, each call of which takes its turns. */
class Process {
  readonly #turns: Turns;
  readonly #who: Who;
  readonly #fate: Fate;
  #calls = 0;

  constructor(turns: Turns, who: Who, fate: Fate) {
    this.#turns = turns;
    this.#who = who;
    this.#fate = fate;
  }

  /** What was sent takes effect, whatever becomes of the one who has sent it, and be it long after. */
  async call<T>(name: string, act: () => T | Promise<T>): Promise<T> {
    this.#calls += 1;
    const call = this.#calls;
    this.#expectAlive(call);
    await this.#turns.step(this.#who);
    const effect = this.#turns.effect(this.#who).then(act);
    effect.catch(() => undefined);
    if (call === this.#fate.givesUpAt) {
      throw new Brokenness(`no answer to ${name}`);
    }
    const result = await effect;
    await this.#turns.step(this.#who);
    this.#expectAlive(call);
    return result;
  }

  #expectAlive(call: number): void {
    if (call >= this.#fate.diesAt) {
      throw new Brokenness('killed');
    }
  }
}

/** A store as a process sees it. */
function seenBy(process: Process, store: MemoryStore): ObjectStore {
  return {
    place: store.place,
    async *list(prefix, after) {
      yield* await process.call('list', () => collected(store.list(prefix, after)));
    },
    folders: (prefix) => process.call('folders', () => store.folders(prefix)),
    get: (key) => process.call('get', () => store.get(key)),
    put: (key, body, options: PutOptions) => process.call('put', () => store.put(key, body, options)),
    delete: (key) => process.call('delete', () => store.delete(key)),
  };
}

/** DynamoDB as a process sees it. */
class SeenDynamoDb extends DynamoDBClient {
  readonly #process: Process;

  constructor(process: Process) {
    super({ region: 'us-east-1' });
    this.#process = process;
  }

  override send(...given: unknown[]): Promise<never> {
    const send = super.send.bind(this) as (...all: unknown[]) => Promise<never>;
    return this.#process.call('table', () => send(...given));
  }
}

class World {
  readonly raw = new MemoryStore();
  readonly derived = new MemoryStore();
  readonly table = new Table(['pk', 'sk']);
  time = MIDNIGHT + 100 * HOUR;
  #records = 0;

  constructor() {
    mockDynamoDb(this.table);
  }

  /** Adds a record to each of two hours, and what former runs have added: they may not have saved their state. */
  async collect(process: Process): Promise<void> {
    this.#records += 1;
    const archive = new RawArchive('cloudone', {
      store: seenBy(process, this.raw),
      staleHours: new StaleHours(new SeenDynamoDb(process), 'table'),
      now: () => new Date(this.time),
      onDamage: () => {},
      onUnreadable: () => {},
    });
    for (let number = 1; number <= this.#records; number += 1) {
      for (const hour of [3, 4]) {
        await archive.add({
          time: MIDNIGHT + hour * HOUR + number,
          vendorId: String(number),
          text: JSON.stringify({ className: 'authentication', source: 'cloudone', number }),
        });
      }
    }
    await archive.flush();
  }

  async derive(process: Process): Promise<void> {
    const raw = seenBy(process, this.raw);
    await derive(
      {
        store: seenBy(process, this.derived),
        awsRegion: 'us-east-1',
        staleHours: new StaleHours(new SeenDynamoDb(process), 'table'),
        read: (source, from, to) => readArchive(raw, { sources: [source], from, to }),
        toOcsf: eventOf,
        isKnown: () => true,
        now: () => new Date(this.time),
        timeIsUp: () => false,
      },
      () => {},
    );
  }

  /** Ids that are stored; those of them that are derived. */
  async ids(): Promise<{ readonly stored: string[]; readonly derived: string[] }> {
    const stored = await collected(readArchive(this.raw, EVERYTHING));
    const files = await Promise.all([...this.derived.objects.values()].map(({ body }) => rowsOf(body)));
    const derived = files.flat().map(({ metadata }) => (metadata as { readonly uid: string }).uid);
    return { stored: stored.map(({ id }) => id).sort(), derived: derived.sort() };
  }

  isStale(id: string): boolean {
    return this.table.items.has(`stale#cloudone\n${id.split('.')[1]}`);
  }
}

/** One after the other, as the leases have it; each may fail, and the next comes nevertheless. */
async function runs(
  turns: Turns,
  who: Who,
  fates: readonly Fate[],
  run: (process: Process) => Promise<void>,
): Promise<void> {
  for (const fate of fates) {
    await turns.step(who);
    await run(new Process(turns, who, fate)).catch((error: unknown) => expectOfOurs(error));
  }
}

/** What is no doing of the test's must not pass for it. */
function expectOfOurs(error: unknown): void {
  const words = JSON.stringify(error, (_key, value: unknown) =>
    value instanceof Error
      ? { name: value.name, cause: value.cause, errors: (value as AggregateError).errors, is: value.message }
      : value,
  );
  expect(words).toContain('Brokenness');
}

const NEVER = Number.POSITIVE_INFINITY;
const UNBROKEN: Fate = { diesAt: NEVER, givesUpAt: NEVER };

interface Phase {
  readonly collecting: readonly Fate[];
  readonly deriving: readonly Fate[];
  readonly bursts: readonly Burst[];
}

/** Between the phases, all that was given up arrives, within the time that a mark allows for it; and that time goes by. */
async function expectNothingLeft(phases: readonly Phase[]): Promise<void> {
  const world = new World();
  const turns = new Turns();
  for (const { collecting, deriving, bursts } of phases) {
    const all = Promise.all([
      runs(turns, 'collector', collecting, (process) => world.collect(process)),
      runs(turns, 'derivation', deriving, (process) => world.derive(process)),
    ]);
    await turns.take(bursts, all);
    const { stored, derived } = await world.ids();
    expect(stored.filter((id) => !derived.includes(id) && !world.isStale(id))).toEqual([]);
    world.time += STORING_MS + MINUTE;
  }
  await turns.take([], world.derive(new Process(turns, 'derivation', UNBROKEN)));
  const { stored, derived } = await world.ids();
  expect(derived).toEqual(stored);
  expect(world.table.items.size).toBe(0);
}

beforeEach(() => {
  vi.spyOn(logger, 'error').mockReturnValue();
});

test('a derivation that comes between any two steps of a collector leaves nothing behind, nor the other way round', async () => {
  const first: Phase = { collecting: [UNBROKEN], deriving: [UNBROKEN], bursts: [] };
  for (let steps = 1; steps <= 40; steps += 1) {
    for (const [one, other] of [
      ['collector', 'derivation'],
      ['derivation', 'collector'],
    ] as const) {
      const bursts = [
        { who: one, withNetwork: true, steps },
        { who: other, withNetwork: true, steps: NEVER },
      ];
      await expectNothingLeft([first, { ...first, bursts }]);
    }
  }
}, 120_000);

const call = fc.oneof({ weight: 2, arbitrary: fc.constant(NEVER) }, fc.integer({ min: 1, max: 30 }));
const fates = fc.array(fc.record({ diesAt: call, givesUpAt: call }), { minLength: 1, maxLength: 3 });
const burst = fc.record({
  who: fc.constantFrom<Who>('collector', 'derivation'),
  withNetwork: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  steps: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 80 })),
});
const phase = fc.record({ collecting: fates, deriving: fates, bursts: fc.array(burst, { maxLength: 12 }) });

test('whatever fails, is killed or arrives late, a record is derived or its hour is stale, and in the end all are derived', async () => {
  await fc.assert(fc.asyncProperty(fc.array(phase, { minLength: 1, maxLength: 3 }), expectNothingLeft), {
    numRuns: 150,
  });
}, 120_000);

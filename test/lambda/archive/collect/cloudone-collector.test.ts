import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudOneCollector } from '../../../../lambda/archive/collect/cloudone-collector.ts';
import { fixedPlace } from '../../../../lambda/archive/collect/place.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { VendorError } from '../../../../lambda/vendors/vendor-call.ts';
import { CrashError, MemoryArchive, movingCollector, timeFor } from './memory-archive.ts';
import { type AuditLogSettings, type ListOrder, SimulatedAuditLog } from './simulated-audit-log.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');
const HERE = fixedPlace('us-1 account 1');
const ORDERS: readonly ListOrder[] = ['newest-first', 'oldest-first', 'none'];

let now: number;
beforeEach(() => {
  now = START;
  vi.spyOn(logger, 'warn').mockReturnValue(undefined);
});
afterEach(() => vi.restoreAllMocks());

function worldOf(settings: Partial<AuditLogSettings> = {}) {
  const log = new SimulatedAuditLog({ order: 'newest-first', pageSize: 5, cursors: 'key', ...settings });
  const archive = new MemoryArchive(cloudOneCollector(log.read, HERE), () => new Date(now));
  return { log, archive };
}

/** `count` events, one every `everyMs`, up to now. */
function fill(log: SimulatedAuditLog, count: number, everyMs = HOUR): void {
  for (let index = 0; index < count; index += 1) {
    log.append(now - index * everyMs, (index * 7919) % 1009);
  }
}

/** Of the next run, and what it cost. */
async function runIn({ log, archive }: ReturnType<typeof worldOf>) {
  const before = log.calls;
  const outcome = await archive.run();
  return { ...outcome, calls: log.calls - before };
}

describe.each(ORDERS)('a list in the order: %s', (order) => {
  test('is collected whole at the first run', async () => {
    const { log, archive } = worldOf({ order });
    fill(log, 103);

    const outcome = await archive.run();

    expect(outcome).toEqual({ caughtUp: true, completeUntil: START });
    expect(archive.texts).toEqual(log.texts);
  });

  test('gives what is new at the next', async () => {
    const { log, archive } = worldOf({ order });
    fill(log, 103);
    await archive.run();
    now += 5 * MINUTE;
    log.append(now - MINUTE, 500);

    const outcome = await archive.run();

    expect(outcome).toEqual({ caughtUp: true, completeUntil: now });
    expect(archive.texts).toEqual(log.texts);
  });

  test('gives what appears with a time some hours ago', async () => {
    const { log, archive } = worldOf({ order });
    fill(log, 103);
    await archive.run();
    now += 5 * MINUTE;
    log.append(now - 5 * HOUR, 300);

    await archive.run();

    expect(archive.texts).toEqual(log.texts);
  });

  test('gives what appears with a time some days ago, within a day', async () => {
    const { log, archive } = worldOf({ order });
    fill(log, 303);
    await archive.run();
    now += 5 * MINUTE;
    log.append(now - 5 * DAY, 300);
    now += DAY;

    await archive.run();

    expect(archive.texts).toEqual(log.texts);
  });

  test('is gone through over as many runs as it takes', async () => {
    const { log, archive } = worldOf({ order });
    fill(log, 103);
    const outcomes = [];
    do {
      let looks = 0;
      outcomes.push(await archive.run({ timeIsUp: () => ++looks > 4 }));
    } while (outcomes.at(-1)?.caughtUp === false);

    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes.slice(0, -1).every(({ completeUntil }) => completeUntil === undefined)).toBe(true);
    expect(archive.texts).toEqual(log.texts);
  });
});

describe('effort', () => {
  test('a list that is newest first is read as far as the overlap', async () => {
    const world = worldOf({ order: 'newest-first' });
    fill(world.log, 1000);
    await runIn(world);
    now += 5 * MINUTE;

    // Six hours, at an event an hour and five a page, and two pages that are older.
    expect((await runIn(world)).calls).toBeLessThanOrEqual(4);
  });

  test('a list that is oldest first is read from where it ended', async () => {
    const world = worldOf({ order: 'oldest-first' });
    fill(world.log, 1000);
    await runIn(world);
    now += 5 * MINUTE;

    expect((await runIn(world)).calls).toBeLessThanOrEqual(4);
  });

  test('a list in no order is read whole', async () => {
    const world = worldOf({ order: 'none' });
    fill(world.log, 1000);
    await runIn(world);
    now += 5 * MINUTE;

    expect((await runIn(world)).calls).toBe(200);
  });
});

describe('what cannot be relied on', () => {
  test('a list that turns its order round is read whole again', async () => {
    let { log } = worldOf({ order: 'newest-first' });
    const collector = cloudOneCollector((cursor) => log.read(cursor), HERE);
    const archive = new MemoryArchive(collector, () => new Date(now));
    fill(log, 200);
    await archive.run();
    now += 5 * MINUTE;
    log = worldOf({ order: 'oldest-first' }).log;
    now -= 5 * MINUTE;
    fill(log, 200);
    now += 5 * MINUTE;
    log.append(now, 1);

    await archive.run();

    expect(archive.texts).toEqual(expect.arrayContaining(log.texts));
  });

  test('a cursor that has gone stale between two runs: the pages are read from the first on', async () => {
    const { log, archive } = worldOf();
    fill(log, 103);
    let looks = 0;
    await archive.run({ timeIsUp: () => ++looks > 9 });
    log.forgetCursors();

    const outcome = await archive.run();

    expect(outcome.caughtUp).toBe(true);
    expect(archive.texts).toEqual(log.texts);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('stale'), { pages: 9 });
  });

  test('cursors that always go stale end in an error, and what was read is kept', async () => {
    const { log } = worldOf();
    fill(log, 103);
    const collector = cloudOneCollector((cursor) => {
      if (log.calls % 4 === 3) {
        log.forgetCursors();
      }
      return log.read(cursor);
    }, HERE);
    const archive = new MemoryArchive(collector, () => new Date(now));

    await expect(archive.run()).rejects.toThrow('stale');

    expect(archive.texts.length).toBeGreaterThanOrEqual(15);
    expect(archive.state?.walk).toBeUndefined();
  });

  test.each([1, 2, 3, 7, 50])('cursors that go round in a circle of %i are noticed', async (length) => {
    let page = 0;
    const collector = cloudOneCollector(async () => {
      page += 1;
      return { records: [], next: page < 10 ? `before-${page}` : `circle-${page % length}` };
    }, HERE);
    const archive = new MemoryArchive(collector, () => new Date(now));

    await expect(archive.run()).rejects.toThrow('circle');

    expect(page).toBeLessThan(10 + 4 * (length + 10));
    expect(archive.state?.walk).toBeUndefined();
  });

  test('a vendor that has had enough: what was read is kept, and the next run goes on', async () => {
    const { log, archive } = worldOf({ cursors: 'offset' });
    fill(log, 103);
    let looks = 0;
    const timeIsUp = () => {
      looks += 1;
      if (looks === 8) {
        log.throttleNext(1);
      }
      return false;
    };

    expect(await archive.run({ timeIsUp })).toEqual({ caughtUp: false, completeUntil: undefined });
    expect(archive.texts).toHaveLength(35);
    const before = log.calls;
    expect(await archive.run()).toEqual({ caughtUp: true, completeUntil: START });
    // The last page once more, and those behind it.
    expect(log.calls - before).toBe(1 + 14);
    expect(archive.texts).toEqual(log.texts);
  });

  test('a failure in the middle: what was read is kept, and the failure is told', async () => {
    const { log } = worldOf();
    fill(log, 103);
    const collector = cloudOneCollector((cursor) => {
      if (log.calls === 10) {
        throw new VendorError('it is down', { status: 503 });
      }
      return log.read(cursor);
    }, HERE);
    const archive = new MemoryArchive(collector, () => new Date(now));

    await expect(archive.run()).rejects.toThrow('it is down');

    expect(archive.texts).toHaveLength(50);
  });

  test('what expires before a cursor that counts records: the way is not taken for whole', async () => {
    const { log, archive } = worldOf({ order: 'oldest-first', cursors: 'offset' });
    fill(log, 103);
    let looks = 0;
    await archive.run({ timeIsUp: () => ++looks > 9 });
    log.expire(20);

    const broken = await archive.run();
    expect(broken).toEqual({ caughtUp: false, completeUntil: undefined });
    const outcome = await archive.run();
    expect(outcome).toEqual({ caughtUp: true, completeUntil: START });
    expect(archive.texts).toEqual(expect.arrayContaining(log.texts));
  });

  test('a list that is oldest first, and has forgotten more than it had behind: it is read whole', async () => {
    const { log, archive } = worldOf({ order: 'oldest-first', cursors: 'offset' });
    fill(log, 203);
    await archive.run();
    log.expire(50);
    for (let minutes = 1; minutes <= 40; minutes += 1) {
      now += MINUTE;
      log.append(now, 1);
    }

    expect(await archive.run()).toEqual({ caughtUp: true, completeUntil: now });
    expect(archive.texts).toEqual(expect.arrayContaining(log.texts));
  });

  test('a record in the distant future does not make the list look unordered', async () => {
    const world = worldOf();
    fill(world.log, 1000);
    world.log.append(now + 400 * DAY, 1);
    await runIn(world);
    now += 5 * MINUTE;

    expect((await runIn(world)).calls).toBeLessThanOrEqual(5);
  });
});

test('a long way is saved now and then, in bounded pieces', async () => {
  const { log, archive } = worldOf();
  fill(log, 5000, MINUTE);

  await archive.run();

  expect(archive.saves).toBe(1000 / 200);
  expect(JSON.stringify(archive.state).length).toBeLessThan(20_000);
});

test('what is inserted before a way goes on does not make its cursors look like a circle', async () => {
  const { log, archive } = worldOf({ order: 'oldest-first', pageSize: 1 });
  fill(log, 10);
  await archive.run({ timeIsUp: timeFor(4) });
  // Between the last page that was read and the one before it.
  log.append(START - 6.5 * HOUR, 1);

  // The way goes on, and another one follows, for what may have been passed over.
  await archive.run();
  expect((await archive.run()).caughtUp).toBe(true);
  expect(archive.texts).toEqual(log.texts);
});

test('pages of any size leave a state of a bounded one', async () => {
  const { log, archive } = worldOf({ pageSize: 1500, order: 'oldest-first' });
  fill(log, 4000, MINUTE);

  await archive.run({ timeIsUp: timeFor(2) });
  await archive.run();

  expect(archive.texts).toEqual(log.texts);
  expect(archive.largestState).toBeLessThan(10_000);
});

test('a record that is not JSON is kept once, to the character', async () => {
  const record = { text: '{"id":"1", bad}', time: Number.NaN, id: undefined, readable: false };
  const collector = cloudOneCollector(async () => ({ records: [record], next: undefined }), HERE);
  const archive = new MemoryArchive(collector, () => new Date(now));

  await archive.run();
  await archive.run();

  expect(archive.unreadable.map(({ content }) => content)).toEqual([record.text]);
});

/** What happens between two calls of the collector: to the list, and to the collector. */
const happening = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: 'nothing' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      ageMs: fc.oneof(fc.nat(10 * MINUTE), fc.nat(5 * HOUR), fc.nat(5 * DAY)),
      rank: fc.nat(1000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('expire' as const), count: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'forget-cursors' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'throttle' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'time-up' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'switch' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

test('whatever happens on the way, in the end every event is archived exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        order: fc.constantFrom(...ORDERS),
        pageSize: fc.integer({ min: 1, max: 9 }),
        cursors: fc.constantFrom('offset' as const, 'key' as const),
      }),
      fc.array(fc.record({ ageMs: fc.nat(300 * DAY), rank: fc.nat(1000) }), { maxLength: 120 }),
      fc.array(happening, { maxLength: 150 }),
      async (settings, events, happenings) => {
        now = START;
        const world = accountsOf(settings);
        for (const [index, { ageMs, rank }] of events.entries()) {
          world.logs[index % 2 === 0 ? 0 : 1].append(now - ageMs, rank);
        }
        await disturb(world, happenings);

        // Calm, and a day later, so that it goes far back; then the other account once more, and back again.
        for (let turns = 0; turns < 3; turns += 1) {
          const { archive, next } = world;
          const { at } = next;
          const known = archive.texts;
          now += DAY;
          const held = world.logs[at].texts;
          const outcome = await runUntilCaughtUp(archive);

          expect(outcome).toEqual({ caughtUp: true, completeUntil: now });
          expect(new Set(archive.texts)).toEqual(new Set([...known, ...held]));
          expect(archive.texts).toHaveLength(new Set(archive.texts).size);
          world.next.at = at === 0 ? 1 : 0;
        }
      },
    ),
    { numRuns: Number(process.env.COLLECT_RUNS ?? 400) },
  );
});

/** Two accounts; `next` says which one the next run collects from. */
function accountsOf(settings: AuditLogSettings) {
  const logs = [
    new SimulatedAuditLog({ ...settings, account: '1' }),
    new SimulatedAuditLog({ ...settings, account: '2' }),
  ] as const;
  const collectors = [
    cloudOneCollector(logs[0].read, fixedPlace('us-1 account 1')),
    cloudOneCollector(logs[1].read, fixedPlace('us-1 account 2')),
  ] as const;
  const next: { at: 0 | 1 } = { at: 0 };
  const archive = new MemoryArchive(
    movingCollector(collectors, () => next.at),
    () => new Date(now),
  );
  return { logs, archive, next };
}

/** Runs the collector until all that is to happen has happened. */
async function disturb(
  world: ReturnType<typeof accountsOf>,
  happenings: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<void> {
  const { archive, logs } = world;
  const coming = [...happenings];
  let isTimeUp = false;
  let switches = false;
  /** Whether the state is of the account that is collected. */
  let isTrueOfState = true;
  const happen = () => {
    const log = logs[world.next.at];
    const next = coming.shift();
    switch (next?.kind) {
      case 'switch':
        switches = true;
        break;
      case 'append':
        log.append(now - next.ageMs, next.rank);
        break;
      case 'expire':
        log.expire(next.count);
        break;
      case 'forget-cursors':
        log.forgetCursors();
        break;
      case 'throttle':
        log.throttleNext(1);
        break;
      case 'time-up':
        isTimeUp = true;
        break;
      case 'crash':
        throw new CrashError();
    }
  };
  while (coming.length > 0) {
    isTimeUp = false;
    const completeBefore = isTrueOfState ? (archive.state?.completeUntil ?? 0) : 0;
    isTrueOfState = true;
    const timeIsUp = () => {
      happen();
      return isTimeUp;
    };
    try {
      await archive.run({ beforeCall: happen, timeIsUp });
    } catch (error) {
      expect((error as Error).name).toMatch(/^(CrashError|StaleCursorError)$/);
    }
    expect(archive.state?.completeUntil ?? 0).toBeGreaterThanOrEqual(completeBefore);
    now += 5 * MINUTE;
    if (switches) {
      // For the next run: what is under way has begun with the former parameters.
      world.next.at = world.next.at === 0 ? 1 : 0;
      switches = false;
      isTrueOfState = false;
    }
  }
  for (const log of logs) {
    log.throttleNext(0);
  }
}

async function runUntilCaughtUp(archive: ReturnType<typeof worldOf>['archive']) {
  for (let runs = 0; runs < 5; runs += 1) {
    const outcome = await archive.run();
    // Else a walk of an earlier run has ended: another one, from now on.
    if (outcome.caughtUp && outcome.completeUntil === now) {
      return outcome;
    }
  }
  throw new Error('It does not catch up.');
}

describe('what is remembered stays small', () => {
  /** Pages of so many records, whose cursors are so long; each run is interrupted at its third page. */
  async function largestState(perPage: number, cursorLength: number) {
    const page = (cursor: string | undefined) => Number(cursor?.split('-')[0] ?? 0);
    const collector = cloudOneCollector(
      async (cursor) => ({
        records: Array.from({ length: perPage }, (_, n) => {
          const id = `${page(cursor)}-${n}`;
          return { text: JSON.stringify({ id }), id, time: now - page(cursor) * HOUR - n, readable: true };
        }),
        next: page(cursor) < 6 ? `${page(cursor) + 1}-${'c'.repeat(cursorLength)}` : undefined,
      }),
      HERE,
    );
    const archive = new MemoryArchive(collector, () => new Date(now));
    let largest = 0;
    let caughtUp = false;
    for (let run = 0; run < 8 && !caughtUp; run += 1) {
      let looks = 0;
      caughtUp = (await archive.run({ timeIsUp: () => ++looks > 3 })).caughtUp;
      largest = Math.max(largest, JSON.stringify(archive.state).length);
    }
    return { largest, caughtUp, stored: archive.stored.size };
  }

  test('of pages of thousands of records, and the walk goes on from page to page', async () => {
    const { largest, caughtUp, stored } = await largestState(3000, 10);
    expect(largest).toBeLessThan(5000);
    expect(caughtUp).toBe(true);
    expect(stored).toBe(21_000);
  });

  test('with cursors that no URL takes: there is no going on from them', async () => {
    const { largest, caughtUp } = await largestState(25, 450_000);
    expect(largest).toBeLessThan(5000);
    expect(caughtUp).toBe(false);
  });
});

test('equal records without an id on one page are as many as they are, however often it is read', async () => {
  const text = '{"time":"2026-03-01T00:00:00Z","type":"audit.user-signed-in.v1"}';
  const record = { text, id: undefined, time: START, readable: true };
  const collector = cloudOneCollector(
    async () => ({ records: [record, record, record], next: undefined }),
    HERE,
  );
  const archive = new MemoryArchive(collector, () => new Date(now));

  await archive.run();
  await archive.run();

  expect(archive.texts).toHaveLength(3);
  expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('no id'));
});

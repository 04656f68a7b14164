import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { appDynamicsState } from '../../../../lambda/archive/collect/appdynamics/plan.ts';
import { appDynamicsCollector } from '../../../../lambda/archive/collect/appdynamics-collector.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { CrashError, MemoryArchive, movingCollector } from './memory-archive.ts';
import {
  type AuditHistorySettings,
  noAnswer,
  SimulatedAuditHistory,
  tooManyRequests,
  truncated,
} from './simulated-audit-history.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HERE = 'customer1 at https://here.example';
const START = Date.parse('2026-03-01T00:00:00.000Z');

let now: number;
beforeEach(() => {
  now = START;
  for (const level of ['warn', 'error'] as const) {
    vi.spyOn(logger, level).mockReturnValue(undefined);
  }
});
afterEach(() => vi.restoreAllMocks());

function worldOf(settings: Partial<AuditHistorySettings> = {}) {
  const history = new SimulatedAuditHistory({ clock: () => now, ...settings });
  const archive = new MemoryArchive(appDynamicsCollector(history.read, HERE), () => new Date(now));
  return { history, archive };
}

function fill(history: SimulatedAuditHistory, count: number, everyMs: number): void {
  for (let index = 1; index <= count; index += 1) {
    history.happen(now - index * everyMs, `user${index % 3}`);
  }
}

describe('the first run', () => {
  test('collects the 720 hours that the controller remembers, no more than 24 hours at once', async () => {
    const { history, archive } = worldOf();
    fill(history, 800, HOUR);

    const outcome = await archive.run();

    expect(outcome).toMatchObject({ caughtUp: true, completeUntil: START });
    expect(archive.texts).toEqual(history.texts);
    expect(history.windows.length).toBeLessThan(32);
  });

  test('goes on where its time was up', async () => {
    const { history, archive } = worldOf();
    fill(history, 700, HOUR);
    let looks = 0;

    const first = await archive.run({ timeIsUp: () => ++looks > 10 });
    const asked = history.windows.length;
    const second = await archive.run();

    expect(first.caughtUp).toBe(false);
    expect(first.completeUntil).toBeLessThan(START - 19 * DAY);
    expect(history.windows.length - asked).toBeLessThan(22);
    expect(second).toMatchObject({ caughtUp: true, completeUntil: START });
    expect(archive.texts).toEqual(history.texts);
  });
});

describe('equal records', () => {
  test('of one millisecond are as many as the controller has', async () => {
    const { history, archive } = worldOf();
    for (const user of ['a', 'a', 'b', 'a']) {
      history.happen(START - HOUR, user);
    }

    await archive.run();
    now += 5 * MINUTE;
    await archive.run();

    expect(archive.texts).toEqual(history.texts);
    expect(archive.recognised).toBeGreaterThan(0);
  });

  test('are equal however they are spelt', async () => {
    const spellings = ['{"timeStamp":1,"action":"LOGIN"}', '{ "action": "LOGIN", "timeStamp": 1 }'];
    const records = spellings.map((text) => ({ text, time: START - HOUR, readable: true }));
    const collector = appDynamicsCollector(
      async ({ from, to }) => ({
        records: from <= START - HOUR && START - HOUR <= to ? records : [],
        answeredAt: now,
      }),
      HERE,
    );
    const archive = new MemoryArchive(collector, () => new Date(now));

    await archive.run();

    expect(archive.texts).toEqual([...spellings].sort());
  });
});

describe('later runs', () => {
  test('collect what is new, and what appears late', async () => {
    const { history, archive } = worldOf();
    fill(history, 100, HOUR);
    await archive.run();
    now += 5 * MINUTE;
    history.happen(now - MINUTE, 'new');
    history.happen(now - 50 * MINUTE, 'late');

    const asked = history.windows.length;
    await archive.run();

    expect(history.windows.length - asked).toBe(1);
    expect(archive.texts).toEqual(history.texts);
  });

  test('collect what appears days or weeks late, within a day, in some thirty requests', async () => {
    const { history, archive } = worldOf();
    fill(history, 100, HOUR);
    await archive.run();
    now += 5 * MINUTE;
    history.happen(now - 5 * DAY, 'late');
    history.happen(now - 28 * DAY, 'weeks late');
    now += DAY;
    const asked = history.windows.length;

    await archive.run();

    expect(archive.texts).toEqual(history.texts);
    expect(history.windows.length - asked).toBeLessThanOrEqual(31);
    expect(archive.findings).toEqual([]);
  });

  test('ask for the last millisecond of a window twice, should its end not be part of it', async () => {
    const { history, archive } = worldOf({ isEndIncluded: false });
    await archive.run();
    const [first] = history.windows;
    history.happen(first?.to ?? 0, 'at the end');
    // Within the time that is asked for again.
    for (const { to } of history.windows.slice(-5)) {
      history.happen(to, 'at an end');
    }
    now += DAY;

    await archive.run();

    expect(archive.texts.length).toBe(5);
  });
});

describe('clocks that differ', () => {
  test.each([-20 * MINUTE, -3, 0, 20 * MINUTE])('by %i ms', async (skew) => {
    const { history, archive } = worldOf({ clock: () => now + skew });
    fill(history, 50, HOUR);
    expect((await archive.run()).completeUntil).toBeLessThanOrEqual(now + skew);
    for (let runs = 0; runs < 3; runs += 1) {
      // By the controller's clock, of which the collector hears in whole seconds.
      history.happen(now + skew - 2000, `run ${runs}`);
      const { completeUntil = 0 } = await archive.run();
      expect(completeUntil).toBeLessThanOrEqual(now + Math.min(skew, 0));
      expect(completeUntil).toBeGreaterThan(now + Math.min(skew, 0) - (runs === 0 ? HOUR : 2000));
      now += 5 * MINUTE;
    }
    await archive.run();

    expect(archive.texts).toEqual(history.texts);
  });

  test('a controller that does not tell its clock is not believed up to the last minute', async () => {
    const { archive } = worldOf({ tellsClock: false });

    const outcome = await archive.run();

    expect(outcome).toMatchObject({ caughtUp: true, completeUntil: START - 10 * MINUTE });
  });

  test.each([-400 * DAY, 400 * DAY])(
    'a clock that is off by %i ms is not believed, and told',
    async (skew) => {
      let off = skew;
      const history = new SimulatedAuditHistory({ clock: () => now });
      const collector = appDynamicsCollector(
        async (window) => ({ ...(await history.read(window)), answeredAt: now + off }),
        HERE,
      );
      const archive = new MemoryArchive(collector, () => new Date(now));
      fill(history, 100, HOUR);

      expect((await archive.run()).completeUntil).toBe(START - 10 * MINUTE);
      expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('too far'), {
        aheadMs: skew,
      });
      off = 0;
      now += 5 * MINUTE;
      history.happen(now - MINUTE, 'new');
      await archive.run();

      expect(archive.texts).toEqual(history.texts);
      expect(archive.findings).toEqual([]);
    },
  );

  test('a controller whose clock is put back: what it says to happen again is collected at once', async () => {
    let skew = 0;
    const { history, archive } = worldOf({ clock: () => now + skew });
    await archive.run();
    skew = -3 * HOUR;

    // Its answer is the first to tell.
    await archive.run();
    now += 5 * MINUTE;
    history.happen(now + skew - 5000, 'after');
    expect(await archive.run()).toMatchObject({ caughtUp: true, completeUntil: now + skew });

    expect(archive.texts).toEqual(history.texts);
  });
});

describe('a clock that is wrong', () => {
  /** What happens in the next two days, an event an hour, and the runs between. */
  async function twoDays({ history, archive }: ReturnType<typeof worldOf>): Promise<void> {
    for (let hour = 0; hour < 48; hour += 1) {
      now += HOUR;
      history.happen(now - MINUTE, `hour ${hour}`);
      const { completeUntil = 0 } = await archive.run();
      expect(completeUntil).toBeLessThanOrEqual(now);
    }
  }

  test.each([60 * DAY, 20 * HOUR, 2 * HOUR, -20 * HOUR, -60 * DAY])(
    'for two runs, by %i ms, loses nothing, and nothing of the future is taken for collected',
    async (wrong) => {
      let skew = 0;
      const world = worldOf();
      const { history } = world;
      const archive = new MemoryArchive(
        appDynamicsCollector(async (window) => {
          const answer = await history.read(window);
          return { ...answer, answeredAt: Math.floor((now + skew) / 1000) * 1000 };
        }, HERE),
        () => new Date(now),
      );
      await archive.run();
      skew = wrong;
      for (const _ of ['once', 'twice']) {
        now += 5 * MINUTE;
        expect((await archive.run()).completeUntil).toBeLessThanOrEqual(now);
      }
      skew = 0;
      await twoDays({ history, archive });

      expect(archive.texts).toEqual(history.texts);
      expect((await archive.run()).completeUntil).toBeGreaterThan(now - 2000);
    },
  );

  test('in a state that says that the future is collected: it is told, and all is asked for again', async () => {
    const { history, archive } = worldOf();
    await archive.run();
    archive.state = {
      ...appDynamicsState.parse({}),
      collectedUntil: now + 30 * DAY,
      round: { position: now + 20 * DAY, isFarBack: false },
      aheadMs: 30 * DAY,
    };
    history.happen(now - 20 * DAY, 'missed');

    await twoDays({ history, archive });

    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('a clock was wrong'), expect.anything());
    expect(archive.texts).toEqual(history.texts);
  });
});

describe('large answers', () => {
  test('make the windows shorter, and small ones longer again', async () => {
    const { history, archive } = worldOf({ capacity: 10 });
    for (let index = 0; index < 300; index += 1) {
      history.happen(START - 3 * DAY + index * 11, 'busy');
    }
    fill(history, 100, HOUR);

    const outcome = await archive.run();

    expect(outcome.caughtUp).toBe(true);
    expect(archive.texts).toEqual(history.texts);
    expect(archive.state?.windowMs).toBeGreaterThan(12 * HOUR);
  });

  test('of one millisecond are an error that says when', async () => {
    const { history, archive } = worldOf({ capacity: 10 });
    for (let index = 0; index < 11; index += 1) {
      history.happen(START - DAY, `user${index}`);
    }

    await expect(archive.run()).rejects.toThrow(/2026-02-28T00:00:00\.000Z.*filters/);
  });
});

describe('trouble', () => {
  test('a gap longer than the controller remembers is told, and stays in the state', async () => {
    const { history, archive } = worldOf();
    await archive.run();
    now += 40 * DAY;
    history.happen(now - 20 * DAY, 'remembered');

    const outcome = await archive.run();

    expect(outcome).toMatchObject({ caughtUp: true, completeUntil: now });
    expect(archive.state?.gaps).toEqual([{ from: START, to: START + 10 * DAY, noticedAt: now }]);
    expect(archive.texts).toEqual(history.texts);
    expect(logger.error).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('lost'), {
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-11T00:00:00.000Z',
    });
    await archive.run();
    expect(archive.state?.gaps).toHaveLength(1);
    expect(archive.findings).toEqual(['eventsLost']);
  });

  test('429: the next run goes on', async () => {
    const { history, archive } = worldOf();
    fill(history, 100, HOUR);
    history.failNext(tooManyRequests());

    expect((await archive.run()).caughtUp).toBe(false);
    expect((await archive.run()).caughtUp).toBe(true);
    expect(archive.texts).toEqual(history.texts);
  });

  test('no answer: the run fails, and the next asks for less', async () => {
    const { history, archive } = worldOf();
    history.failNext(noAnswer());

    await expect(archive.run()).rejects.toThrow('no answer');
    await archive.run();

    const [first, second] = history.windows.map(({ from, to }) => to - from + 1);
    expect(second).toBe((first ?? 0) / 2);
  });

  test('an answer that is cut off is asked for again, in halves', async () => {
    const { history, archive } = worldOf();
    fill(history, 100, HOUR);
    history.failNext(truncated());

    expect((await archive.run()).caughtUp).toBe(true);
    expect(archive.unreadable).toEqual([]);
    expect(archive.texts).toEqual(history.texts);
  });

  test('a millisecond whose answer is no JSON is kept as it came, and stands in nobody’s way', async () => {
    const { history } = worldOf();
    fill(history, 100, HOUR);
    const bad = START - 50 * HOUR - 7;
    const archive = new MemoryArchive(
      appDynamicsCollector((window) => {
        if (window.from <= bad && bad <= window.to) {
          throw truncated();
        }
        return history.read(window);
      }, HERE),
      () => new Date(now),
    );

    await expect(archive.run()).rejects.toThrow('no JSON array');
    expect(await archive.run()).toMatchObject({ caughtUp: true, completeUntil: START });
    expect(archive.unreadable).toEqual([
      expect.objectContaining({
        content: '[{"timeSt',
        origin: expect.stringContaining('2026-02-26T21:59:59.993Z'),
      }),
    ]);
    expect(archive.texts).toEqual(history.texts);
  });

  test('a record that is no JSON is kept once', async () => {
    const record = { text: '{bad}', time: Number.NaN, readable: false };
    const collector = appDynamicsCollector(async () => ({ records: [record], answeredAt: now }), HERE);
    const archive = new MemoryArchive(collector, () => new Date(now));

    await archive.run();

    expect(archive.unreadable.map(({ content }) => content)).toEqual(['{bad}']);
  });
});

const happening = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ kind: 'nothing' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('happen' as const),
      agoMs: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(50 * MINUTE), fc.nat(5 * DAY)),
      user: fc.constantFrom('a', 'b'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3 * HOUR) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'throttle' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'silence' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'truncate' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'time-up' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'switch' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

test('whatever happens on the way, in the end every event is archived exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        skew: fc.oneof(fc.constant(0), fc.integer({ min: -HOUR, max: HOUR })),
        capacity: fc.constantFrom(40, 1000),
        tellsClock: fc.boolean(),
      }),
      fc.array(fc.record({ agoMs: fc.oneof(fc.nat(35 * DAY), fc.nat(5)), user: fc.constantFrom('a', 'b') }), {
        maxLength: 40,
      }),
      fc.array(happening, { maxLength: 120 }),
      async ({ skew, ...settings }, events, happenings) => {
        now = START;
        const world = controllersOf({ ...settings, clock: () => now + skew });
        const { archive, histories } = world;
        for (const [index, { agoMs, user }] of events.entries()) {
          histories[index % 2 === 0 ? 0 : 1].happen(now + skew - agoMs, user);
        }
        const coming = [...happenings];
        let isTimeUp = false;
        let switches = false;
        const happen = () => {
          const history = histories[world.next.at];
          const next = coming.shift();
          switch (next?.kind) {
            case 'happen':
              history.happen(now + skew - next.agoMs, next.user);
              break;
            case 'switch':
              switches = true;
              break;
            case 'wait':
              now += next.ms;
              break;
            case 'throttle':
              history.failNext(tooManyRequests());
              break;
            case 'silence':
              history.failNext(noAnswer());
              break;
            case 'truncate':
              history.failNext(truncated());
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
          const timeIsUp = () => {
            happen();
            return isTimeUp;
          };
          try {
            await archive.run({ beforeCall: happen, timeIsUp });
          } catch (error) {
            expect((error as Error).name).toMatch(/^(CrashError|VendorError)$/);
          }
          now += 5 * MINUTE;
          // For the next run: what is under way has begun with the former parameters.
          world.next.at = switches ? otherThan(world.next.at) : world.next.at;
          switches = false;
        }

        // Calm, and a day later, so that it goes far back; then the other controller once more, and back again.
        for (let turns = 0; turns < 3; turns += 1) {
          const known = archive.texts;
          const history = histories[world.next.at];
          history.failNext(undefined);
          now += DAY + HOUR;
          const held = history.texts;
          for (let runs = 0; runs < 3; runs += 1) {
            await archive.run();
            now += HOUR;
          }

          expect(countsOf(archive.texts)).toEqual(mostOf(countsOf(known), countsOf(held)));
          world.next.at = otherThan(world.next.at);
        }
        expect(archive.unreadable).toEqual([]);
      },
    ),
    { numRuns: Number(process.env.COLLECT_RUNS ?? 300) },
  );
});

/** Two controllers; `next` says which one the next run collects from. */
function controllersOf(settings: AuditHistorySettings) {
  const histories = [
    new SimulatedAuditHistory({ ...settings, account: 'customer1' }),
    new SimulatedAuditHistory({ ...settings, account: 'customer2' }),
  ] as const;
  const collectors = [
    appDynamicsCollector(histories[0].read, HERE),
    appDynamicsCollector(histories[1].read, 'customer2 at https://there.example'),
  ] as const;
  const next: { at: 0 | 1 } = { at: 0 };
  const archive = new MemoryArchive(
    movingCollector(collectors, () => next.at),
    () => new Date(now),
  );
  return { histories, archive, next };
}

function otherThan(at: 0 | 1): 0 | 1 {
  return at === 0 ? 1 : 0;
}

function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** What is forgotten by the controller stays archived; what it holds is archived as often as it holds it. */
function mostOf(a: Map<string, number>, b: Map<string, number>): Map<string, number> {
  const texts = new Set([...a.keys(), ...b.keys()]);
  return new Map([...texts].map((text) => [text, Math.max(a.get(text) ?? 0, b.get(text) ?? 0)]));
}

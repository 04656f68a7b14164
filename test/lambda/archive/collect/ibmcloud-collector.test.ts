import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { IbmCloudState } from '../../../../lambda/archive/collect/ibmcloud/state.ts';
import { ibmCloudCollector } from '../../../../lambda/archive/collect/ibmcloud-collector.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { IbmObjectStorageError } from '../../../../lambda/vendors/ibm-object-storage.ts';
import { numberedEvent } from '../ibmcloud/events.ts';
import { CrashError, MemoryArchive, movingCollector, timeFor } from './memory-archive.ts';
import { MemoryIbmBucket } from './memory-ibm-bucket.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 1, 10);

interface World {
  readonly bucket: MemoryIbmBucket;
  readonly archive: MemoryArchive<IbmCloudState>;
}

function worldOf(prefix = '', pageSize?: number): World {
  const bucket = new MemoryIbmBucket(pageSize);
  const collector = ibmCloudCollector(async () => ({ bucket, prefix }), `eu-de logs/${prefix}`);
  const archive = new MemoryArchive(collector, () => new Date(now));
  return { bucket, archive };
}

let uuid = 0;
function keyOf(time: number, layout: 'old' | 'new' = 'new', region = 'eu-de', prefix = ''): string {
  const stamp = new Date(time).toISOString();
  uuid += 1;
  return layout === 'new'
    ? `${prefix}f12375ed/${region}/${stamp.slice(0, 13)}/${stamp.slice(0, 16)}+01_${uuid}.log`
    : `${prefix}${region}/${stamp.slice(0, 13)}/${stamp.slice(0, 16)}+${uuid}.log`;
}

const numbersOf = (texts: readonly string[]) =>
  texts.map((text) => JSON.parse(text).requestData.n as number).sort((a, b) => a - b);
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

let now: number;
beforeEach(() => {
  now = START;
  vi.spyOn(logger, 'warn').mockReturnValue();
  vi.spyOn(logger, 'info').mockReturnValue();
});

describe('the first runs', () => {
  test('collect the whole bucket, of both layouts, below a prefix, and nothing beside it', async () => {
    const { bucket, archive } = worldOf('logs/');
    for (const n of range(40)) {
      const time = START - n * 20 * HOUR;
      bucket.put(
        keyOf(time, n % 3 === 0 ? 'old' : 'new', n % 2 === 0 ? 'eu-de' : 'us-south', 'logs/'),
        numberedEvent(n),
        time,
      );
    }
    bucket.put(keyOf(START, 'new', 'eu-de', 'others/'), numberedEvent(100), START);

    const outcome = await archive.run();

    expect(outcome).toMatchObject({ caughtUp: true, completeUntil: START });
    expect(numbersOf(archive.texts)).toEqual(range(40));
  });

  test('go on where the one before ran out of time', async () => {
    const { bucket, archive } = worldOf();
    for (const n of range(60)) {
      bucket.put(keyOf(START - n * HOUR), numberedEvent(n), START - n * HOUR);
    }
    const outcomes = [];
    for (let run = 0; run < 100 && outcomes.at(-1)?.caughtUp !== true; run += 1) {
      outcomes.push(await archive.run({ timeIsUp: timeFor(4) }));
    }

    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes[0]).toMatchObject({ caughtUp: false, completeUntil: undefined });
    expect(numbersOf(archive.texts)).toEqual(range(60));
    expect(archive.added, 'and read nothing twice').toBe(60);
  });
});

test('a sweep goes on in the middle of a page, where it stopped', async () => {
  const { bucket, archive } = worldOf('', 1000);
  for (const n of range(900)) {
    bucket.put(keyOf(START - (n + 24) * HOUR), numberedEvent(n), START - (n + 24) * HOUR);
  }
  let runs = 0;
  for (let isDone = false; !isDone && runs < 20; runs += 1) {
    isDone = (await archive.run({ timeIsUp: timeFor(2) })).caughtUp;
  }
  expect(runs).toBeGreaterThan(3);
  expect(numbersOf(archive.texts)).toEqual(range(900));
  expect(archive.added).toBe(900);
});

/** An event in each of forty hours, with a run behind each. */
async function fortyHours({ bucket, archive }: World): Promise<void> {
  for (const n of range(40)) {
    now += HOUR;
    bucket.put(keyOf(now), numberedEvent(n), now);
    now += MINUTE;
    await archive.run();
  }
}

describe('what else lies in the bucket does not hide what is new', () => {
  const OTHERS: Readonly<Record<string, readonly string[]>> = {
    'an hour that strayed to the root': ['2025-01-01T00/readme.log'],
    'hours of many years that strayed': range(30).map((n) => `${1996 + n}-01-01T00/readme.log`),
    'folders before the hours': range(12).map((n) => `f12375ed/eu-de/1${n}-reports/x.txt`),
    'folders before the accounts': range(12).map((n) => `1${n}-reports/deep/x.txt`),
  };

  test.each(Object.keys(OTHERS))('%s', async (name) => {
    const world = worldOf();
    for (const key of OTHERS[name] ?? []) {
      world.bucket.put(key, '', START);
    }
    await fortyHours(world);
    expect(numbersOf(world.archive.texts)).toEqual(range(40));
  });

  test('nor is an hour within an hour passed over, which no look at recent hours lists', async () => {
    const { bucket, archive } = worldOf();
    await archive.run();
    for (const n of range(40)) {
      now += HOUR;
      bucket.put(`2025-01-01T00/${keyOf(now, 'old').slice('eu-de/'.length)}`, numberedEvent(n), now);
      now += MINUTE;
      await archive.run();
    }
    expect(numbersOf(archive.texts)).toEqual(range(40));
  });
});

describe('an object that cannot be read', () => {
  const refused = (isOfObject: boolean) => new IbmObjectStorageError('403 no', { isOfObject });

  function worldWith(isOfObject: boolean, ...keys: readonly string[]) {
    const world = worldOf();
    const closed = new Set(keys);
    world.bucket.onCall = (call) => {
      if (closed.has(call.replace('read ', ''))) {
        throw refused(isOfObject);
      }
    };
    return { ...world, closed };
  }

  test.each([
    ['old', 2000 * HOUR, true],
    ['old, and perhaps not alone', 2000 * HOUR, false],
    ['recent', HOUR, true],
  ])('%s, is set aside, told, and read when it can be', async (_what, age, isOfObject) => {
    const key = keyOf(START - age);
    const world = worldWith(isOfObject, key);
    const { bucket, archive, closed } = world;
    bucket.put(key, numberedEvent(40), START - age);
    bucket.put(keyOf(START - age - HOUR), numberedEvent(41), START - age - HOUR);
    await fortyHours(world);

    expect(numbersOf(archive.texts)).toEqual([...range(40), 41]);
    expect(archive.findings).toContain('objectsUnread');
    const hour = START - age;
    expect((await archive.run()).gaps).toEqual([{ from: hour, to: hour + HOUR }]);

    closed.clear();
    now += HOUR;
    expect((await archive.run()).gaps).toEqual([]);
    expect(numbersOf(archive.texts)).toEqual([...range(40), 40, 41]);
  });

  test('is forgotten when it is gone', async () => {
    vi.spyOn(logger, 'error').mockReturnValue();
    const key = keyOf(START - 100 * HOUR);
    const { bucket, archive } = worldWith(true, key);
    bucket.put(key, numberedEvent(0), START - 100 * HOUR);
    expect((await archive.run()).gaps).toHaveLength(1);
    bucket.delete(key);
    now += 5 * MINUTE;
    expect((await archive.run()).gaps).toEqual([]);
    expect(logger.error).toHaveBeenCalledWith(expect.stringContaining('never be read'), expect.anything());
  });

  test('where none can be, it is the storage: the run fails, and nothing is set aside', async () => {
    const keys = range(5).map((n) => keyOf(START - n * HOUR));
    const { bucket, archive, closed } = worldWith(false, ...keys);
    for (const [n, key] of keys.entries()) {
      bucket.put(key, numberedEvent(n), START - n * HOUR);
    }
    await expect(archive.run()).rejects.toThrow('403 no');
    closed.clear();
    await archive.run();
    expect(numbersOf(archive.texts)).toEqual(range(5));
  });
});

describe('then', () => {
  test('what is stored late, by minutes, hours or days, is found', async () => {
    const { bucket, archive } = worldOf();
    bucket.put(keyOf(START), numberedEvent(0), START);
    await archive.run();
    for (const [n, late] of [MINUTE, 3 * HOUR, 5 * HOUR, 30 * HOUR, 90 * 24 * HOUR].entries()) {
      now += 10 * MINUTE;
      bucket.put(keyOf(now - late), numberedEvent(n + 1), now);
      now += 5 * MINUTE;
      await archive.run();
      expect(numbersOf(archive.texts)).toEqual(range(n + 2));
    }
  });

  test('an object that grows is read again, and what was in it before is not stored twice', async () => {
    const { bucket, archive } = worldOf();
    const key = keyOf(START);
    const equal = [numberedEvent(0), numberedEvent(0)];
    bucket.put(key, equal.join('\n'), START);
    await archive.run();
    bucket.put(key, [...equal, numberedEvent(0), numberedEvent(1)].join('\n'), START + MINUTE);
    now += 5 * MINUTE;
    await archive.run();

    expect(numbersOf(archive.texts)).toEqual([0, 0, 0, 1]);
  });

  test('events that look equal stay several, but for one that comes twice with its id', async () => {
    const { bucket, archive } = worldOf();
    const spelledOtherwise = JSON.stringify(JSON.parse(numberedEvent(1)), undefined, 1);
    bucket.put(keyOf(START), `${numberedEvent(1)}\n${spelledOtherwise}`, START);
    bucket.put(keyOf(START), numberedEvent(1), START);
    bucket.put(keyOf(START), numberedEvent(2, { id: 'x' }), START);
    bucket.put(keyOf(START), `${numberedEvent(2, { id: 'x' })}\n${numberedEvent(3, { id: 'x' })}`, START);
    await archive.run();

    expect(numbersOf(archive.texts)).toEqual([1, 1, 1, 2, 3]);
  });

  test('an idle run reads nothing again', async () => {
    const { bucket, archive } = worldOf();
    for (const n of range(30)) {
      bucket.put(keyOf(START - n * HOUR), numberedEvent(n), START - n * HOUR);
    }
    await archive.run();
    const reads: string[] = [];
    bucket.onCall = (call) => reads.push(...(call.startsWith('read') ? [call] : []));
    for (let run = 0; run < 50; run += 1) {
      now += 20 * MINUTE;
      await archive.run();
    }
    expect(reads).toEqual([]);
  });

  test('after a long pause, what was stored meanwhile is found', async () => {
    const { bucket, archive } = worldOf();
    bucket.put(keyOf(START), numberedEvent(0), START);
    await archive.run();
    for (const n of range(50)) {
      const time = START + (n + 1) * 2 * HOUR;
      bucket.put(keyOf(time), numberedEvent(n + 1), time);
    }
    now += 101 * HOUR;
    await archive.run();
    expect(numbersOf(archive.texts)).toEqual(range(51));
  });
});

describe('what is told', () => {
  test('what is no event, with its object', async () => {
    const { bucket, archive } = worldOf();
    const key = keyOf(START);
    bucket.put(key, `rubbish\n${numberedEvent(1)}`, START);
    bucket.put(keyOf(START), gzipSync(''), START);
    await archive.run();

    expect(archive.unreadable).toEqual([{ why: 'It is not JSON.', origin: key, content: 'rubbish\n' }]);
    expect(numbersOf(archive.texts)).toEqual([1]);
  });

  test('objects that are not laid out as Event Routing does', async () => {
    const { bucket, archive } = worldOf();
    bucket.put('year=2026/month=03/f.json.gz', 'x', START);
    bucket.put('a/b/c/2026-03-01T10/too-deep.log', 'x', START);
    bucket.put(keyOf(START), numberedEvent(1), START);
    await archive.run();

    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('not laid out'), {
      such: 'a/b/c/2026-03-01T10/too-deep.log',
    });
    expect(numbersOf(archive.texts)).toEqual([1]);
  });

  test('that no account management events arrive, once a day', async () => {
    const { bucket, archive } = worldOf();
    bucket.put(keyOf(START), numberedEvent(0, { action: 'is.vpc.vpc.create' }), START);
    for (let run = 0; run < 30; run += 1) {
      await archive.run();
      now += HOUR;
    }
    expect(logger.warn).toHaveBeenCalledTimes(2);
    // Told of at each look from the second day on.
    expect(archive.findings).toEqual(Array(6).fill('setupIncomplete'));
    expect(logger.warn).toHaveBeenLastCalledWith(expect.stringContaining('None of 1 events'));

    bucket.put(keyOf(now), numberedEvent(1), now);
    now += 48 * HOUR;
    await archive.run();
    expect(logger.warn).toHaveBeenCalledTimes(2);
    expect(archive.findings).toHaveLength(6);
  });
});

test('the state stays far below what an item of DynamoDB holds, and nothing is lost for it', {
  timeout: 120_000,
}, async () => {
  const { bucket, archive } = worldOf('', 1000);
  // Eight hours of an enterprise: more objects in the recent hours than can be remembered.
  const objects = 36_000;
  for (const n of range(objects)) {
    const time = START - (n % 480) * MINUTE;
    bucket.put(keyOf(time, 'new', `region-${n % 7}`), '', time);
  }
  bucket.put(keyOf(START - 7 * HOUR), numberedEvent(0), START);
  for (let run = 0; run < 4; run += 1) {
    await archive.run();
    now += 5 * MINUTE;
  }
  expect(archive.largestState).toBeGreaterThan(200_000);
  expect(archive.largestState).toBeLessThan(300_000);
  expect(numbersOf(archive.texts)).toEqual([0]);
});

/** What writers do between two runs. */
const deeds = fc.array(
  fc.record({
    minutesLater: fc.nat(90),
    writes: fc.array(
      fc.record({
        lateMinutes: fc.oneof(fc.nat(30), fc.nat(20 * 60), fc.nat(60 * 24 * 60)),
        layout: fc.constantFrom('old' as const, 'new' as const),
        region: fc.constantFrom('eu-de', 'us-south'),
        events: fc.nat(3),
        equal: fc.boolean(),
        withId: fc.boolean(),
        zipped: fc.boolean(),
        grows: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
    failsAfter: fc.option(fc.nat(25), { nil: undefined }),
    switches: fc.boolean(),
    stepsOfTime: fc.option(fc.nat(12), { nil: undefined }),
  }),
  { maxLength: 12 },
);

test('whatever late and repeated writers do, and wherever runs are cut off: every record exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (rounds) => {
      const { buckets, archive, ...world } = bucketsOf();
      const written: { bucket: MemoryIbmBucket; key: string; lines: string[]; zipped: boolean }[] = [];
      let n = 0;
      const put = ({ bucket, key, lines, zipped }: (typeof written)[number]) => {
        const text = lines.join('\n');
        bucket.put(key, zipped ? gzipSync(text) : text, now);
      };
      for (const { minutesLater, writes, failsAfter, stepsOfTime, switches } of rounds) {
        for (const { lateMinutes, layout, region, events, equal, withId, zipped, grows } of writes) {
          const lines = range(events).map((_, index) => {
            n += equal && index > 0 && !withId ? 0 : 1;
            return numberedEvent(n, withId ? { id: `id-${n}` } : {});
          });
          const grown = grows ? written[n % Math.max(1, written.length)] : undefined;
          const object = grown ?? {
            bucket: buckets[n % 3 === 0 ? 0 : 1],
            key: keyOf(now - lateMinutes * MINUTE, layout, region),
            lines: [],
            zipped,
          };
          object.lines.push(...lines);
          if (grown === undefined) {
            written.push(object);
          }
          put(object);
        }
        now += minutesLater * MINUTE;
        let steps = 0;
        const step = () => {
          steps += 1;
          if (failsAfter !== undefined && steps > failsAfter) {
            throw new CrashError();
          }
        };
        for (const bucket of buckets) {
          bucket.onCall = step;
        }
        const timeIsUp = timeFor(stepsOfTime ?? Number.POSITIVE_INFINITY);
        await archive
          .run({ beforeCall: step, timeIsUp })
          .catch((error: Error) => expect(error.name).toBe('CrashError'));
        if (switches) {
          world.turn();
        }
      }
      for (const bucket of buckets) {
        bucket.onCall = () => {};
      }
      const linesOf = (wanted: MemoryIbmBucket) =>
        written.flatMap(({ bucket, lines }) => (bucket === wanted ? lines : []));
      // The bucket that is collected last, then the other one once more.
      for (let turns = 0; turns < 2; turns += 1) {
        now += 25 * HOUR;
        let outcome = await archive.run();
        for (let run = 0; run < 3 && !outcome.caughtUp; run += 1) {
          outcome = await archive.run();
        }
        expect(outcome).toMatchObject({ caughtUp: true, completeUntil: now });
        expect(archive.texts).toEqual(expect.arrayContaining(linesOf(world.bucket())));
        world.turn();
      }
      expect(archive.texts).toEqual(buckets.flatMap(linesOf).sort());
    }),
    { numRuns: 300 },
  );
});

/** Two buckets, of which one is collected at a time. */
function bucketsOf() {
  const buckets = [new MemoryIbmBucket(), new MemoryIbmBucket()] as const;
  const collectorOf = (bucket: MemoryIbmBucket, name: string) =>
    ibmCloudCollector(async () => ({ bucket, prefix: '' }), name);
  const collectors = [collectorOf(buckets[0], 'eu-de a/'), collectorOf(buckets[1], 'eu-de b/')] as const;
  let at: 0 | 1 = 0;
  return {
    buckets,
    archive: new MemoryArchive(
      movingCollector(collectors, () => at),
      () => new Date(now),
    ),
    /** That the next run collects from. */
    bucket: () => buckets[at],
    turn: () => {
      at = at === 0 ? 1 : 0;
    },
  };
}

import { describe, expect, test, vi } from 'vitest';
import {
  type ArchivedRecord,
  type AuditSource,
  archiveHour,
  hourOf,
  sourceOf,
} from '../../../../contract/archive.ts';
import { type DerivationOutcome, derive } from '../../../../lambda/archive/derived/derive.ts';
import type { StaleHour } from '../../../../lambda/archive/table/stale-hours.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { MemoryStore } from '../memory-store.ts';
import { eventOf, HOUR, MIDNIGHT, recordOf, rowsOf, type Said } from './events.ts';

const NOW = MIDNIGHT + 100 * HOUR;
const REGION = 'us-east-1';

/** An archive in memory: raw records, marks and derived files. */
class World {
  readonly derived = new MemoryStore();
  readonly raw: ArchivedRecord[] = [];
  readonly marks = new Map<string, StaleHour>();
  before: (call: string) => void = () => {};
  tries = 0;
  #marked = 0;

  /** As a collector does: the mark first. */
  add(...said: readonly Said[]): void {
    for (const each of said) {
      const record = recordOf(each);
      this.mark(sourceOf(record.id), hourOf(record.id));
      this.raw.push(record);
    }
  }

  mark(source: AuditSource, hour: string, since = NOW - HOUR, storingUntil = 0): void {
    this.#marked += 1;
    const mark = String(this.#marked);
    this.marks.set(`${source} ${hour}`, { source, hour, mark, since, storingUntil, triedAt: 0 });
  }

  async derive(options: Partial<Parameters<typeof derive>[0]> = {}): Promise<DerivationOutcome> {
    const world = this;
    this.derived.onCall = (call, moment) => {
      if (moment === 'before') {
        this.before(call);
      }
    };
    let told: DerivationOutcome | undefined;
    await derive(
      {
        store: this.derived,
        awsRegion: REGION,
        now: () => new Date(NOW),
        timeIsUp: () => false,
        isKnown: () => true,
        toOcsf: eventOf,
        staleHours: {
          async *list(source) {
            world.before('list marks');
            yield* [...world.marks.values()].filter((mark) => mark.source === source).sort(byHour);
          },
          async tried(hour, now) {
            world.before('tried');
            world.tries += 1;
            world.marks.set(`${hour.source} ${hour.hour}`, { ...hour, triedAt: now + world.tries });
          },
          async clear(hour) {
            world.before('clear');
            const key = `${hour.source} ${hour.hour}`;
            return world.marks.get(key)?.mark === hour.mark && world.marks.delete(key);
          },
        },
        async *read(source, from, to) {
          world.before('read');
          yield* world.raw
            .filter(({ id, time }) => sourceOf(id) === source && from <= time && time < to)
            .sort((a, b) => a.time - b.time);
        },
        ...options,
      },
      (outcome) => {
        told = outcome;
      },
    );
    return told as DerivationOutcome;
  }

  /** The ids in all files, sorted, each as often as a query would see it. */
  async seen(): Promise<string[]> {
    const files = await Promise.all([...this.derived.objects.values()].map(({ body }) => idsIn(body)));
    return files.flat().sort();
  }

  ids(): string[] {
    return this.raw.map(({ id }) => id).sort();
  }

  names(): string[] {
    return [...this.derived.objects.keys()]
      .map((key) => key.replace(/^ext\/trailbridge-/, '').replace(/region.*Day=/, ''))
      .sort();
  }
}

const read = new WeakMap<Buffer, string[]>();

/** A file is read once, however often it is looked at. */
async function idsIn(file: Buffer): Promise<string[]> {
  const ids = read.get(file) ?? (await rowsOf(file)).map(({ metadata }) => (metadata as { uid: string }).uid);
  read.set(file, ids);
  return ids;
}

function byHour(a: StaleHour, b: StaleHour): number {
  return a.hour < b.hour ? -1 : 1;
}

const at = (hour: number, number: number, more: Partial<Said> = {}): Said => ({
  time: MIDNIGHT + hour * HOUR + number,
  number,
  ...more,
});

describe('derive', () => {
  test("writes a day's events of each class into one file, sorted, and takes the marks away", async () => {
    const world = new World();
    world.add(at(9, 1), at(3, 2), at(3, 3, { className: 'entity_management' }), at(30, 4));

    const outcome = await world.derive();

    expect(world.names()).toEqual([
      'cloudone-authentication/20260301/00.parquet',
      'cloudone-authentication/20260302/00.parquet',
      'cloudone-entity-management/20260301/00.parquet',
    ]);
    expect(await world.seen()).toEqual(world.ids());
    expect(outcome).toMatchObject({ hoursDone: 3, hoursLeft: 0, oldestAge: 0 });
    expect(world.marks.size).toBe(0);
  });

  test('adds later hours, and late events of former hours, to the same file', async () => {
    const world = new World();
    world.add(at(3, 1));
    await world.derive();
    world.add(at(4, 2), at(1, 3));
    await world.derive();

    expect(world.names()).toEqual(['cloudone-authentication/20260301/00.parquet']);
    expect(await world.seen()).toEqual(world.ids());
  });

  test('begins another file with the next hour where one is large, and never moves an hour that is in it', async () => {
    const world = new World();
    const rangeBytes = 1000;
    world.add(at(1, 1, { padding: 600 }), at(2, 2, { padding: 600 }));
    await world.derive({ rangeBytes });
    world.add(at(5, 3, { padding: 2000 }), at(6, 4, { padding: 10 }), at(0, 5, { padding: 5000 }), at(3, 6));
    await world.derive({ rangeBytes });
    world.add(at(7, 7), at(6, 8), at(2, 9));
    await world.derive({ rangeBytes });

    // 00 has the hours 0 to 2 although it is too large since; 03 to 5, because 3 alone is small; then 6 and 7.
    expect(world.names()).toEqual([
      'cloudone-authentication/20260301/00.parquet',
      'cloudone-authentication/20260301/03.parquet',
      'cloudone-authentication/20260301/06.parquet',
    ]);
    expect(await world.seen()).toEqual(world.ids());
  });

  test('leaves nothing behind of events that are in another class since', async () => {
    const world = new World();
    world.add(at(3, 1), at(3, 2, { className: 'api_activity' }));
    await world.derive();
    world.mark('cloudone', '20260301T03');
    await world.derive({ toOcsf: (record) => ({ ...eventOf(record), class_uid: 6003 }) });

    expect(world.names()).toEqual(['cloudone-api-activity/20260301/00.parquet']);
    expect(await world.seen()).toEqual(world.ids());
  });

  test('leaves a mark that was renewed meanwhile', async () => {
    const world = new World();
    world.add(at(3, 1));
    world.derived.changed = async () => {
      world.derived.changed = async () => {};
      world.add(at(3, 2));
    };
    await world.derive();
    expect(world.marks.size).toBe(1);

    await world.derive();
    expect(await world.seen()).toEqual(world.ids());
    expect(world.marks.size).toBe(0);
  });

  test('looks again where somebody else has written a file meanwhile', async () => {
    const world = new World();
    world.add(at(3, 1));
    await world.derive();
    world.add(at(4, 2));
    const [[key = '', former] = []] = world.derived.objects;
    world.before = (call) => {
      if (call.startsWith('put') && former !== undefined) {
        world.before = () => {};
        world.derived.objects.set(key, { ...former, etag: 'another' });
      }
    };
    await world.derive();

    expect(await world.seen()).toEqual(world.ids());
  });

  test('gives up on a file that somebody else writes again and again, and does the other days', async () => {
    const world = new World();
    world.add(at(3, 1), at(27, 2));
    world.before = (call) => {
      if (call.startsWith('put') && call.includes('20260301')) {
        world.derived.objects.set(call.slice(4), { body: Buffer.alloc(0), etag: `other ${Math.random()}` });
      }
    };

    await expect(world.derive()).rejects.toThrow("1 of the archive's days could not be derived");

    expect([...world.marks.values()].map(({ hour }) => hour)).toEqual(['20260301T03']);
  });

  test('does first what has been stale the longest, ends when time is up, and tells how long the rest has waited', async () => {
    const world = new World();
    world.add(at(3, 1), at(27, 2), at(51, 3));
    world.mark('cloudone', archiveHour(MIDNIGHT + 27 * HOUR), NOW - 5 * HOUR);
    world.mark('cloudone', archiveHour(MIDNIGHT + 51 * HOUR), NOW - 2 * HOUR);

    const outcome = await world.derive({ timeIsUp: () => world.derived.objects.size > 0 });

    expect(world.names()).toEqual(['cloudone-authentication/20260302/00.parquet']);
    expect(outcome).toMatchObject({ hoursDone: 1, hoursLeft: 2, oldestAge: 2 * HOUR });
  });

  test('does not wait for days that cannot be derived, however many: they come last from then on', async () => {
    vi.spyOn(logger, 'error').mockReturnValue();
    const world = new World();
    const bad = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `2026030${day}`));
    world.add(...Array.from({ length: 20 }, (_, day) => at(24 * day + 3, day)));
    const attempts: string[] = [];
    const toOcsf = (record: ArchivedRecord) => {
      const day = hourOf(record.id).slice(0, 8);
      attempts.push(day);
      if (bad.has(day)) {
        throw new Error('this one cannot be derived');
      }
      return eventOf(record);
    };
    for (let run = 0; run < 4; run += 1) {
      await expect(world.derive({ toOcsf })).rejects.toThrow('3 of the archive');
    }
    expect([...world.marks.values()].map(({ hour }) => hour.slice(0, 8)).sort()).toEqual(
      [...bad].sort().slice(1),
    );

    // What comes new is derived at once, and those that fail take turns.
    world.add(at(24 * 19 + 5, 77));
    attempts.length = 0;
    await expect(world.derive({ toOcsf })).rejects.toThrow('3 of the archive');
    expect(attempts[0]).toBe('20260320');
    await expect(world.derive({ toOcsf })).rejects.toThrow('3 of the archive');
    await expect(world.derive({ toOcsf })).rejects.toThrow('3 of the archive');
    expect(new Set(attempts)).toEqual(new Set(['20260320', ...[...bad].slice(1)]));
  });

  test('derives what is there of an hour in which something is being stored, and leaves it stale until that is over', async () => {
    const world = new World();
    world.add(at(3, 1));
    world.mark('cloudone', '20260301T03', NOW - HOUR, NOW + 1);
    expect(await world.derive()).toMatchObject({ hoursDone: 0, hoursLeft: 1, oldestAge: HOUR });
    expect(await world.seen()).toEqual(world.ids());

    expect(await world.derive({ now: () => new Date(NOW + 1) })).toMatchObject({
      hoursDone: 1,
      hoursLeft: 0,
    });
    expect(world.marks.size).toBe(0);
  });

  test('counts the unknown events of the hours that were stale, by source', async () => {
    const world = new World();
    world.add(at(3, 1));
    await world.derive();
    world.add(at(4, 2), at(4, 3), at(5, 4, { source: 'ibmcloud' }));

    const { unknownEvents } = await world.derive({
      isKnown: ({ metadata }) => metadata.log_source === 'ibmcloud',
    });

    expect(unknownEvents).toEqual({ cloudone: 2, appdynamics: 0, ibmcloud: 0 });
  });

  test('stores a record that the raw archive has twice only once', async () => {
    const world = new World();
    world.add(at(3, 1), at(3, 1));
    await world.derive();

    expect(await world.seen()).toHaveLength(1);
  });
});

describe('a derivation that fails at any call', () => {
  /** Several ranges, classes, days and sources; and what is there before, too. */
  async function beginning(): Promise<World> {
    const world = new World();
    world.add(at(1, 1, { padding: 900 }), at(2, 2, { className: 'api_activity', padding: 300 }), at(26, 3));
    await world.derive({ rangeBytes: 1000 });
    world.add(
      at(0, 4),
      at(2, 5),
      at(6, 6, { padding: 1500 }),
      at(9, 7, { className: 'entity_management' }),
      at(9, 8, { source: 'ibmcloud' }),
      at(26, 9, { className: 'group_management' }),
    );
    return world;
  }

  test('leaves each event once for whoever looks at any moment, and is made good by the next one', async () => {
    vi.spyOn(logger, 'error').mockReturnValue();
    let calls = 0;
    const counted = await beginning();
    counted.before = () => {
      calls += 1;
    };
    await counted.derive({ rangeBytes: 1000 });
    expect(calls).toBeGreaterThan(40);

    for (let failing = 1; failing <= calls; failing += 1) {
      const world = await beginning();
      let before = await world.seen();
      world.derived.changed = async () => {
        const now = await world.seen();
        expect(new Set(now).size, `call ${failing}: an event is there twice`).toBe(now.length);
        expect(now, `call ${failing}: an event is gone`).toEqual(expect.arrayContaining(before));
        before = now;
      };
      let call = 0;
      world.before = () => {
        call += 1;
        if (call >= failing) {
          throw new Error(`broken off at call ${failing}`);
        }
      };
      await expect(world.derive({ rangeBytes: 1000 })).rejects.toThrow();

      world.before = () => {};
      await world.derive({ rangeBytes: 1000 });
      expect(await world.seen(), `call ${failing}`).toEqual(world.ids());
      expect(world.marks.size).toBe(0);
    }
  });
});

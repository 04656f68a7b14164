import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Collector } from '../../../../lambda/archive/collect/collector.ts';
import { fixedPlace } from '../../../../lambda/archive/collect/place.ts';
import { readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import { LeaseLostError } from '../../../../lambda/archive/table/lease.ts';
import { collected } from '../collected.ts';
import { ArchiveWorld, HOUR, MINUTE, NOON, pagedCollector, recordOf, TIME_OUT } from '../world.ts';

type State = { readonly next: number };

function collector(collect: Collector<State>['collect'], place = 'here'): Collector<State> {
  return { source: 'cloudone', arrive: fixedPlace(place), state: z.object({ next: z.number() }), collect };
}

function told({ metrics }: ArchiveWorld, name: string): unknown[] {
  return metrics.filter((metric) => metric.name === name).map(({ value }) => value);
}

const done = { caughtUp: true, completeUntil: NOON } as const;

describe('a run', () => {
  test('begins where the last one saved, and tells what it did', async () => {
    const world = new ArchiveWorld();
    const states: unknown[] = [];
    const counting = collector(async ({ state, archive, save }) => {
      states.push(state);
      await archive.add(recordOf(`${state?.next ?? 0}`));
      await save({ next: (state?.next ?? 0) + 1 });
      return { caughtUp: false, completeUntil: NOON - HOUR };
    });
    await world.run(counting);
    world.time += MINUTE;
    expect(await world.run(counting)).toEqual({
      kind: 'Collected',
      caughtUp: false,
      completeUntil: NOON - HOUR,
      archived: 1,
      known: 0,
      undated: 0,
      unreadable: 0,
    });
    expect(states).toEqual([undefined, { next: 1 }]);
    expect(told(world, 'counts')).toEqual(
      Array(2).fill({ archived: 1, known: 0, undated: 0, unreadable: 0 }),
    );
    expect(told(world, 'age')).toEqual([HOUR, HOUR + MINUTE]);
    expect(told(world, 'failed')).toEqual([false, false]);
    expect(world.logged).toEqual(
      Array(2).fill({
        level: 'info',
        message: 'Collected',
        fields: expect.objectContaining({ source: 'cloudone', caughtUp: false, archived: 1 }),
      }),
    );
  });

  test('stores what was added, then the state', async () => {
    const world = new ArchiveWorld();
    await world.run(
      collector(async ({ archive, save }) => {
        await archive.add(recordOf('a'));
        expect(world.store.objects.size).toBe(0);
        await save({ next: 1 });
        expect(world.store.objects.size).toBe(1);
        return done;
      }),
    );
  });

  test('does not save a state where what comes before it cannot be stored', async () => {
    const world = new ArchiveWorld();
    const page = pagedCollector([[recordOf('a')]]);
    world.store.onCall = (call) => {
      if (call.startsWith('put')) {
        throw new Error('S3 is down');
      }
    };
    await expect(world.run(page)).rejects.toThrow('S3 is down');
    world.store.onCall = () => {};
    expect(await world.run(page)).toMatchObject({ archived: 1 });
  });

  test('stores what was added behind the last state, too', async () => {
    const world = new ArchiveWorld();
    await world.run(
      collector(async ({ archive }) => {
        await archive.add(recordOf('a'));
        return done;
      }),
    );
    expect(world.store.objects.size).toBe(1);
  });

  test('that finds another under way ends quietly, and tells the age', async () => {
    const world = new ArchiveWorld();
    await world.run(collector(async () => ({ caughtUp: true, completeUntil: NOON - HOUR })));
    let inner: unknown;
    await world.run(
      collector(async () => {
        inner = await world.run(collector(() => Promise.reject(new Error('never called'))));
        return done;
      }),
    );
    expect(inner).toEqual({ kind: 'LeaseTaken' });
    expect(world.logged[1]).toMatchObject({ level: 'info', message: expect.stringContaining('Another run') });
    expect(told(world, 'age')).toEqual([HOUR, HOUR, 0]);
    expect(told(world, 'failed')).toEqual([false, false]);
  });

  test('that another has taken over from ends quietly, and changes nothing', async () => {
    const world = new ArchiveWorld();
    const end = await world.run(
      collector(async ({ save }) => {
        world.time += TIME_OUT + MINUTE;
        await world.run(
          collector(async (session) => {
            await session.save({ next: 7 });
            return done;
          }),
        );
        await expect(save({ next: 1 })).rejects.toBeInstanceOf(LeaseLostError);
        await save({ next: 1 });
        return done;
      }),
    );
    expect(end).toEqual({ kind: 'LeaseLost' });
    expect(world.logged.at(-1)).toMatchObject({ level: 'warn' });
    await world.run(
      collector(async ({ state }) => {
        expect(state).toEqual({ next: 7 });
        return done;
      }),
    );
  });

  test('that fails throws, tells it, tells the age, and leaves the way free for the next', async () => {
    const world = new ArchiveWorld();
    await world.run(collector(async () => done));
    world.time += 2 * HOUR;
    const failing = collector(async ({ archive, save }) => {
      await archive.add(recordOf('a'));
      await save({ next: 1 });
      throw new Error('the vendor is down');
    });
    await expect(world.run(failing)).rejects.toThrow('the vendor is down');
    expect(told(world, 'failed')).toEqual([false, true]);
    expect(told(world, 'age')).toEqual([0, 2 * HOUR]);
    expect(told(world, 'counts').at(-1)).toMatchObject({ archived: 1 });
    expect(world.logged.at(-1)).toMatchObject({
      level: 'error',
      fields: { problem: 'Error: the vendor is down', archived: 1 },
    });
    expect(await world.run(collector(async () => done))).toMatchObject({ kind: 'Collected' });
  });

  test('tells the age from the first try on where nothing was ever complete', async () => {
    const world = new ArchiveWorld();
    const never = collector(async () => ({ caughtUp: false, completeUntil: undefined }));
    await world.run(never);
    world.time += HOUR;
    await world.run(never);
    expect(told(world, 'age')).toEqual([0, HOUR]);
  });

  test('does not go on from a state that it cannot read, and says how to begin anew', async () => {
    const world = new ArchiveWorld();
    await world.run(pagedCollector([[recordOf('a')]]));
    const other = { ...collector(async () => done), state: z.object({ next: z.string() }) };
    await expect(world.run(other as never)).rejects.toMatchObject({
      name: 'UnreadableCheckpointError',
      message: expect.stringMatching(/checkpoint#cloudone .*next.*Delete the item/),
    });
    expect(told(world, 'failed')).toEqual([false, true]);
  });
});

describe('another place', () => {
  const stateSeen = (seen: unknown[], place: string) =>
    collector(async ({ state, save }) => {
      seen.push(state);
      await save({ next: (state?.next ?? 0) + 1 });
      return { caughtUp: true, completeUntil: NOON };
    }, place);

  test('is collected from the beginning, and told; and so is the first one when it comes again', async () => {
    const world = new ArchiveWorld();
    const seen: unknown[] = [];
    for (const place of ['here', 'here', 'there', 'there', 'here']) {
      await world.run(stateSeen(seen, place));
    }
    expect(seen).toEqual([undefined, { next: 1 }, undefined, { next: 1 }, undefined]);
    const warned = world.logged.filter(({ level }) => level === 'warn');
    expect(warned.map(({ fields }) => fields)).toEqual([
      { source: 'cloudone', former: 'here', place: 'there', formerCompleteUntil: NOON },
      { source: 'cloudone', former: 'there', place: 'here', formerCompleteUntil: NOON },
    ]);
  });

  test('is not complete because the former was: the age counts from the change on', async () => {
    const world = new ArchiveWorld();
    await world.run(stateSeen([], 'here'));
    world.time += 48 * HOUR;
    const behind = collector(async () => ({ caughtUp: false, completeUntil: undefined }), 'there');
    await world.run(behind);
    world.time += HOUR;
    await world.run(behind);
    expect(told(world, 'age')).toEqual([0, 0, HOUR]);
    expect(world.table.items.get('checkpoint#cloudone\ncheckpoint')).not.toHaveProperty('completeUntil');
  });

  test('is none for a state that is older than the places', async () => {
    const world = new ArchiveWorld();
    const seen: unknown[] = [];
    await world.run(stateSeen(seen, 'here'));
    delete world.table.items.get('checkpoint#cloudone\ncheckpoint')?.collectedFrom;
    await world.run(stateSeen(seen, 'there'));
    await world.run(stateSeen(seen, 'here'));
    expect(seen).toEqual([undefined, { next: 1 }, undefined]);
  });

  test('wherever a run is killed, the other place is collected whole', async () => {
    const pages = (place: string) => [[recordOf(`${place} 1`)], [recordOf(`${place} 2`)]];
    for (let moment = 1; ; moment += 1) {
      const world = new ArchiveWorld();
      await world.run(pagedCollector(pages('here')));
      const there = { ...pagedCollector(pages('there')), arrive: fixedPlace('there') };
      world.killAt(moment);
      const wasKilled = await world.run(there).then(
        () => false,
        () => true,
      );
      world.revive();
      await world.run(there);
      const everything = { sources: ['cloudone' as const], from: 0, to: Number.POSITIVE_INFINITY };
      const records = await collected(readArchive(world.store, everything));
      expect(records.map(({ record }) => JSON.parse(record).name).sort(), `killed at ${moment}`).toEqual([
        'here 1',
        'here 2',
        'there 1',
        'there 2',
      ]);
      if (!wasKilled) {
        expect(moment).toBeGreaterThan(10);
        return;
      }
    }
  });

  test('a state that cannot be read stands in nobody’s way', async () => {
    const world = new ArchiveWorld();
    await world.run(stateSeen([], 'here'));
    const other = { ...collector(async () => done, 'there'), state: z.object({ next: z.string() }) };
    expect(await world.run(other as never)).toMatchObject({ kind: 'Collected' });
  });

  test('a state that no item can hold is an error with a name, and the last one stays', async () => {
    const world = new ArchiveWorld();
    const seen: unknown[] = [];
    await world.run(stateSeen(seen, 'here'));
    const large = { ...collector(async ({ save }) => save('x'.repeat(400_000) as never).then(() => done)) };
    await expect(world.run(large)).rejects.toMatchObject({
      name: 'CheckpointTooLargeError',
      message: expect.stringMatching(/checkpoint#cloudone takes 400002 bytes/),
    });
    await world.run(stateSeen(seen, 'here'));
    expect(seen).toEqual([undefined, { next: 1 }]);
  });
});

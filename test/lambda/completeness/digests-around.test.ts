/** What a check of the past, by itself, learns of the digests before and after the time that it is asked about. */
import { describe, expect, test } from 'vitest';
import type { CompletenessResult } from '../../../contract/completeness.ts';
import { isSilent } from '../../../contract/completeness-sums.ts';
import { DigestWriter } from '../../../rehearsal/input/digests.ts';
import { at, HOUR, KEYS, PLACE, resultOf, START, urlOf, World } from './world.ts';

const DAY = { from: new Date(at(24)), to: new Date(at(48)) };

function worldOf(hours: number): World {
  const world = new World();
  for (let hour = 0; hour < hours; hour += 1) {
    world.hour();
  }
  return world.forwardAll();
}

/** Digests and files of the hours, the last one not included. */
function wipe(world: World, first: number, last: number): void {
  for (const [hour, digest] of world.digests.entries()) {
    const file = world.files[hour];
    if (hour >= first && hour < last && file !== undefined) {
      world.delete(digest, true);
      world.delete(file, true);
    }
  }
}

function checked(world: World, window: { from: Date; to: Date } = DAY): Promise<CompletenessResult> {
  return resultOf(world, { series: world.series, ...window });
}

function uncoveredOf({ trails }: CompletenessResult) {
  return trails.flatMap(({ uncovered }) => uncovered);
}

describe('a day of which everything was deleted', () => {
  test('is told to be missing where the chain goes on after it', async () => {
    const world = worldOf(72);
    wipe(world, 23, 50);
    const result = await checked(world);
    const newest = urlOf(world.digests[49] as never);
    expect(result).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 0, missing: 24 },
      findings: [
        {
          kind: 'Chain',
          link: 'PreviousMissing',
          digest: urlOf(world.digests[50] as never),
          previous: newest,
        },
      ],
    });
    expect(uncoveredOf(result)).toEqual([
      { from: at(24), to: at(48), reason: 'DigestMissing', missing: { newest, about: 24 } },
    ]);
    expect(isSilent(result)).toBe(false);
  });

  test('also where nothing is left before it', async () => {
    const world = worldOf(72);
    wipe(world, 0, 48);
    // The digest after the window's end is examined as part of it; without it, it takes the one after that.
    expect(await checked(world)).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 1, missing: 24 },
    });
    wipe(world, 48, 49);
    expect(await checked(world)).toMatchObject({
      verdict: 'Tampered',
      digests: { verified: 0, missing: 24 },
    });
  });

  test('is told to be overdue where there is only what was before', async () => {
    const world = worldOf(72);
    wipe(world, 23, 72);
    const result = await checked(world);
    expect(result).toMatchObject({ verdict: 'Unproven', digests: { missing: 0 } });
    expect(uncoveredOf(result)).toEqual([{ from: at(24), to: at(48), reason: 'DigestOverdue' }]);
    expect(isSilent(result)).toBe(false);
  });

  test('is not told to be silent where a chain begins anew after it', async () => {
    const world = worldOf(40);
    wipe(world, 0, 40);
    world.writer.restart(new Date(at(60)));
    world.hour();
    const result = await checked(world.forwardAll());
    expect(result).toMatchObject({ verdict: 'Unproven', digests: { verified: 0 } });
    expect(uncoveredOf(result)).toMatchObject([{ reason: 'ChainRestarted' }]);
    expect(isSilent(result)).toBe(false);
  });

  test('is silent where there is nothing around it', async () => {
    const world = worldOf(72);
    wipe(world, 0, 72);
    const result = await checked(world);
    expect(uncoveredOf(result)).toMatchObject([{ reason: 'NoDigests' }]);
    expect(isSilent(result)).toBe(true);
  });
});

describe('beside a trail that proves the day', () => {
  test.each([
    ['before and after', 72, 'Tampered', 'DigestMissing'],
    ['before', 48, 'Unproven', 'DigestOverdue'],
  ] as const)(
    'another one whose digests of the day are gone, and that wrote %s it',
    async (_when, hours, verdict, reason) => {
      const world = worldOf(72);
      const other = new DigestWriter({ ...PLACE, trailName: 'data-events' }, KEYS[1], START);
      for (let hour = 0; hour < hours; hour += 1) {
        const digest = other.next([]);
        if (hour < 23 || hour > 49) {
          world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
        }
      }
      const result = await checked(world);
      expect(result).toMatchObject({ verdict, digests: { verified: 24 } });
      expect(uncoveredOf(result)).toMatchObject([{ from: at(24), to: at(48), reason }]);
    },
  );

  test('another one that began after it is not asked about', async () => {
    const world = worldOf(72);
    const other = new DigestWriter({ ...PLACE, trailName: 'new' }, KEYS[1], new Date(at(60)));
    const digest = other.next([]);
    world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
    expect(await checked(world)).toMatchObject({ verdict: 'Proven', digests: { verified: 24 } });
  });

  test.each([10, 30, 60])('the name that it had until hour %s is not asked about', async (change) => {
    const world = worldOf(change);
    world.move({ trailName: 'renamed' });
    for (let hour = change; hour < 72; hour += 1) {
      world.hour();
    }
    const result = await checked(world.forwardAll());
    expect(result).toMatchObject({ verdict: 'Proven', digests: { verified: 24 } });
    expect(uncoveredOf(result)).toEqual([]);
  });
});

describe('the end of a check that nobody goes on with', () => {
  test.each([1, 30, 59])('%s minutes that no digest covers are not proven', async (minutes) => {
    const world = worldOf(3);
    const to = new Date(START.getTime() + 3 * HOUR + minutes * 60_000);
    const result = await checked(world, { from: START, to });
    expect(result).toMatchObject({ verdict: 'Unproven' });
    expect(uncoveredOf(result)).toEqual([{ from: at(3), to: to.toISOString(), reason: 'DigestOverdue' }]);
  });

  test('the digest that covers it was deleted: the one after it tells', async () => {
    const world = worldOf(6);
    wipe(world, 3, 4);
    const window = { from: START, to: new Date(START.getTime() + 3 * HOUR - 60_000 + HOUR / 2) };
    expect(await checked(world, window)).toMatchObject({ verdict: 'Tampered', digests: { missing: 1 } });
  });
});

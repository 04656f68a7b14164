import { describe, expect, test } from 'vitest';
import { type DigestPosition, digestPositionSchema } from '../../../contract/completeness.ts';
import type { CompletenessEvent } from '../../../lambda/completeness/completeness-check.ts';
import { DigestWriter } from '../../../rehearsal/input/digests.ts';
import { at, eventsOf, HOUR, KEYS, PLACE, resultOf, START, talliedOf, urlOf, World } from './world.ts';

/** The last position told, as it comes out of a store. */
function positionOf(events: readonly CompletenessEvent[]): DigestPosition {
  const positions = events.flatMap((event) => (event.kind === 'Position' ? [event.position] : []));
  return digestPositionSchema.parse(JSON.parse(JSON.stringify(positions.at(-1))));
}

function digestsIn(events: readonly CompletenessEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.kind === 'VerifiedDigest' || event.kind === 'InvalidDigest' ? [event.digest] : [],
  );
}

function eventful(): World {
  const world = new World();
  for (let hour = 0; hour < 8; hour += 1) {
    world.hour(hour % 3);
    if (hour % 4 === 1) {
      world.backfill();
    }
    if (hour === 5) {
      world.move({ trailName: 'renamed' });
    }
  }
  for (const index of [3, 6]) {
    world.delete(world.digests[index] ?? { bucket: '', key: '' });
  }
  return world;
}

describe('a check that goes on', () => {
  test('hour by hour sees what one check of the whole time sees', async () => {
    const world = eventful();
    const whole = await eventsOf(world);
    const pieces: CompletenessEvent[] = [];
    let position: DigestPosition | undefined;
    for (let hour = 0; hour < 8; hour += 1) {
      const from = new Date(START.getTime() + hour * HOUR);
      const window = { series: world.series, from, to: new Date(from.getTime() + HOUR) };
      const events = await eventsOf(world, window, position);
      position = positionOf(events);
      // What is overdue is told at the end of each hour, until the digest after it comes.
      pieces.push(
        ...events.filter((event) => event.kind !== 'Uncovered' || event.span.reason !== 'DigestOverdue'),
      );
    }
    expect(digestsIn(pieces).toSorted()).toEqual(digestsIn(whole).toSorted());
    const [{ digests, files, trails }, expected] = [talliedOf(world, pieces), talliedOf(world, whole)];
    expect({ digests, files, trails }).toEqual({
      digests: expected.digests,
      files: expected.files,
      trails: expected.trails,
    });
  });

  test('after any position tells every digest once', async () => {
    const world = eventful();
    const whole = await eventsOf(world);
    for (const [index, event] of whole.entries()) {
      if (event.kind === 'Position') {
        const before = whole.slice(0, index + 1);
        const rest = await eventsOf(world, world.window, positionOf(before));
        expect([...digestsIn(before), ...digestsIn(rest)]).toEqual(digestsIn(whole));
      }
    }
  });

  test('holds the next digest to the one before, whose hash it remembers', async () => {
    const world = new World();
    const first = world.hour();
    const position = positionOf(await eventsOf(world));
    world.hour();
    world.forwardAll();
    // It is not read again: what it was is known.
    world.delete(first);
    expect(digestsIn(await eventsOf(world, world.window, position))).toHaveLength(1);
    expect(talliedOf(world, await eventsOf(world, world.window, position)).verdict).toBe('Proven');
    const [chain] = position.chains;
    for (const change of [{ sha256: '00' }, { signatureSha256: '00' }]) {
      const other = { ...position, chains: [{ ...chain, head: { ...chain?.head, ...change } }] };
      const events = await eventsOf(world, world.window, other as DigestPosition);
      expect(events).toContainEqual(expect.objectContaining({ link: 'PreviousReplaced' }));
    }
  });

  test('tells an invalid backfill digest once', async () => {
    const world = new World();
    world.hour(0);
    world.replaceDigest(world.backfill(0), { metadata: {} });
    const first = await eventsOf(world);
    expect(digestsIn(first)).toHaveLength(2);
    expect(digestsIn(await eventsOf(world, world.window, positionOf(first)))).toEqual([]);
  });

  test('tells an invalid digest once, and its time until a valid one comes', async () => {
    const world = new World();
    world.hour(0);
    world.replaceDigest(world.hour(0), { metadata: {} });
    const position = positionOf(await eventsOf(world));
    const again = await eventsOf(world, world.window, position);
    expect(digestsIn(again)).toEqual([]);
    world.hour(0);
    const { trails, digests } = talliedOf(world, await eventsOf(world, world.window, position));
    expect(digests).toMatchObject({ verified: 1, invalid: 0 });
    expect(trails[0]?.uncovered).toEqual([{ from: at(1), to: at(2), reason: 'DigestInvalid' }]);
  });
});

test('digests of several trails are examined in the order of time, not of their names', async () => {
  const world = new World();
  const other = new DigestWriter({ ...PLACE, trailName: 'aaa' }, KEYS[0], START);
  for (const digest of [1, 2].flatMap(() => [world.hour(0), other.next([])])) {
    world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
  }
  const times = digestsIn(await eventsOf(world)).map((digest) => digest.slice(-24, -8));
  expect(times).toEqual(times.toSorted());
});

describe('digests that come late', () => {
  test('one that was overdue is examined with the one after it', async () => {
    const world = new World();
    world.hour();
    const late = world.hour();
    world.delete(late);
    const first = await eventsOf(world);
    expect(talliedOf(world, first).trails[0]?.uncovered).toMatchObject([{ reason: 'DigestOverdue' }]);
    world.hour();
    world.forwardAll().put(late.bucket, late.key, late.body, START, late.metadata);
    const rest = await eventsOf(world, { ...world.window, from: new Date(at(2)) }, positionOf(first));
    expect(digestsIn(rest)).toEqual([urlOf(late), expect.stringContaining('T130404Z')]);
    expect(talliedOf(world, rest)).toMatchObject({ verdict: 'Proven', files: { Forwarded: 2 } });
  });

  test('one that was the last of its chain is examined by itself', async () => {
    const world = new World();
    world.hour();
    const late = world.hour();
    world.delete(late);
    const first = await eventsOf(world);
    world.put(late.bucket, late.key, late.body, START, late.metadata);
    const window = { series: world.series, from: new Date(at(4)), to: new Date(at(5)) };
    expect(digestsIn(await eventsOf(world, window, positionOf(first)))).toEqual([urlOf(late)]);
  });

  test('a backfill digest of an hour that was checked long ago', async () => {
    const world = new World();
    for (let hour = 0; hour < 30; hour += 1) {
      world.hour(0);
    }
    const first = await eventsOf(world);
    world.backfill(1, new Date(at(3)));
    const window = { series: world.series, from: new Date(at(29)), to: new Date(at(30)) };
    const rest = await eventsOf(world, window, positionOf(first));
    expect(talliedOf(world, rest, window)).toMatchObject({ digests: { backfill: 1 }, files: { Gap: 1 } });
    expect(digestsIn(await eventsOf(world, window, positionOf(rest)))).toEqual([]);
  });
});

test('a backfill digest whose predecessor was let go long ago is no sign of tampering', async () => {
  const world = new World();
  world.hour(0);
  const old = world.backfill(0);
  const [later, end] = [new Date(at(24 * 15)), new Date(at(24 * 15 + 1))];
  const window = { ...world.window, to: end };
  const position = positionOf(
    await eventsOf(world, { ...window, from: later, to: later }, positionOf(await eventsOf(world))),
  );
  world.delete(old);
  const newer = world.backfill(0, later);
  const events = await eventsOf(world, { ...window, from: later }, position);
  expect(events).toContainEqual(expect.objectContaining({ digest: urlOf(newer), link: 'BeforeWindow' }));
});

test('a position does not grow with time', async () => {
  const world = new World();
  for (let hour = 0; hour < 300; hour += 1) {
    world.hour(0);
    if (hour % 24 === 0) {
      world.backfill(0);
      world.move({ trailName: `trail_${hour}` });
    }
  }
  expect(await resultOf(world)).toMatchObject({ digests: { verified: 300, backfill: 13 } });
  const lastHour = { ...world.window, from: new Date(at(299)) };
  const position = positionOf(await eventsOf(world, lastHour, positionOf(await eventsOf(world))));
  expect(position.chains).toHaveLength(1);
  expect(position.backfills).toHaveLength(7);
  expect(position.formerTrails.length).toBeLessThan(10);
});

test('what cannot be read for now is no finding', async () => {
  const world = new World();
  world.hour();
  const denied = async () => {
    throw new Error('AccessDenied');
  };
  for (const services of [
    { ...world.services, digests: { ...world.services.digests, get: denied } },
    { ...world.services, keys: { publicKeys: denied } },
    { ...world.services, ledger: { entries: denied } },
    { ...world.services, logFiles: { ...world.services.logFiles, versionsOf: denied } },
  ]) {
    const broken = Object.assign(Object.create(world) as World, { services });
    await expect(eventsOf(broken)).rejects.toThrow('AccessDenied');
  }
});

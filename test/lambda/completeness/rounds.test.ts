import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { DigestWriter } from '../../../rehearsal/input/digests.ts';
import { DeployedCheck } from './deployed-check.ts';
import { KEYS, PLACE, START, urlOf, World } from './world.ts';

let deployed: DeployedCheck;
afterEach(() => deployed.close());

/** A trail that began to write an hour after the stack was deployed. */
async function deploy(world: World, prefixes?: readonly string[]): Promise<DeployedCheck> {
  deployed = await DeployedCheck.start(world, prefixes);
  await deployed.callAt(-1.1);
  return deployed;
}

function worldOf(hours: number, files = 2, options: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(options);
  for (let hour = 0; hour < hours; hour += 1) {
    world.hour(files);
  }
  return world;
}

function hoursFrom(first: number, last: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

/** Nothing was found, which is told all the same. */
const QUIET = { CompletenessGaps: 0, CompletenessGapsRemaining: 0, CompletenessTampered: 0 };

test('nothing is due at first, and that is no silence', async () => {
  deployed = await DeployedCheck.start(new World());
  expect(await deployed.callAt(0)).toEqual({ ...QUIET, CompletenessAge: 0 });
  expect(await deployed.callAt(1)).toEqual({ ...QUIET, CompletenessAge: 0 });
  expect(deployed.aws.calls.filter((call) => !/^(Get|Put)Item/.test(call))).toEqual([]);
});

test('a round an hour, each with what has become due', async () => {
  const world = worldOf(6).forwardAll();
  await deploy(world);
  const rounds = [];
  for (let hour = 3; hour < 8; hour += 0.25) {
    rounds.push(await deployed.callAt(hour));
  }
  const proven = rounds.flatMap(({ CompletenessFilesProven: files }) => files ?? []);
  expect(proven).toEqual([2, 2, 2, 2, 2]);
  for (const metrics of rounds) {
    expect(metrics).toMatchObject(QUIET);
    expect(metrics.CompletenessAge).toBeGreaterThanOrEqual(2 * 3600);
    expect(metrics.CompletenessAge).toBeLessThan(3.1 * 3600);
  }
  expect(rounds.flatMap(({ CompletenessUnprovenHours: hours }) => hours ?? [])).toEqual([
    // The trail began six minutes after the check.
    0.1, 0, 0, 0, 0,
  ]);
});

describe('a gap', () => {
  test('is queued at once, and closed when it is forwarded', async () => {
    const world = worldOf(3);
    await deploy(world);
    world.forwardAll();
    const lost = [...world.ledger.keys()].slice(0, 2);
    for (const key of lost) {
      world.ledger.delete(key);
    }
    expect(await deployed.callAt(4)).toMatchObject({ CompletenessGaps: 2, CompletenessGapsRemaining: 0 });
    expect(deployed.forwardQueued().toSorted()).toEqual(lost.toSorted());
    expect(await deployed.callAt(5)).toMatchObject(QUIET);
    expect(deployed.series.gaps).toEqual([]);
    expect(deployed.aws.queued).toEqual([]);
  });

  test('that stays one is queued three times, told for two weeks, and let go with a word', async () => {
    const world = worldOf(1, 1);
    await deploy(world);
    const remaining: number[] = [];
    let queued = 0;
    for (const hour of [...hoursFrom(3, 36, 1), ...hoursFrom(39, 17 * 24, 12)]) {
      const metrics = await deployed.callAt(hour);
      expect(metrics.CompletenessGaps).toBe(deployed.series.gaps.length);
      remaining.push(metrics.CompletenessGapsRemaining ?? -1);
      queued += deployed.aws.queued.splice(0).length;
    }
    expect(queued).toBe(3);
    const first = remaining.indexOf(1);
    expect(first).toBeGreaterThanOrEqual(1);
    // It is no remaining one in the hours in which it has just been queued again.
    expect(remaining.filter((count) => count === 1).length).toBeGreaterThan(45);
    expect(remaining.at(-1)).toBe(0);
    expect(deployed.log).toContain('A file was never acknowledged, and is forgotten now');
  });

  test('of a trail without validation is found by listing', async () => {
    const world = worldOf(3);
    for (const digest of world.digests) {
      world.delete(digest, true);
    }
    world.forwardAll();
    const [lost = ''] = world.ledger.keys();
    world.ledger.delete(lost);
    await deploy(world);
    const metrics = await deployed.callAt(5.5);
    expect(metrics).toMatchObject({ CompletenessGaps: 1, CompletenessFilesProven: 0 });
    // From an hour after the deployment to two hours ago, on the hour.
    expect(metrics.CompletenessUnprovenHours).toBeCloseTo(3.03);
    expect(deployed.forwardQueued()).toEqual([lost]);
    // Nothing was written in the next hour.
    expect(await deployed.callAt(6.5)).toMatchObject({ CompletenessUnprovenHours: 0 });
  });

  test('in a crowd that cannot be remembered is queued all the same, and waited for', async () => {
    const world = worldOf(1, 400);
    world.hour(1);
    await deploy(world);
    deployed.aws.pageSize = 1000;
    expect(await deployed.callAt(5)).toMatchObject({ CompletenessGaps: 400, CompletenessDigestsVerified: 1 });
    expect(deployed.log).toContain('too many gaps');
    expect(deployed.series).toMatchObject({ gaps: [], surplus: { queued: 1 } });
    expect(deployed.aws.queued).toHaveLength(400);
    deployed.aws.queued.splice(0, 100);
    deployed.forwardQueued();
    // A hundred are still lacking, and fit.
    expect(await deployed.callAt(6)).toMatchObject({ CompletenessGaps: 101, CompletenessDigestsVerified: 2 });
    expect(deployed.series.surplus).toBeUndefined();
    deployed.forwardQueued();
    expect(await deployed.callAt(7)).toMatchObject(QUIET);
  });

  test('in a crowd that stays is not queued every hour', async () => {
    const world = worldOf(1, 300);
    await deploy(world);
    deployed.aws.pageSize = 1000;
    let queued = 0;
    for (const hour of [5, 6, 7, 10, 11, 12, 20, 34, 36, 38]) {
      const metrics = await deployed.callAt(hour);
      queued += deployed.aws.queued.splice(0).length;
      expect(metrics.CompletenessGaps).toBe(300);
    }
    expect(queued).toBe(3 * 300);
    expect(await deployed.callAt(42)).toMatchObject({ CompletenessGapsRemaining: 300 });
    expect((await deployed.callAt(43)).CompletenessAge).toBeGreaterThan(40 * 3600);
  });

  test('in a crowd that can never be forwarded does not keep a later one from being queued', async () => {
    const world = worldOf(1, 300);
    world.hour(1);
    const [lost] = world.files.slice(-1);
    await deploy(world);
    deployed.aws.pageSize = 1000;
    const queuedAt: number[] = [];
    for (const hour of [5, 11, 35, 36, 58, 59, 60]) {
      const metrics = await deployed.callAt(hour);
      if (
        deployed.aws.queued.splice(0).some((message) => JSON.stringify(message).includes(lost?.key ?? '-'))
      ) {
        queuedAt.push(hour);
        // The crowd is told a last time.
        expect(metrics).toMatchObject({ CompletenessGaps: 301, CompletenessGapsRemaining: 300 });
      }
    }
    expect(queuedAt).toEqual([59]);
    expect(deployed.log).toContain('"forgotten":300');
    expect((await deployed.callAt(61)).CompletenessAge).toBeLessThan(3.1 * 3600);
    expect(deployed.series.surplus).toBeUndefined();
  });
});

test('tampering is told at once, by metric and by log', async () => {
  const world = worldOf(4).forwardAll();
  const [, second] = world.digests;
  const [, , changed] = world.files;
  world.put(changed?.bucket ?? '', changed?.key ?? '', gzipSync('{"Records":[]}'), START);
  await deploy(world);
  world.replaceDigest(second as never, { metadata: {} });
  expect(await deployed.callAt(6)).toMatchObject({ CompletenessTampered: 1 });
  expect(deployed.log).toContain('not as CloudTrail delivered it');
  expect(deployed.log).toContain('SignatureMissing');
  expect(await deployed.callAt(7)).toMatchObject({ CompletenessTampered: 0 });
});

test('a changed file is told with the digest that lists it', async () => {
  const world = worldOf(2).forwardAll();
  const [changed] = world.files;
  world.put(changed?.bucket ?? '', changed?.key ?? '', gzipSync('{"Records":[]}'), START);
  world.forward(changed as never);
  await deploy(world);
  expect(await deployed.callAt(5)).toMatchObject({ CompletenessTampered: 1 });
  expect(deployed.log).toContain(urlOf(changed as never));
});

describe('a bucket of many accounts', () => {
  const ORGANIZATION = 'o-exampleorgid';

  /** Each with a digest an hour in two regions, of an organisation's trail. */
  function organization(accounts: number, prefix = ''): World {
    const place = { ...PLACE, prefix, organizationId: ORGANIZATION };
    const world = new World({ place });
    for (let account = 0; account < accounts; account += 1) {
      for (const region of ['eu-central-1', 'us-east-1']) {
        const accountId = String(100_000_000_000 + account);
        const writer = new DigestWriter({ ...place, accountId, region }, KEYS[0], START);
        for (const digest of [writer.next([]), writer.next([])]) {
          world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
        }
      }
    }
    return world;
  }

  test('is checked in as many calls as it takes, each region once', async () => {
    await deploy(organization(12));
    let calls = 1;
    let metrics = await deployed.callAt(5, 20);
    while (deployed.round.round !== undefined) {
      expect(metrics.CompletenessDigestsVerified).toBeUndefined();
      metrics = await deployed.callAt(5 + calls * 0.01, 20);
      calls += 1;
    }
    expect(calls).toBeGreaterThan(3);
    expect(metrics).toMatchObject({ ...QUIET, CompletenessDigestsVerified: 48 });
    expect(deployed.round.last?.totals).toMatchObject({ series: 24, behind: 0, digests: 48 });
  });

  test('is searched for trails that nobody knows of, once a day, and they are remembered', async () => {
    await deploy(organization(2, 'some/where'), ['elsewhere']);
    expect(await deployed.callAt(5)).toMatchObject({ CompletenessDigestsVerified: 8 });
    expect(deployed.round.foundPrefixes).toEqual(['some/where']);
    const before = deployed.aws.calls.length;
    await deployed.callAt(6);
    const listed = deployed.aws.calls.slice(before).filter((call) => call.startsWith('ListObjectsV2'));
    expect(deployed.round.last?.totals.series).toBe(4);
    // The organisation's folder and what is in it, and for each account three kinds, and what a region takes.
    expect(listed.length).toBeLessThan(24);
  });

  test('is not held up by a region that cannot be checked, which grows old', async () => {
    const world = organization(3);
    await deploy(world);
    deployed.aws.refuse = (call) =>
      call.includes('100000000001_CloudTrail-Digest_us-east-1') ? [503, 'SlowDown'] : undefined;
    expect((await deployed.callAt(5)).CompletenessDigestsVerified).toBe(10);
    expect(deployed.round.last?.totals).toMatchObject({ series: 6, behind: 1 });
    const { CompletenessAge: age } = await deployed.callAt(20);
    expect(age).toBeGreaterThan(20 * 3600);
    deployed.aws.refuse = () => undefined;
    const after = await deployed.callAt(21);
    expect(after.CompletenessDigestsVerified).toBe(2);
    expect(after.CompletenessAge).toBeLessThan(3.1 * 3600);
  });
});

describe('what vanishes from the bucket altogether', () => {
  function wipe(world: World, folder: string): void {
    for (const object of world.objects.filter(({ key }) => key.includes(folder))) {
      world.delete(object, true);
    }
  }

  test.each([
    ['the account', '/'],
    ['the region, beside another one', '/eu-central-1/'],
  ])('%s: is told to be silent for two weeks, and forgotten then', async (_what, folder) => {
    const world = worldOf(2).forwardAll();
    const other = new DigestWriter({ ...PLACE, region: 'us-east-1' }, KEYS[0], START);
    for (let hour = 0; hour < 4; hour += 1) {
      const digest = other.next([]);
      world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
    }
    await deploy(world);
    await deployed.callAt(4);
    wipe(world, folder);
    const { CompletenessUnprovenHours: first } = await deployed.callAt(6);
    expect(first).toBeGreaterThan(1.9);
    expect(deployed.log).toContain('not in the bucket any more');
    expect((await deployed.callAt(30)).CompletenessUnprovenHours).toBeGreaterThan(23);
    await deployed.callAt(15 * 24);
    await deployed.callAt(15 * 24 + 1);
    expect((await deployed.callAt(15 * 24 + 2)).CompletenessUnprovenHours).toBe(0);
    const [, remembered] = [...deployed.aws.table.items].find(([key]) => key.includes('/account/')) ?? [];
    expect(remembered).toBeDefined();
    expect(JSON.stringify(remembered)).not.toContain('eu-central-1');
  });

  test('is asked about in a later call where time runs out', async () => {
    const world = worldOf(2).forwardAll();
    await deploy(world);
    await deployed.callAt(5);
    wipe(world, '/');
    const early = await deployed.callAt(6, 0);
    expect(early.CompletenessUnprovenHours).toBeUndefined();
    expect((await deployed.callAt(6.25)).CompletenessUnprovenHours).toBeGreaterThan(0.9);
  });
});

test('a trail that is gone is told to be overdue for two weeks, and is dropped then', async () => {
  const world = worldOf(2).forwardAll();
  await deploy(world);
  await deployed.callAt(5);
  expect(deployed.series.position.chains).toHaveLength(1);
  expect((await deployed.callAt(100)).CompletenessUnprovenHours).toBeGreaterThan(90);
  await deployed.callAt(2 + 14 * 24 + 6);
  expect(deployed.series.position.chains).toEqual([]);
  expect((await deployed.callAt(2 + 14 * 24 + 7)).CompletenessUnprovenHours).toBe(0);
});

test('an hour that no digest speaks for is counted once, however many rounds there are', async () => {
  const world = worldOf(3).forwardAll();
  await deploy(world);
  const hours: number[] = [];
  for (let hour = 3; hour < 14; hour += 0.5) {
    hours.push((await deployed.callAt(hour)).CompletenessUnprovenHours ?? 0);
  }
  // The last round is that of 11:30, to 21:00 UTC: eight hours after the last digest, less four minutes and four seconds.
  expect(hours.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0.1 + 8 - 244 / 3600, 5);
});

test('what is remembered and cannot be read is begun anew', async () => {
  const world = worldOf(4).forwardAll();
  await deploy(world);
  await deployed.callAt(5);
  for (const key of [...deployed.aws.table.items.keys()].filter((each) => each.includes('/series/'))) {
    deployed.aws.remember(key, '{"position":');
  }
  expect(await deployed.callAt(6)).toMatchObject({ CompletenessDigestsVerified: 4 });
  expect(deployed.log).toContain('cannot be read: it begins anew');
});

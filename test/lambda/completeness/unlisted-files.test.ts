/** Files that no digest lists: of another trail, without validation, that writes to the same folder. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { DeployedCheck } from './deployed-check.ts';
import { at, HOUR, resultOf, START, urlOf, World } from './world.ts';

function worldOf(hours: number): World {
  const world = new World();
  for (let hour = 0; hour < hours; hour += 1) {
    world.hour();
  }
  return world.forwardAll();
}

/** A file that CloudTrail delivers for a trail without validation. */
function deliverUnlisted(world: World, hour: number) {
  const { bucket, accountId, region } = world.series;
  const name = `${accountId}_CloudTrail_${region}_20260301T1000Z_unlisted${hour}.json.gz`;
  const key = `AWSLogs/${accountId}/CloudTrail/${region}/2026/03/01/${name}`;
  return world.put(bucket, key, gzipSync('{"Records":[]}'), new Date(START.getTime() + hour * HOUR));
}

describe('beside a chain that covers all the time', () => {
  test('what was never forwarded is a gap', async () => {
    const world = worldOf(3);
    const lost = [0, 0.5, 2.9].map((hour) => deliverUnlisted(world, hour));
    const result = await resultOf(world);
    expect(result).toMatchObject({
      verdict: 'Gaps',
      files: { Forwarded: 3, Gap: 0 },
      listed: { acknowledged: 0, unacknowledged: 3 },
      trails: [{ covered: [{ from: at(0), to: at(3) }], uncovered: [] }],
    });
    expect(result.findings.toSorted()).toEqual(
      lost.map((file) => ({ kind: 'Unacknowledged', file: urlOf(file) })),
    );
  });

  test('what was forwarded takes nothing from the proof', async () => {
    const world = worldOf(3);
    world.forward(deliverUnlisted(world, 1));
    expect(await resultOf(world)).toMatchObject({ verdict: 'Proven', basis: 'Digests' });
  });

  test('what is stored from the window’s end on is not asked for', async () => {
    const world = worldOf(3);
    deliverUnlisted(world, 3);
    expect(await resultOf(world)).toMatchObject({ verdict: 'Proven' });
  });

  test('what a digest lists is told by that alone, whatever versions there are of it', async () => {
    const world = new World({ isVersioned: true });
    world.hour(3);
    const [forged, lost, overwritten] = world.files;
    world.delete(forged as never, true);
    world.put(forged?.bucket ?? '', forged?.key ?? '', gzipSync('{"Records":[1]}'), START);
    world.forward(overwritten as never);
    world.put(overwritten?.bucket ?? '', overwritten?.key ?? '', gzipSync('{"Records":[2]}'), START);
    expect(await resultOf(world)).toMatchObject({
      verdict: 'Tampered',
      files: { Forwarded: 1, Altered: 1, Gap: 1 },
      storedCopies: { overwritten: 1 },
      listed: { acknowledged: 0, unacknowledged: 0 },
      findings: [{ file: urlOf(forged as never) }, { file: urlOf(lost as never) }, { kind: 'StoredCopy' }],
    });
  });
});

describe('in rounds', () => {
  let deployed: DeployedCheck;
  afterEach(() => deployed.close());

  test('each is queued once, and closed when it is forwarded', async () => {
    const world = worldOf(6);
    const lost = Array.from({ length: 6 }, (_, hour) => deliverUnlisted(world, hour + 0.4));
    deployed = await DeployedCheck.start(world);
    await deployed.callAt(-1.1);
    const queued: string[] = [];
    for (let hour = 2; hour < 10; hour += 1) {
      await deployed.callAt(hour + 0.1);
      queued.push(...deployed.forwardQueued());
    }
    expect(queued.map((name) => name.includes('unlisted'))).toEqual(lost.map(() => true));
    expect(new Set(queued).size).toBe(lost.length);
    expect(deployed.series.gaps).toEqual([]);
  });
});

test('a file that one digest lists twice is one', async () => {
  const world = new World();
  const [file] = [world.hour(1), world.files[0]].slice(1) as [World['files'][number]];
  world.writer.restart(world.writer.time);
  const twice = world.writer.next([file, file]);
  world.put(twice.bucket, twice.key, twice.body, START, twice.metadata);
  world.delete(world.digests[0] as never);
  expect(await resultOf(world)).toMatchObject({ verdict: 'Gaps', files: { Gap: 1 } });
});

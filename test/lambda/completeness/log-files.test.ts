import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import { objectsToQueue } from '../../../lambda/completeness/completeness-check.ts';
import type { JudgedLogFile } from '../../../lambda/completeness/log-files.ts';
import { type DeliveredFile, eventsOf, resultOf, START, talliedOf, World } from './world.ts';

const FORGED = gzipSync('{"Records":[]}');

/** A digest that lists one file. */
function worldOfOneFile(isVersioned: boolean): { readonly world: World; readonly file: DeliveredFile } {
  const world = new World({ isVersioned });
  world.hour(1);
  const [file] = world.files;
  if (file === undefined) {
    throw new Error('The world has no file.');
  }
  return { world, file };
}

async function judgedOf(world: World): Promise<Partial<JudgedLogFile>> {
  const judged = (await eventsOf(world)).flatMap((event) => (event.kind === 'LogFiles' ? event.files : []));
  expect(judged).toHaveLength(1);
  return { ...judged[0] };
}

function overwrite(world: World, { bucket, key }: DeliveredFile) {
  return world.put(bucket, key, FORGED, START);
}

describe.each([false, true])('a log file in a bucket that is versioned: %s', (isVersioned) => {
  test('was forwarded as it was delivered, which is proven without reading it', async () => {
    const { world } = worldOfOneFile(isVersioned);
    world.forwardAll();
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Forwarded', copy: 'Intact', detail: '' });
    expect(world.reads).toBe(0);
  });

  test('was not forwarded: it is named to be queued, as it is stored', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    const events = await eventsOf(world);
    expect(talliedOf(world, events)).toMatchObject({
      verdict: 'Gaps',
      files: { Gap: 1 },
      findings: [{ kind: 'LogFile', verdict: 'Gap' }],
    });
    const queued = events.flatMap(objectsToQueue);
    expect(queued).toMatchObject([{ bucket: file.bucket, key: file.key }]);
    // What the forwarder would acknowledge is what the next check looks for.
    for (const object of queued) {
      world.ledger.set(ledgerKeyOf(object), { state: 'acknowledged', sha256: undefined });
    }
    expect(await resultOf(world)).toMatchObject({ verdict: 'Proven' });
  });

  test('was tried in vain, and the reason is told', async () => {
    const { world } = worldOfOneFile(isVersioned);
    world.forwardAll();
    for (const key of world.ledger.keys()) {
      world.ledger.set(key, { state: 'forwarding', failure: 'DestinationRefused' });
    }
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Gap', detail: 'It failed: DestinationRefused.' });
  });

  test('was acknowledged by a destination of before, and is on its way to another', async () => {
    const { world } = worldOfOneFile(isVersioned);
    world.forwardAll();
    for (const [key, entry] of world.ledger) {
      world.ledger.set(key, { ...entry, state: 'forwarding' });
    }
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Gap' });
  });

  test('was changed before it was forwarded', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    world.delete(file, true);
    overwrite(world, file);
    world.forwardAll();
    expect(await judgedOf(world)).toMatchObject({
      verdict: 'Altered',
      detail: 'What was forwarded is not what CloudTrail delivered.',
    });
    expect(await resultOf(world)).toMatchObject({ verdict: 'Tampered', files: { Altered: 1 } });
  });

  test('was changed, and nothing of it forwarded: nothing is queued', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    world.delete(file, true);
    overwrite(world, file);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Altered', toQueue: [] });
  });

  test('was replaced by something that is no gzip file', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    world.delete(file, true);
    world.put(file.bucket, file.key, Buffer.from('gone'), START);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Altered' });
  });

  test('was compressed anew: other bytes, the same file', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    world.put(file.bucket, file.key, gzipSync(file.content, { level: 1 }), START);
    world.forwardAll();
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Forwarded', copy: 'Intact' });
  });

  test('is gone for good', async () => {
    const { world, file } = worldOfOneFile(isVersioned);
    world.forwardAll().delete(file, true);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Deleted', copy: 'Deleted' });
    expect(await resultOf(world)).toMatchObject({ verdict: 'Tampered', files: { Deleted: 1 } });
  });
});

describe('where the bucket is not versioned', () => {
  test('a file that was overwritten after it was forwarded is altered: what was forwarded is not known any more', async () => {
    const { world, file } = worldOfOneFile(false);
    world.forwardAll();
    overwrite(world, file);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Altered' });
  });
});

describe('where the bucket is versioned', () => {
  test('a file that was overwritten after it was forwarded was forwarded, and its copy is not what it was', async () => {
    const { world, file } = worldOfOneFile(true);
    world.forwardAll();
    overwrite(world, file);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Forwarded', copy: 'Overwritten' });
    expect(await resultOf(world)).toMatchObject({
      verdict: 'Tampered',
      storedCopies: { overwritten: 1 },
      findings: [{ kind: 'StoredCopy', copy: 'Overwritten' }],
    });
  });

  test('a file that was deleted after it was forwarded is proven all the same', async () => {
    const { world, file } = worldOfOneFile(true);
    world.forwardAll().delete(file);
    expect(await judgedOf(world)).toMatchObject({ verdict: 'Forwarded', copy: 'Deleted' });
    expect(await resultOf(world)).toMatchObject({ verdict: 'Proven', storedCopies: { deleted: 1 } });
  });

  test('only the forgery was forwarded: the genuine version is queued', async () => {
    const { world, file } = worldOfOneFile(true);
    const forgery = overwrite(world, file);
    world.forwardAll();
    const { toQueue, ...judged } = await judgedOf(world);
    expect(judged).toMatchObject({ verdict: 'Gap', copy: 'Overwritten' });
    expect(toQueue).toHaveLength(1);
    expect(toQueue?.[0]?.versionId).not.toBe(forgery.versionId);
  });
});

test('many files are looked up a batch at a time, and the findings told are bounded', async () => {
  const world = new World();
  world.hour(1150);
  const result = await resultOf(world);
  expect(result).toMatchObject({ verdict: 'Gaps', files: { Gap: 1150 }, findingsLeftOut: 150 });
  expect(result.findings).toHaveLength(1000);
});

test('a file that two digests list is judged in both', async () => {
  const world = new World();
  world.hour(2);
  const digest = world.writer.next(world.files);
  world.put(digest.bucket, digest.key, digest.body, START, digest.metadata);
  expect(await resultOf(world.forwardAll())).toMatchObject({ verdict: 'Proven', files: { Forwarded: 4 } });
});

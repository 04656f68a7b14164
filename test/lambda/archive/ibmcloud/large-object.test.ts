import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CollectedRecord } from '../../../../lambda/archive/collect/collector.ts';
import { addLargeObject, addObject } from '../../../../lambda/archive/collect/ibmcloud/object-intake.ts';
import { portionsOf } from '../../../../lambda/archive/ibmcloud/large-object.ts';
import { numberedEvent } from './events.ts';

/** Equal lines among them, far from each other. */
const LINES = Array.from({ length: 16_000 }, (_, n) => numberedEvent(n % 15_500));

async function* inChunks(content: Buffer, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) {
    yield content.subarray(at, at + size);
  }
}

function recorder() {
  const added: CollectedRecord[] = [];
  const told: { why: string; origin: string }[] = [];
  return {
    added,
    told,
    add: async (record: CollectedRecord) => {
      added.push(record);
    },
    addUnreadable: async (_content: Buffer, why: string, origin: string) => {
      told.push({ why, origin });
    },
  };
}

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text, { level: 1 })],
])('a large object, %s, gives what it would give at once', async (_name, store) => {
  const content = store(LINES.join('\n'));
  const [whole, streamed] = [recorder(), recorder()];

  await addObject(whole, 'a key', content);
  const summary = await addLargeObject(streamed, 'a key', { etag: 'e', body: inChunks(content) });

  expect(streamed.added).toEqual(whole.added);
  expect(streamed.added.map(({ text }) => text)).toEqual(LINES);
  expect(streamed.added.filter(({ occurrence }) => occurrence === 1)).toHaveLength(500);
  expect(summary).toEqual({ events: 16_000, actions: new Set(['user-management.user.update']) });
  expect(streamed.told).toEqual([]);
});

test('portions end with a line, and are no larger than they must be', async () => {
  const content = Buffer.from(LINES.join('\n'));
  const portions: Buffer[] = [];
  for await (const portion of portionsOf(inChunks(content), 100_000)) {
    portions.push(portion);
  }
  expect(Buffer.concat(portions).equals(content)).toBe(true);
  expect(portions.slice(0, -1).every((portion) => portion.at(-1) === 0x0a)).toBe(true);
  expect(Math.max(...portions.map(({ length }) => length))).toBeLessThan(100_000 + 65_536);
});

test('of a large gzip object that is cut off, what comes before is read, and the rest is told', async () => {
  const content = gzipSync(LINES.join('\n'));
  const cut = recorder();
  await addLargeObject(cut, 'a key', {
    etag: 'e',
    body: inChunks(content.subarray(0, content.length - 1000)),
  });
  expect(cut.told).toEqual([{ why: expect.stringContaining('cut off'), origin: 'a key' }]);
});

test('what inflates beyond memory is read in portions; a bomb is told', async () => {
  const long = recorder();
  const lines = Array.from({ length: 34 }, (_, n) =>
    numberedEvent(n, { requestData: { padding: randomBytes(1024 * 1024).toString('hex') } }),
  );
  await addObject(long, 'a key', gzipSync(lines.join('\n'), { level: 1 }));
  expect(long.told).toEqual([]);
  expect(long.added.map(({ text }) => text)).toEqual(lines);

  const bomb = recorder();
  await addObject(bomb, 'a key', gzipSync(Buffer.alloc(80 * 1024 * 1024)));
  expect(bomb.told).toEqual([{ why: expect.stringContaining('too large to be copied'), origin: 'a key' }]);
});

test.each([
  ['events', { events: 12_000, bytes: 1e12 }],
  ['bytes', { events: 1e12, bytes: 12 * 1024 * 1024 }],
])('an object of too many %s ends somewhere, and that is told', async (_what, limits) => {
  const padded = Array.from({ length: 24_000 }, (_, n) =>
    numberedEvent(n).replace('{', `{"pad":"${'A'.repeat(900)}",`),
  );
  const kept = recorder();

  await addLargeObject(kept, 'a key', { etag: '', body: inChunks(gzipSync(padded.join('\n'))) }, limits);

  expect(kept.added.length).toBeGreaterThan(3000);
  expect(kept.added.length).toBeLessThan(24_000);
  expect(kept.told).toEqual([{ why: expect.stringContaining('stays in the bucket'), origin: 'a key' }]);
});

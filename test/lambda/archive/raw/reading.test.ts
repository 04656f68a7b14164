/** What is stored is read in order, all of it, in bounded memory, and what cannot be read is told. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArchivedRecord, AUDIT_SOURCES, type AuditSource } from '../../../../contract/archive.ts';
import { findRecords } from '../../../../lambda/archive/raw/find-record.ts';
import type { Damage } from '../../../../lambda/archive/raw/raw-object.ts';
import { type ReadArchiveOptions, readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import { collected } from '../collected.ts';
import { ArchiveWorld, HOUR, NOON, recordOf } from '../world.ts';

const EVERYTHING = { sources: AUDIT_SOURCES, from: 0, to: Number.POSITIVE_INFINITY };

interface Given {
  readonly source: AuditSource;
  readonly time: number;
}

/** Stores records in flushes of some, and returns them all. */
async function stored(world: ArchiveWorld, given: readonly Given[], atOnce = 3): Promise<void> {
  const archives = new Map(AUDIT_SOURCES.map((source) => [source, world.archive(source)]));
  for (const [index, { source, time }] of given.entries()) {
    await archives.get(source)?.add(recordOf(`${index}`, time));
    if (index % atOnce === atOnce - 1) {
      await Promise.all([...archives.values()].map((archive) => archive.flush()));
    }
  }
  await Promise.all([...archives.values()].map((archive) => archive.flush()));
}

function read(world: ArchiveWorld, options: Partial<ReadArchiveOptions> = {}): Promise<ArchivedRecord[]> {
  return collected(readArchive(world.store, { ...EVERYTHING, ...options }));
}

const given = fc.array(
  fc.record({
    source: fc.constantFrom(...AUDIT_SOURCES),
    // Days apart, and often in the same millisecond.
    time: fc.oneof(
      fc.integer({ min: 0, max: 3 }).map((ms) => NOON + ms),
      fc.integer({ min: 0, max: 40 * 24 }).map((hours) => NOON + hours * HOUR),
      fc.integer({ min: NOON, max: NOON + 3 * HOUR }),
    ),
  }),
  { maxLength: 40 },
);

test('in order, all, once; the newest first is the same backwards; in any span, of any sources', async () => {
  await fc.assert(
    fc.asyncProperty(
      given,
      fc.subarray([...AUDIT_SOURCES]),
      fc.integer({ min: -1, max: 5 }),
      fc.integer({ min: 0, max: 24 * 40 }),
      fc.integer({ min: 1, max: 200 }),
      async (all, sources, fromMs, toHours, heldCharacters) => {
        const world = new ArchiveWorld();
        await stored(world, all);
        const everything = await read(world, { heldCharacters });
        expect(everything).toHaveLength(all.length);
        expect(everything).toEqual(everything.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1)));
        const span = { sources, from: NOON + fromMs, to: NOON + toHours * HOUR };
        const expected = everything.filter(
          ({ id, time }) =>
            sources.some((source) => id.startsWith(source)) && time >= span.from && time < span.to,
        );
        expect(await read(world, { ...span, heldCharacters })).toEqual(expected);
        expect(await read(world, { ...span, heldCharacters, order: 'newest-first' })).toEqual(
          expected.toReversed(),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('page by page, in either order, it is the same as at once', async () => {
  await fc.assert(
    fc.asyncProperty(given, fc.integer({ min: 1, max: 7 }), async (all, pageSize) => {
      const world = new ArchiveWorld();
      await stored(world, all);
      for (const order of ['oldest-first', 'newest-first'] as const) {
        const paged: ArchivedRecord[] = [];
        for (let page: ArchivedRecord[] = [], first = true; first || page.length > 0; first = false) {
          page = (await read(world, { order, after: paged.at(-1) })).slice(0, pageSize);
          paged.push(...page);
        }
        expect(paged).toEqual(await read(world, { order }));
      }
    }),
    { numRuns: 30 },
  );
});

describe('memory', () => {
  test.each([
    ['in an hour', (index: number) => NOON + ((index * 7919) % HOUR)],
    ['in one millisecond', () => NOON],
    ['without a time', () => Number.NaN],
  ])(
    'is bounded where much more than may be held lies %s, without reading it many times',
    async (_where, timeOf) => {
      const world = new ArchiveWorld();
      const count = 1000;
      const archive = world.archive('cloudone', { records: 50 });
      for (let index = 0; index < count; index += 1) {
        const text = JSON.stringify({ index, agent: 'Mozilla/5.0 (X11; Linux x86_64) '.repeat(20) });
        await archive.add(recordOf(`${index}`, timeOf(index), { text }));
      }
      await archive.flush();
      let gets = 0;
      world.store.onCall = (call, moment) => {
        if (call.startsWith('get') && moment === 'before') {
          gets += 1;
        }
      };
      const whole = await read(world);
      expect(new Set(whole.map(({ id }) => id)).size).toBe(count);
      const objects = gets;
      gets = 0;
      // A hundredth of the text; compressed it is two or three times what may be held.
      const heldCharacters = Math.round(whole.reduce((sum, { record }) => sum + record.length, 0) / 100);
      expect(await read(world, { heldCharacters })).toEqual(whole);
      expect(gets).toBeGreaterThan(objects);
      expect(gets).toBeLessThan(10 * objects);
      expect(await read(world, { heldCharacters, order: 'newest-first' })).toEqual(whole.toReversed());
    },
  );

  test('does not read far ahead of a reader who stops', async () => {
    const world = new ArchiveWorld();
    await stored(
      world,
      Array.from({ length: 200 }, (_, index) => ({ source: 'cloudone', time: NOON + index * 24 * HOUR })),
      200,
    );
    const gets = new Set<string>();
    world.store.onCall = (call) => {
      if (call.startsWith('get')) {
        gets.add(call);
      }
    };
    for await (const _record of readArchive(world.store, EVERYTHING)) {
      break;
    }
    expect(gets.size).toBeLessThan(10);
  });

  test('days without records are not listed', async () => {
    const world = new ArchiveWorld();
    await stored(world, [
      { source: 'cloudone', time: NOON },
      { source: 'cloudone', time: NOON + 700 * 24 * HOUR },
    ]);
    const calls = new Set<string>();
    world.store.onCall = (call) => calls.add(call);
    expect(await read(world, { sources: ['cloudone'] })).toHaveLength(2);
    expect(calls.size).toBeLessThan(12);
  });
});

describe('damage', () => {
  const WHERE = 'raw/cloudone/2026/03/01/12/';

  async function damaged(name: string, body: Buffer): Promise<ArchiveWorld> {
    const world = new ArchiveWorld();
    await stored(world, [
      { source: 'cloudone', time: NOON },
      { source: 'cloudone', time: NOON + 1 },
    ]);
    world.store.objects.set(`${WHERE}${name}`, { body, etag: 'e' });
    return world;
  }

  async function expectTold(world: ArchiveWorld, ...expected: Partial<Damage>[]): Promise<void> {
    const damages: Damage[] = [];
    const records = await read(world, { onDamage: (damage) => damages.push(damage), heldCharacters: 10 });
    expect(records).toHaveLength(2);
    expect(damages).toEqual(expected.map((each) => expect.objectContaining(each)));
    await expect(read(world)).rejects.toMatchObject({
      name: 'DamagedArchiveError',
      message: expect.stringContaining(expected[0]?.key ?? ''),
    });
  }

  test('an object that is no gzip, or is cut off, or empty', async () => {
    const whole = gzipSync('{}');
    for (const body of [Buffer.from('x'), whole.subarray(0, -3), Buffer.alloc(0)]) {
      await expectTold(await damaged('a.jsonl.gz', body), {
        key: `${WHERE}a.jsonl.gz`,
        problem: expect.stringContaining('cannot be decompressed') as unknown as string,
      });
    }
  });

  test('lines that are none, or belong elsewhere, are told one by one; those between them are read', async () => {
    const world = await damaged('z.jsonl.gz', Buffer.alloc(0));
    const [key = ''] = world.store.objects.keys();
    const [line = ''] = gunzipSync(world.store.objects.get(key)?.body as Buffer)
      .toString()
      .split('\n');
    const { id, ...rest } = JSON.parse(line) as ArchivedRecord;
    const other = (changes: object) => JSON.stringify({ id, ...rest, ...changes });
    const lines = [
      'no JSON',
      line,
      other({ id: 'x' }),
      other({ id: id.replace('cloudone', 'ibmcloud') }),
      other({ id: id.replace('T12', 'T13') }),
      other({ time: NOON + HOUR }),
      other({ time: 1e300 }),
      '',
      line.slice(0, 40),
    ];
    world.store.objects.set(`${WHERE}z.jsonl.gz`, { body: gzipSync(lines.join('\n')), etag: 'e' });
    await expectTold(
      world,
      ...[1, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ key: `${WHERE}z.jsonl.gz`, line: number })),
    );
  });
});

describe('a record by its id', () => {
  test('is found by the whole id, and by its beginning', async () => {
    const world = new ArchiveWorld();
    await stored(
      world,
      Array.from({ length: 20 }, () => ({ source: 'cloudone', time: NOON })),
    );
    const all = await read(world);
    for (const { id } of all) {
      expect(await findRecords(world.store, id)).toEqual([all.find((record) => record.id === id)]);
      const beginning = id.slice(0, 'cloudone.20260301T12.'.length + 4);
      expect(await findRecords(world.store, beginning)).toEqual(
        all.filter((record) => record.id.startsWith(beginning)),
      );
    }
    expect(await findRecords(world.store, `cloudone.20260301T13.${'0'.repeat(32)}`)).toEqual([]);
  });

  test.each([
    '',
    'x',
    'cloudone',
    'cloudone.20260301T12',
    'cloudone.20260301T12.abc',
    'cloudone.20269901T12.abcd',
    'other.20260301T12.abcd',
    `cloudone.20260301T12.${'0'.repeat(33)}`,
  ])('is not looked for by %j', async (id) => {
    await expect(findRecords(new ArchiveWorld().store, id)).rejects.toMatchObject({
      name: 'MalformedIdError',
    });
  });
});

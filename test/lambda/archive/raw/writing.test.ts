/** What was added is stored, once, whatever happens on the way. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CollectedRecord } from '../../../../lambda/archive/collect/collector.ts';
import { archiveIdOf } from '../../../../lambda/archive/raw/archive-id.ts';
import { findRecords } from '../../../../lambda/archive/raw/find-record.ts';
import { KnownIds } from '../../../../lambda/archive/raw/known-ids.ts';
import { readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import { collected } from '../collected.ts';
import { ArchiveWorld, HOUR, NOON, pagedCollector, recordOf } from '../world.ts';

const EVERYTHING = { sources: ['cloudone' as const], from: 0, to: Number.POSITIVE_INFINITY };

async function textsIn({ store }: ArchiveWorld): Promise<string[]> {
  return (await collected(readArchive(store, EVERYTHING))).map(({ record }) => record);
}

async function store(world: ArchiveWorld, records: readonly CollectedRecord[]): Promise<void> {
  const archive = world.archive();
  for (const record of records) {
    await archive.add(record);
  }
  await archive.flush();
}

function keysIn(world: ArchiveWorld): string[] {
  return [...world.store.objects.keys()].sort();
}

describe('an object', () => {
  test('holds the records of an hour, to the character, by time', async () => {
    const world = new ArchiveWorld();
    const texts = ['{ "b": "日本語 \\u3042",\t"a" : 1 }', '{"line":"a\\nb"}', 'no JSON\nat all \ud800'];
    await store(
      world,
      texts.map((text, index) => ({ time: NOON - index, text, vendorId: `${index}` })),
    );
    expect(await textsIn(world)).toEqual([...texts].reverse());
    const [first = '', second = ''] = keysIn(world);
    expect(first).toMatch(/^raw\/cloudone\/2026\/03\/01\/11\/20260301T120000000Z-[0-9a-f]{16}\.jsonl\.gz$/);
    expect(second).toMatch(/^raw\/cloudone\/2026\/03\/01\/12\//);
    const lines = gunzipSync(world.store.objects.get(first)?.body as Buffer).toString();
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: expect.any(String), time: NOON - 2, collectedAt: '2026-03-01T12:00:00.000Z', record: texts[2] },
      { id: expect.any(String), time: NOON - 1, collectedAt: '2026-03-01T12:00:00.000Z', record: texts[1] },
    ]);
  });

  test('is of a bounded size, and a record of any', async () => {
    const world = new ArchiveWorld();
    const archive = world.archive('cloudone', { objectCharacters: 1000 });
    const texts = [...'abcdefgh'].map((letter, index) => `"${letter.repeat(index === 3 ? 5000 : 300)}"`);
    for (const [index, text] of texts.entries()) {
      await archive.add({ time: NOON + index, text });
    }
    await archive.flush();
    expect(await textsIn(world)).toEqual(texts);
    const lines = keysIn(world).map(
      (key) =>
        gunzipSync(world.store.objects.get(key)?.body as Buffer)
          .toString()
          .trimEnd()
          .split('\n').length,
    );
    expect(lines.toSorted()).toEqual([1, 1, 2, 2, 2]);
  });

  test('is never written in place of another', async () => {
    const world = new ArchiveWorld();
    await store(world, [recordOf('a')]);
    const before = keysIn(world);
    await store(world, [recordOf('b')]);
    expect(keysIn(world)).toEqual(expect.arrayContaining(before));
    expect(keysIn(world)).toHaveLength(2);
  });
});

describe('what is known', () => {
  test('is not stored again: added twice, by another run, with members in another order', async () => {
    const world = new ArchiveWorld();
    const archive = world.archive();
    await archive.add(recordOf('a'));
    await archive.add(recordOf('a'));
    await archive.flush();
    await archive.add({ ...recordOf('a'), text: `{ "time":${NOON}, "name":"a" }` });
    await archive.flush();
    expect(archive.counts).toEqual({ archived: 1, known: 2, undated: 0, unreadable: 0 });
    const later = world.archive();
    await later.add(recordOf('a'));
    await later.add(recordOf('b'));
    await later.flush();
    expect(later.counts).toEqual({ archived: 1, known: 1, undated: 0, unreadable: 0 });
    expect(await textsIn(world)).toHaveLength(2);
  });

  test('is an hour that is read once, and not again for what was stored meanwhile', async () => {
    const world = new ArchiveWorld();
    const archive = world.archive();
    const asked: string[] = [];
    world.store.onCall = (call, moment) => {
      if (moment === 'before' && call.startsWith('list')) {
        asked.push(call);
      }
    };
    for (const name of ['a', 'b', 'c', 'a']) {
      await archive.add(recordOf(name));
      await archive.flush();
    }
    expect(asked).toEqual(['list raw/cloudone/2026/03/01/12/']);
    expect(archive.counts).toMatchObject({ archived: 3, known: 1 });
  });

  test('is known again where there is no room to remember all hours', async () => {
    const world = new ArchiveWorld();
    const hours = Array.from({ length: 30 }, (_, index) => recordOf(`${index}`, NOON - index * HOUR));
    await store(world, hours);
    const known = new KnownIds(world.store, 'cloudone', { onDamage: () => {}, maximumIds: 3 });
    for (const each of [...hours, ...hours]) {
      const id = archiveIdOf('cloudone', each);
      const hour = id.split('.')[1] as string;
      expect(await known.unknownOf(hour, [id, `${id.slice(0, -4)}ffff`])).toEqual(
        new Set([`${id.slice(0, -4)}ffff`]),
      );
    }
  });

  test('of a damaged object is stored a second time rather than not at all', async () => {
    const world = new ArchiveWorld();
    world.store.objects.set('raw/cloudone/2026/03/01/12/bad.jsonl.gz', { body: Buffer.from('x'), etag: 'e' });
    await store(world, [recordOf('a')]);
    expect(world.damages).toEqual([
      { key: 'raw/cloudone/2026/03/01/12/bad.jsonl.gz', problem: expect.stringContaining('decompressed') },
    ]);
    expect(keysIn(world)).toHaveLength(2);
  });
});

test('two equal-looking events of one millisecond stay two, however often they are collected', async () => {
  const world = new ArchiveWorld();
  const equal = [0, 1].map((occurrence) => ({ time: NOON, text: '{"action":"LOGIN"}', occurrence }));
  await store(world, equal);
  await store(world, equal);
  await store(world, [...equal].reverse());
  expect(await textsIn(world)).toHaveLength(2);
});

test('a record without a usable time is archived, and found again', async () => {
  const world = new ArchiveWorld();
  const records = [Number.NaN, -1, NOON * 1000, NOON + 400 * 24 * HOUR].map((time, index) => ({
    time,
    text: `"${index}"`,
  }));
  await store(world, records);
  await store(world, records);
  expect((await textsIn(world)).sort()).toEqual(['"0"', '"1"', '"2"', '"3"']);
  for (const record of records) {
    const id = archiveIdOf('cloudone', record);
    expect(await findRecords(world.store, id)).toMatchObject([{ id, record: record.text }]);
  }
});

describe('the buffer', () => {
  test('is stored when it is full, by records and by characters', async () => {
    for (const limits of [{ records: 2 }, { characters: 60 }]) {
      const world = new ArchiveWorld();
      const archive = world.archive('cloudone', limits);
      await archive.add(recordOf('a'));
      expect(keysIn(world)).toHaveLength(0);
      await archive.add(recordOf('b', NOON + HOUR));
      expect(keysIn(world)).toHaveLength(2);
    }
  });

  test('loses nothing where records are added while it is stored', async () => {
    const world = new ArchiveWorld();
    const archive = world.archive('cloudone', { records: 3 });
    const names = Array.from({ length: 40 }, (_, index) => `${index}`);
    await Promise.all(names.map((name) => archive.add(recordOf(name))));
    await Promise.all([archive.flush(), archive.flush()]);
    expect(await textsIn(world)).toHaveLength(40);
    expect(archive.counts).toMatchObject({ archived: 40, known: 0 });
  });

  test('keeps what could not be stored, also where it was and the answer was lost', async () => {
    for (const lostAnswer of [false, true]) {
      const world = new ArchiveWorld();
      const archive = world.archive();
      await archive.add(recordOf('a'));
      world.store.onCall = (call, moment) => {
        if (call.startsWith('put') && moment === (lostAnswer ? 'after' : 'before')) {
          throw new Error('no answer');
        }
      };
      await expect(archive.flush()).rejects.toThrow('no answer');
      world.store.onCall = () => {};
      await archive.flush();
      expect(keysIn(world)).toHaveLength(1);
    }
  });
});

describe('a killed run', () => {
  // Two hours, a record that comes twice, one without a time, and objects of one record each.
  const pages = [
    [recordOf('a'), recordOf('b', NOON - HOUR)],
    [recordOf('b', NOON - HOUR), recordOf('c', NOON + 1), recordOf('d', Number.NaN)],
    [0, 1].map((occurrence) => ({ time: NOON, text: '{"action":"LOGIN"}', occurrence })),
  ];
  const all = [...new Set(pages.flat().map((record) => archiveIdOf('cloudone', record)))].sort();
  const limits = { objectCharacters: 10 };

  async function expectWhole(world: ArchiveWorld): Promise<void> {
    const found = await collected(readArchive(world.store, EVERYTHING));
    expect(found.map(({ id }) => id).sort()).toEqual(all);
    expect(world.staleHours()).toEqual(['20000101T00', '20260301T11', '20260301T12']);
    // Not only read once: stored once.
    expect(keysIn(world)).toHaveLength(all.length);
  }

  test('leaves no gap and no duplicate, at whichever call it is killed', async () => {
    const undisturbed = new ArchiveWorld();
    await undisturbed.run(pagedCollector(pages), limits);
    const { moments } = undisturbed;
    await expectWhole(undisturbed);
    expect(moments).toBeGreaterThan(30);
    for (let moment = 1; moment <= moments; moment += 1) {
      const world = new ArchiveWorld();
      world.killAt(moment);
      await expect(world.run(pagedCollector(pages), limits)).rejects.toThrow('killed at moment');
      // What is stored so far is marked: a derivation now would not pass it over.
      const hours = keysIn(world).map((key) => key.split('/').slice(2, 6).join('').replace(/..$/, 'T$&'));
      expect(world.staleHours()).toEqual(expect.arrayContaining([...new Set(hours)]));
      world.revive();
      expect(await world.run(pagedCollector(pages), limits)).toMatchObject({ kind: 'Collected' });
      await expectWhole(world);
    }
  });

  test('and one that is killed again and again', async () => {
    for (const step of [3, 7, 11]) {
      const world = new ArchiveWorld();
      let end: unknown;
      for (let life = 1; end === undefined; life += 1) {
        world.killAt(step * life);
        end = await world.run(pagedCollector(pages), limits).catch((error: Error) => {
          expect(error.message).toContain('killed at moment');
        });
        world.revive();
      }
      await expectWhole(world);
    }
  });
});

test('two runs at once may store a record twice, and it is read once', async () => {
  const world = new ArchiveWorld();
  const records = ['a', 'b', 'c'].map((name, index) => recordOf(name, NOON + index));
  await Promise.all([store(world, records), store(world, records)]);
  expect(keysIn(world).length).toBeGreaterThan(1);
  expect(await textsIn(world)).toEqual(records.map(({ text }) => text));
});

describe('what cannot be parsed', () => {
  test('is kept to the byte, with the reason, once a day', async () => {
    const world = new ArchiveWorld();
    const content = gzipSync('half').subarray(0, 9);
    for (let run = 0; run < 2; run += 1) {
      const archive = world.archive('ibmcloud');
      await archive.addUnreadable(content, 'it is cut off', 'eu-de/a.log');
      await archive.addUnreadable(content, 'it is cut off', 'eu-de/b.log');
      expect(archive.counts.unreadable).toBe(run === 0 ? 2 : 0);
    }
    const keys = keysIn(world);
    expect(keys).toHaveLength(4);
    const [bin = '', note = ''] = keys;
    expect(bin).toMatch(/^unreadable\/ibmcloud\/2026\/03\/01\/[0-9a-f]{64}\.bin$/);
    expect(world.store.objects.get(bin)?.body).toEqual(content);
    expect(JSON.parse(String(world.store.objects.get(note)?.body))).toEqual({
      why: 'it is cut off',
      origin: expect.stringMatching(/^eu-de\/[ab]\.log$/),
      collectedAt: '2026-03-01T12:00:00.000Z',
      bytes: 9,
    });
    expect(world.unreadable).toHaveLength(2);
  });
});

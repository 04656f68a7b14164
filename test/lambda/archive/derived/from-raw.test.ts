import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArchivedRecord, hourOf, rawHourPrefix, sourceOf } from '../../../../contract/archive.ts';
import { rebuild } from '../../../../lambda/archive/derived/rebuild.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { readArchive } from '../../../../lambda/archive/raw/read-archive.ts';
import { FolderObjectStore } from '../../../../lambda/archive/store/folder-object-store.ts';
import { HOUR, MIDNIGHT, rowsOf } from './events.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'from-raw-'));
});
afterEach(() => rm(folder, { recursive: true }));

function signIn(time: number, number: number): ArchivedRecord {
  return {
    id: `appdynamics.${new Date(time).toISOString().slice(0, 13).replaceAll('-', '')}.${number.toString(16).padStart(32, '0')}`,
    time,
    collectedAt: '2026-03-02T00:00:00.000Z',
    record: JSON.stringify({
      timeStamp: time,
      userName: `user ${number}`,
      action: 'LOGIN',
      accountName: 'acme',
    }),
  };
}

async function store(name: string, records: readonly ArchivedRecord[]): Promise<void> {
  const [first] = records;
  if (first !== undefined) {
    const into = join(folder, rawHourPrefix(sourceOf(first.id), hourOf(first.id)));
    await mkdir(into, { recursive: true });
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFile(join(into, `${name}.jsonl.gz`), gzipSync(lines));
  }
}

test('raw objects in any order become one file, sorted by time, and a raw object more is in it after the next rebuild', async () => {
  const archive = new FolderObjectStore(folder);
  const services = {
    store: archive,
    toOcsf,
    read: (source: 'appdynamics' | 'cloudone' | 'ibmcloud', from: number, to: number) =>
      readArchive(archive, { sources: [source], from, to }),
  };
  const day = { source: 'appdynamics', awsRegion: 'us-east-1', day: '20260301' } as const;
  await store('b', [signIn(MIDNIGHT + 5 * HOUR + 2, 1), signIn(MIDNIGHT + 5 * HOUR, 2)]);
  await store('a', [signIn(MIDNIGHT + 5 * HOUR + 1, 3)]);
  await store('a', [signIn(MIDNIGHT + 3 * HOUR, 4)]);
  const users = async () => {
    const files = [];
    for await (const { key } of archive.list('ext/')) {
      const rows = await rowsOf(await archive.get(key));
      files.push(rows.map(({ actor }) => (actor as { user: { name: string } }).user.name));
    }
    return files;
  };

  await rebuild(day, '20260301T05', services);
  expect(await users()).toEqual([['user 4', 'user 2', 'user 3', 'user 1']]);

  await store('c', [signIn(MIDNIGHT + 4 * HOUR, 5)]);
  await rebuild(day, '20260301T04', services);
  expect(await users()).toEqual([['user 4', 'user 5', 'user 2', 'user 3', 'user 1']]);
});

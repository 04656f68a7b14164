/** What every place must do that the archive may be kept in; and what is peculiar to each. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderObjectStore } from '../../../../lambda/archive/store/folder-object-store.ts';
import type { ObjectStore } from '../../../../lambda/archive/store/object-store.ts';
import { S3ObjectStore } from '../../../../lambda/archive/store/s3-object-store.ts';
import { refusal, type S3BucketStandIn, startS3Bucket } from '../../../stand-ins/s3-bucket.ts';
import { collected } from '../collected.ts';
import { MemoryStore } from '../memory-store.ts';

const TEXT = { contentType: 'text/plain' };
const body = (text: string) => Buffer.from(text);

let bucket: S3BucketStandIn;
let folder: string;
beforeEach(async () => {
  bucket = await startS3Bucket();
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterEach(async () => {
  await bucket.close();
  await rm(folder, { recursive: true });
});

const s3 = () => new S3ObjectStore({ s3: bucket.client(), bucket: bucket.name });
const local = () => new FolderObjectStore(folder);

async function keysOf(store: ObjectStore, prefix: string, after?: string): Promise<string[]> {
  return (await collected(store.list(prefix, after))).map(({ key }) => key);
}

describe.each([
  ['S3', s3],
  ['a folder', local],
  ["the tests' double", () => new MemoryStore()],
])('%s', (_name, open: () => ObjectStore) => {
  test('gives back what was put, as it was last put', async () => {
    const store = open();
    const first = await store.put('raw/a/1.gz', body('one'), TEXT);
    const second = await store.put('raw/a/1.gz', body('two'), TEXT);
    expect((await store.get('raw/a/1.gz')).toString()).toBe('two');
    expect(second).not.toBe(first);
  });

  test('holds what has no bytes, and any bytes', async () => {
    const store = open();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await store.put('raw/empty', body(''), TEXT);
    await store.put('raw/bytes', bytes, TEXT);
    expect(await store.get('raw/empty')).toEqual(body(''));
    expect(await store.get('raw/bytes')).toEqual(bytes);
  });

  test('says that an object is missing, also where its name is a folder or leads through an object', async () => {
    const store = open();
    await store.put('raw/a', body('a'), TEXT);
    for (const key of ['raw/b', 'raw', 'raw/a/b']) {
      await expect(store.get(key)).rejects.toMatchObject({ name: 'ObjectMissingError' });
    }
  });

  test('lists by prefix, in the order of the keys, over pages', async () => {
    const store = open();
    const keys = ['raw/a-b/1', 'raw/a.b', 'raw/a/1', 'raw/a/2', 'raw/aa', 'raw/b/10', 'raw/b/9'];
    for (const key of [...keys].reverse()) {
      await store.put(key, body(key), TEXT);
    }
    await store.put('ext/1', body('1'), TEXT);
    expect(await keysOf(store, 'raw/')).toEqual(keys);
    expect(await keysOf(store, '')).toEqual(['ext/1', ...keys]);
    expect(await keysOf(store, 'raw/a')).toEqual(keys.slice(0, 5));
    expect(await keysOf(store, 'raw/a/')).toEqual(['raw/a/1', 'raw/a/2']);
    expect(await keysOf(store, 'raw/c/')).toEqual([]);
    for (const [index, after] of keys.entries()) {
      expect(await keysOf(store, 'raw/', after)).toEqual(keys.slice(index + 1));
    }
    expect(await keysOf(store, 'raw/', 'raw/a/0')).toEqual(keys.slice(2));
  });

  test('orders by the bytes of UTF-8, as S3 does', async () => {
    const store = open();
    // In UTF-16 the emoji comes first.
    const keys = ['raw/～', 'raw/😀'];
    for (const key of keys) {
      await store.put(key, body(key), TEXT);
    }
    expect(await keysOf(store, 'raw/')).toEqual(keys);
  });

  test('tells size and ETag, which is that of the put', async () => {
    const store = open();
    const etag = await store.put('raw/a', body('four'), TEXT);
    const listed = await collected(store.list('raw/'));
    expect(listed).toEqual([{ key: 'raw/a', bytes: 4, etag, modified: expect.any(Date) }]);
  });

  test('tells the folders right below a prefix', async () => {
    const store = open();
    for (const key of ['raw/a/1/x', 'raw/a/2/x', 'raw/b/1/x', 'raw/c', 'raw/d/1/x', 'raw/e/1/x']) {
      await store.put(key, body(key), TEXT);
    }
    expect(await store.folders('raw/')).toEqual(['raw/a/', 'raw/b/', 'raw/d/', 'raw/e/']);
    expect(await store.folders('raw/a/')).toEqual(['raw/a/1/', 'raw/a/2/']);
    expect(await store.folders('')).toEqual(['raw/']);
    expect(await store.folders('ext/')).toEqual([]);
  });

  test('writes only where nothing is, if asked to', async () => {
    const store = open();
    await store.put('raw/a', body('first'), { ...TEXT, ifAbsent: true });
    await expect(store.put('raw/a', body('second'), { ...TEXT, ifAbsent: true })).rejects.toMatchObject({
      name: 'ConditionFailedError',
    });
    expect((await store.get('raw/a')).toString()).toBe('first');
  });

  test('writes only in place of what was seen, if asked to', async () => {
    const store = open();
    const seen = await store.put('raw/a', body('one'), TEXT);
    const current = await store.put('raw/a', body('two'), { ...TEXT, ifMatch: seen });
    for (const ifMatch of [seen, 'another']) {
      await expect(store.put('raw/a', body('three'), { ...TEXT, ifMatch })).rejects.toMatchObject({
        name: 'ConditionFailedError',
      });
    }
    await store.delete('raw/a');
    await expect(store.put('raw/a', body('three'), { ...TEXT, ifMatch: current })).rejects.toMatchObject({
      name: 'ConditionFailedError',
    });
  });

  test('of many writers on one condition, one wins', async () => {
    const store = open();
    const ifMatch = await store.put('raw/a', body('start'), TEXT);
    const writes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => store.put('raw/a', body(`${index}`), { ...TEXT, ifMatch })),
    );
    expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('deletes, and what is not there is deleted already', async () => {
    const store = open();
    await store.put('raw/a', body('a'), TEXT);
    await store.delete('raw/a');
    await store.delete('raw/a');
    expect(await keysOf(store, '')).toEqual([]);
  });
});

describe('S3', () => {
  test('reads again where a body breaks off, and gives up in the end', async () => {
    const store = s3();
    await store.put('raw/a', body('whole'), TEXT);
    let breaks = 2;
    bucket.intercept = (asked) => {
      breaks -= asked.startsWith('GET') ? 1 : 0;
      return asked.startsWith('GET') && breaks >= 0
        ? { status: 200, body: 'whole', breaksAfter: 2 }
        : undefined;
    };
    expect((await store.get('raw/a')).toString()).toBe('whole');
    breaks = 99;
    await expect(store.get('raw/a')).rejects.toMatchObject({
      name: 'AwsCallError',
      message: expect.stringContaining('s3:GetObject on s3://archive/raw/a failed'),
    });
  });

  test('explains what S3 refuses', async () => {
    const store = s3();
    bucket.intercept = () => refusal(403, 'AccessDenied');
    const denied = { name: 'AwsCallError', message: expect.stringContaining('AccessDenied') };
    await expect(store.get('raw/a')).rejects.toMatchObject(denied);
    await expect(store.put('raw/a', body('a'), TEXT)).rejects.toMatchObject(denied);
    await expect(store.delete('raw/a')).rejects.toMatchObject(denied);
    await expect(keysOf(store, 'raw/')).rejects.toMatchObject(denied);
    bucket.intercept = () => refusal(403, 'InvalidObjectState');
    await expect(store.get('raw/a')).rejects.toMatchObject({ name: 'ObjectFrozenError' });
    bucket.intercept = () => refusal(409, 'ConditionalRequestConflict');
    await expect(store.put('raw/a', body('a'), { ...TEXT, ifMatch: 'e' })).rejects.toMatchObject({
      name: 'ConditionFailedError',
    });
  });

  test('writes where the write that was in the way has failed', async () => {
    const store = s3();
    let refusals = 2;
    bucket.intercept = () => {
      refusals -= 1;
      return refusals < 0 ? undefined : refusal(409, 'ConditionalRequestConflict');
    };
    await store.put('raw/a', body('a'), { ...TEXT, ifAbsent: true });
    expect(await store.get('raw/a')).toEqual(body('a'));
  });
});

describe('a folder', () => {
  test.each(['../a', 'raw/../../a', '/etc/passwd', 'raw//a', 'raw/./a', '', 'raw/', '.writing/a', 'raw\\a'])(
    'refuses the key %j',
    async (key) => {
      const refused = { name: 'InvalidKeyError' };
      await expect(local().get(key)).rejects.toMatchObject(refused);
      await expect(local().put(key, body('a'), TEXT)).rejects.toMatchObject(refused);
      await expect(local().delete(key)).rejects.toMatchObject(refused);
    },
  );

  test('does not list what leads out of it', async () => {
    await expect(keysOf(local(), '../')).rejects.toMatchObject({ name: 'InvalidKeyError' });
  });

  test('shows neither what is being written nor what a desktop leaves behind', async () => {
    const store = local();
    await store.put('raw/a', body('a'), TEXT);
    await writeFile(join(folder, 'raw', '.DS_Store'), '');
    await writeFile(join(folder, '.writing', 'left-behind'), '');
    expect(await keysOf(store, '')).toEqual(['raw/a']);
    expect(await store.folders('')).toEqual(['raw/']);
  });

  test('follows links: an archive may be put together of several places', async () => {
    const store = local();
    await store.put('elsewhere/cloudone/a', body('a'), TEXT);
    await symlink(join(folder, 'elsewhere'), join(folder, 'raw'));
    expect(await keysOf(store, 'raw/')).toEqual(['raw/cloudone/a']);
  });
});

import { expect, test } from 'vitest';
import { foldersOfHours } from '../../../../../lambda/archive/collect/ibmcloud/bucket-walk.ts';
import { MemoryIbmBucket } from '../memory-ibm-bucket.ts';

async function foldersOf(keys: readonly string[], prefix = '') {
  const bucket = new MemoryIbmBucket(1000);
  let calls = 0;
  for (const key of keys) {
    bucket.put(key, '', 0);
  }
  bucket.onCall = () => {
    calls += 1;
  };
  const folders = await foldersOfHours({ bucket, signal: new AbortController().signal }, prefix);
  return { folders: folders.sort(), calls };
}

test.each([
  [
    'both layouts',
    ['acct/eu-de/2026-03-01T10/a.log', 'us-south/2026-03-01T10/a.log'],
    ['acct/eu-de/', 'us-south/'],
  ],
  ['an hour at the root', ['2025-01-01T00/a.log', 'acct/eu-de/2026-03-01T10/a.log'], ['', 'acct/eu-de/']],
  [
    'an hour among the regions',
    ['acct/2025-01-01T00/a.log', 'acct/eu-de/2026-03-01T10/a.log'],
    ['acct/', 'acct/eu-de/'],
  ],
  [
    'an account that sorts between the years',
    ['2025-01-01T00/a.log', '2025abcd/eu-de/2026-03-01T10/a.log', '2026-03-01T10/a.log'],
    ['', '2025abcd/eu-de/'],
  ],
])('%s: every folder that may have hours', async (_what, keys, expected) => {
  expect((await foldersOf(keys)).folders).toEqual(expect.arrayContaining(expected));
});

test('years of hours cost some calls, not thousands', async () => {
  const hours = Array.from({ length: 5 * 8760 }, (_, n) =>
    new Date(Date.UTC(2022, 0, 1) + n * 3_600_000).toISOString().slice(0, 13),
  );
  const { folders, calls } = await foldersOf(hours.map((hour) => `us-south/${hour}/a.log`));
  expect(folders).toEqual(['us-south/']);
  expect(calls).toBeLessThan(10);
});

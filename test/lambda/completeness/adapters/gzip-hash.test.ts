import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOfGzip } from '../../../../lambda/completeness/adapters/gzip-hash.ts';

const TEXT = Buffer.from('{"Records":[{"eventID":"1"}]}');
const MEMBER = gzipSync(TEXT);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

function hashOf(bytes: Buffer, size = bytes.length || 1): Promise<string | undefined> {
  return hashOfGzip(inPieces(bytes, size));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('is that of the inflated bytes, of all members, however they arrive', async () => {
  const bytes = fc.uint8Array({ maxLength: 5000 }).map(Buffer.from);
  await fc.assert(
    fc.asyncProperty(
      fc.array(bytes, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 600 }),
      async (members, size) => {
        const stored = Buffer.concat(members.map((member) => gzipSync(member)));
        expect(await hashOf(stored, size)).toBe(sha256(Buffer.concat(members)));
      },
    ),
  );
});

describe('there is none of what is no gzip file to its very end', () => {
  const zeros = Buffer.alloc(7);
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['plain text', TEXT],
    ['half a member', MEMBER.subarray(0, -9)],
    ['a text behind it', Buffer.concat([MEMBER, TEXT])],
    ['the first byte of a member behind it', Buffer.concat([MEMBER, MEMBER.subarray(0, 1)])],
    ['zeros behind it', Buffer.concat([MEMBER, zeros])],
    ['a member hidden behind zeros', Buffer.concat([MEMBER, zeros, MEMBER])],
    ['a long member hidden behind zeros', Buffer.concat([MEMBER, zeros, gzipSync(randomBytes(200_000))])],
  ])('%s', async (_name, stored) => {
    for (const size of [1, 10, MEMBER.length, 64 * 1024]) {
      expect(await hashOf(stored, size)).toBeUndefined();
    }
  });
});

test('of what cannot be read to its end nothing is said', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield MEMBER.subarray(0, 12);
    throw new Error('S3 broke off');
  }
  await expect(hashOfGzip(broken())).rejects.toThrow('S3 broke off');
});

test('takes no memory to speak of', async () => {
  const megabyte = gzipSync(Buffer.alloc(1024 * 1024, 7));
  async function* much(): AsyncGenerator<Buffer> {
    for (let count = 0; count < 300; count += 1) {
      yield megabyte;
    }
  }
  const before = process.memoryUsage().arrayBuffers;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
  }, 5);
  expect(await hashOfGzip(much())).toMatch(/^[0-9a-f]{64}$/);
  clearInterval(watch);
  expect(peak - before).toBeLessThan(100 * 1024 * 1024);
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { gunzipSingleMember, isSingleMember, readGzip } from '../../../lambda/forwarding/gzip-reader.ts';
import { collect, inChunks } from './factories.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 60_000 });

const MEBIBYTE = 1024 * 1024;
const good = gzipSync('some content');

/** RFC 1952 with every optional field. */
function withAllHeaderFields(file: Buffer): Buffer {
  const header = Buffer.from(file.subarray(0, 10));
  header[3] = 2 | 4 | 8 | 16;
  const optional = Buffer.from([3, 0, 1, 2, 3, ...Buffer.from('name\0'), ...Buffer.from('comment\0'), 0, 0]);
  // zlib checks the header's checksum: leave it out again for what zlib is to read.
  header[3] = 4 | 8 | 16;
  return Buffer.concat([header, optional.subarray(0, -2), file.subarray(10)]);
}

async function read(file: Buffer, chunkBytes: number): Promise<string> {
  return Buffer.concat(await collect(readGzip(inChunks(file, chunkBytes)))).toString();
}

describe.each([1, 1000])('readGzip, in chunks of %i', (chunkBytes) => {
  it.each([
    ['one member', good, 'some content'],
    ['two members', Buffer.concat([good, good]), 'some contentsome content'],
    ['an empty member between', Buffer.concat([good, gzipSync(''), good]), 'some contentsome content'],
    ['all header fields', withAllHeaderFields(good), 'some content'],
  ])('reads %s', async (_name, file, content) => {
    expect(await read(file, chunkBytes)).toBe(content);
  });

  const damaged = Buffer.from(good);
  damaged.writeUInt32LE(0, good.length - 8);
  it.each([
    ['EmptyObject', 'no bytes', Buffer.alloc(0)],
    ['NotGzip', 'text', Buffer.from('{"Records":[]}')],
    ['TruncatedGzip', 'one byte', good.subarray(0, 1)],
    ['TruncatedGzip', 'a file without its end', good.subarray(0, 20)],
    ['TruncatedGzip', 'a file without half its trailer', good.subarray(0, -4)],
    ['TruncatedGzip', 'a second member cut off', Buffer.concat([good, good.subarray(0, 9)])],
    ['TruncatedGzip', 'the first two bytes of a second member', Buffer.concat([good, good.subarray(0, 2)])],
    [
      'TruncatedGzip',
      'one stray byte, which zlib cannot tell from that',
      Buffer.concat([good, Buffer.from('x')]),
    ],
    ['CorruptGzip', 'a wrong checksum', damaged],
    ['TrailingGarbage', 'text at the end', Buffer.concat([good, Buffer.from('garbage')])],
    ['TrailingGarbage', 'zeros at the end', Buffer.concat([good, Buffer.alloc(5)])],
    ['TrailingGarbage', 'zeros that hide another member', Buffer.concat([good, Buffer.alloc(1), good])],
  ])('%s: %s', async (reason, _name, file) => {
    await expect(read(file, chunkBytes)).rejects.toMatchObject({ name: 'PoisonError', reason });
  });
});

describe('gunzipped', () => {
  it('gives up on a decompression bomb long before its end', async () => {
    const bomb = gzipSync(Buffer.alloc(512 * MEBIBYTE), { level: 9 });
    let read = 0;
    const reading = (async () => {
      for await (const chunk of readGzip(inChunks(bomb, 16_384))) {
        read += chunk.length;
      }
    })();

    await expect(reading).rejects.toMatchObject({ reason: 'DecompressionBomb' });
    expect(read).toBeLessThan(128 * MEBIBYTE);
  });

  it('passes on what the source fails with', async () => {
    async function* failing() {
      yield good.subarray(0, 15);
      throw new Error('connection reset');
    }

    await expect(collect(readGzip(failing()))).rejects.toThrow('connection reset');
  });
});

describe('gunzipSingleMember', () => {
  it('reads a file of one member', () => {
    expect(gunzipSingleMember(good, MEBIBYTE)?.toString()).toBe('some content');
    expect(gunzipSingleMember(withAllHeaderFields(good), MEBIBYTE)?.toString()).toBe('some content');
  });

  it.each([
    ['two members', Buffer.concat([good, good])],
    ['an empty member before', Buffer.concat([gzipSync(''), good])],
    ['padding', Buffer.concat([good, Buffer.alloc(4)])],
    ['a truncated file', good.subarray(0, -1)],
    ['a wrong checksum', Buffer.concat([good.subarray(0, -8), Buffer.alloc(8)])],
    ['text', Buffer.from('some text that is long enough')],
    ['nothing', Buffer.alloc(0)],
  ])('leaves %s to the stream', (_name, file) => {
    expect(gunzipSingleMember(file, MEBIBYTE)).toBeUndefined();
  });

  it('leaves what is too large to the stream', () => {
    expect(gunzipSingleMember(gzipSync(Buffer.alloc(MEBIBYTE)), MEBIBYTE - 1)).toBeUndefined();
  });
});

describe('isSingleMember', () => {
  it('tells one member from two', async () => {
    expect(await isSingleMember(good)).toBe(true);
    expect(await isSingleMember(Buffer.concat([good, good]))).toBe(false);
    expect(await isSingleMember(Buffer.concat([gzipSync(''), good]))).toBe(false);
  });
});

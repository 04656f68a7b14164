import { describe, expect, test } from 'vitest';
import { versionOf, wholeBody } from '../../../lambda/shared/stored-version.ts';

class BrokenOff extends Error {}

function brokenOff(words: string, options?: ErrorOptions): BrokenOff {
  return new BrokenOff(words, options);
}

async function read(body: AsyncIterable<Uint8Array>, length: number): Promise<string> {
  let text = '';
  for await (const chunk of wholeBody(body, length, brokenOff)) {
    text += Buffer.from(chunk).toString();
  }
  return text;
}

async function* bodyOf(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  yield* chunks.map((chunk) => Buffer.from(chunk));
}

describe('what GetObject is asked for', () => {
  const place = { bucket: 'logs', key: 'a/file.json.gz' };

  test.each([
    ['the version, where there is one', { versionId: 'v1', etag: 'e1' }, { VersionId: 'v1' }],
    ['the content, where the bucket keeps no versions', { etag: 'e1' }, { IfMatch: '"e1"' }],
    ['what lies there, where nothing is known', {}, {}],
  ])('%s', (_, known, asked) => {
    const { Bucket, Key, VersionId, IfMatch } = versionOf({ ...place, ...known });
    expect({ Bucket, Key, VersionId, IfMatch }).toEqual({
      Bucket: place.bucket,
      Key: place.key,
      VersionId: undefined,
      IfMatch: undefined,
      ...asked,
    });
  });
});

describe('a body', () => {
  test('is given on as it comes', async () => {
    expect(await read(bodyOf('ab', 'c'), 3)).toBe('abc');
  });

  test.each([
    ['short', ['a', 'b'], 'S3 sent 2 of 3 bytes.'],
    ['long', ['ab', 'cd'], 'S3 sent 4 of 3 bytes.'],
  ])('that is too %s was broken off', async (_, chunks, words) => {
    await expect(read(bodyOf(...chunks), 3)).rejects.toThrow(new BrokenOff(words));
  });

  test('that fails was broken off, and says by what', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw new Error('aborted');
    }
    await expect(read(failing(), 3)).rejects.toMatchObject({
      message: 'S3 broke off after 1 of 3 bytes.',
      cause: { message: 'aborted' },
    });
  });
});

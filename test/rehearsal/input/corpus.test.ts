import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCloudTrailKey } from '../../../contract/cloudtrail-key.ts';
import {
  corpusOf,
  deliveredOn,
  InputError,
  type InputFile,
  readCorpus,
} from '../../../rehearsal/input/corpus.ts';
import { generatedCorpus } from '../../../rehearsal/input/generated.ts';

function keyOf(name: string, kind = 'CloudTrail'): string {
  return `AWSLogs/111122223333/${kind}/us-east-1/2026/01/15/${name}.json.gz`;
}

function logFile(name: string, ids: readonly string[], kind?: string): InputFile {
  return { key: keyOf(name, kind), body: gzipSync(JSON.stringify(documentWith(ids))) };
}

function documentWith(ids: readonly unknown[]) {
  return { Records: ids.map((eventID) => ({ eventID, eventName: 'Decrypt' })) };
}

describe('what must arrive', () => {
  test('every event of every file, counted by its id', () => {
    const { expected, poison } = corpusOf('x', [logFile('a', ['1', '2']), logFile('b', ['3'])]);

    expect(expected).toEqual(
      new Map([
        ['1', 1],
        ['2', 1],
        ['3', 1],
      ]),
    );
    expect(poison).toEqual(new Set());
  });

  test('an id as often as the files hold it', () => {
    const { expected } = corpusOf('x', [logFile('a', ['1', '1', '2']), logFile('b', ['1'])]);

    expect(expected).toEqual(
      new Map([
        ['1', 3],
        ['2', 1],
      ]),
    );
  });

  test('Insight files too; digests and other things in the bucket not', () => {
    const { expected, poison, files } = corpusOf('x', [
      logFile('a', ['insight'], 'CloudTrail-Insight'),
      logFile('b', ['digest'], 'CloudTrail-Digest'),
      { key: 'AWSLogs/111122223333/Config/us-east-1/2026/1/15/c.json.gz', body: gzipSync('no') },
    ]);

    expect([...expected.keys()]).toEqual(['insight']);
    expect(poison).toEqual(new Set());
    expect(files).toHaveLength(3);
  });

  test('a file of several gzip members is one file', () => {
    const text = JSON.stringify(documentWith(['1', '2']));
    const body = Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))]);

    expect([...corpusOf('x', [{ key: keyOf('a'), body }]).expected.keys()]).toEqual(['1', '2']);
  });

  test('a byte order mark does not make a file poisonous', () => {
    const body = gzipSync(`\uFEFF${JSON.stringify(documentWith(['1']))}`);

    expect([...corpusOf('x', [{ key: keyOf('a'), body }]).expected.keys()]).toEqual(['1']);
  });

  test('a record without an id is nothing that could be counted', () => {
    const body = gzipSync(JSON.stringify(documentWith(['1', undefined, 7])));

    expect([...corpusOf('x', [{ key: keyOf('a'), body }]).expected.keys()]).toEqual(['1']);
  });
});

describe('poison', () => {
  const whole = gzipSync(JSON.stringify(documentWith(['1'])));

  test.each([
    ['empty', Buffer.alloc(0)],
    ['not gzip', Buffer.from('{"Records":[]}')],
    ['truncated', whole.subarray(0, whole.length - 9)],
    ['not JSON', gzipSync('<html>')],
    ['no object', gzipSync('[]')],
    ['null', gzipSync('null')],
    ['without records', gzipSync('{"Events":[]}')],
    ['with records that are no list', gzipSync('{"Records":{}}')],
    ['with a record that is null', gzipSync('{"Records":[null]}')],
  ])('a file that is %s', (_what, body) => {
    const { poison, expected } = corpusOf('x', [{ key: keyOf('bad'), body }, logFile('good', ['1'])]);

    expect(poison).toEqual(new Set([keyOf('bad')]));
    expect([...expected.keys()]).toEqual(['1']);
  });

  test('not a file without any record: it is acknowledged without an upload', () => {
    expect(corpusOf('x', [logFile('a', [])]).poison).toEqual(new Set());
  });
});

describe('a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trailbridge-corpus-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const put = async ({ key, body }: InputFile) => {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  };

  test('is read as a bucket: keys are the paths below it, in order, and bodies the bytes', async () => {
    const files = [
      logFile('b', ['2']),
      logFile('a', ['1']),
      { ...logFile('c', ['3']), key: `audit/${keyOf('c')}` },
    ];
    await Promise.all(files.map(put));

    const corpus = await readCorpus(folder);

    expect(corpus.name).toBe(folder);
    expect(corpus.files.map(({ key }) => key)).toEqual([keyOf('a'), keyOf('b'), `audit/${keyOf('c')}`]);
    expect(corpus.files[0]?.body.equals(files[1]?.body ?? Buffer.alloc(0))).toBe(true);
    expect([...corpus.expected.keys()].sort()).toEqual(['1', '2', '3']);
  });

  test('what lies beside the layout is not taken', async () => {
    await put(logFile('a', ['1']));
    await put({ key: 'README.md', body: Buffer.from('x') });

    expect((await readCorpus(folder)).files).toHaveLength(1);
  });

  test('without AWSLogs cannot be used: the error says which to give', async () => {
    await put({ key: 'CloudTrail/a.json.gz', body: gzipSync('{}') });

    await expect(readCorpus(folder)).rejects.toThrow(InputError);
    await expect(readCorpus(folder)).rejects.toThrow(
      /holds no file below a folder AWSLogs\. Give the folder that/,
    );
  });

  test('that is given as AWSLogs itself is not the one to give', async () => {
    await put(logFile('a', ['1']));

    await expect(readCorpus(join(folder, 'AWSLogs'))).rejects.toThrow(InputError);
  });

  test('that is not there, or is a file, is named', async () => {
    await writeFile(join(folder, 'file'), '');

    for (const name of ['missing', 'file']) {
      await expect(readCorpus(join(folder, name))).rejects.toThrow(InputError);
      await expect(readCorpus(join(folder, name))).rejects.toThrow(`${join(folder, name)} cannot be read`);
    }
  });
});

test('delivered on another day: the keys tell it, and nothing else is other', () => {
  const original = generatedCorpus();

  const moved = deliveredOn(new Date('2027-02-03T04:05:06Z'), original);

  expect(moved.expected).toEqual(original.expected);
  expect(moved.poison.size).toBe(original.poison.size);
  expect(new Set(moved.files.map(({ key }) => parseCloudTrailKey(key)?.day))).toEqual(
    new Set(['2027-02-03']),
  );
  expect(moved.files[0]?.key).toContain('_20270203T');
  expect(new Set(moved.files.map(({ key }) => key)).size).toBe(original.files.length);
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../cli/program.ts';
import { captureStreams } from './streams.ts';

const RULES = `[
  { "name": "failures", "keep": { "errorCode": "*" } },
  { "name": "KMS noise", "drop": { "eventSource": "kms.amazonaws.com", "eventName": ["Decrypt", "Generate*"] } },
  { "drop": { "readOnly": true, "awsRegion": "eu-*", "userAgent": "*console*", "sourceIPAddress": "*.1", "eventType": "a*b" } }
]`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filter-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function trailbridge(...argv: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(argv, streams);
  return { exitStatus, ...written };
}

function document(...records: object[]): string {
  return JSON.stringify({ Records: records });
}

const DECRYPT = { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt' };

describe('trailbridge filter check', () => {
  test('says in words what each rule does, and what to give the stack', async () => {
    const { exitStatus, out } = await trailbridge('filter', 'check', await fileWith('filter.json', RULES));

    expect(exitStatus).toBe(0);
    expect(out.split('\n').slice(0, 5)).toEqual([
      'The first rule that matches a record decides:',
      '1. failures   keeps records whose errorCode is there',
      '2. KMS noise  drops records whose eventSource is "kms.amazonaws.com" and whose eventName is "Decrypt" or begins with "Generate"',
      '3. rule 3     drops records whose eventType is like "a*b" and whose awsRegion begins with "eu-" and ' +
        'whose sourceIPAddress ends with ".1" and whose userAgent contains "console" and whose readOnly is true',
      'otherwise     keeps the record',
    ]);
    expect(out.trimEnd().split('\n').at(-1)).toBe(JSON.stringify(JSON.parse(RULES)));
  });

  test('tries it on files and folders, compressed or not, without digests, and counts', async () => {
    const filter = await fileWith('filter.json', RULES);
    const plain = await fileWith(
      'plain.json',
      document(DECRYPT, DECRYPT, { ...DECRYPT, errorCode: 'AccessDenied' }, { eventName: 'RunInstances' }),
    );
    await fileWith(
      'logs/AWSLogs/1/CloudTrail/a.json.gz',
      gzipSync(document({ ...DECRYPT, eventName: 'GenerateDataKey' })),
    );
    await fileWith('logs/AWSLogs/1/CloudTrail-Digest/b.json.gz', gzipSync('{"logFiles":[]}'));
    const bad = await fileWith(
      'logs/AWSLogs/1/CloudTrail/c.json.gz',
      gzipSync(document(DECRYPT)).subarray(0, 30),
    );

    const given = ['filter', 'check', filter, '--sample', plain, join(folder, 'logs')];
    const { exitStatus, out } = await trailbridge(...given, '--json');
    const text = await trailbridge(...given);

    expect(exitStatus).toBe(0);
    expect(JSON.parse(out).sample).toEqual({
      files: 2,
      records: 5,
      forwarded: 2,
      dropped: 3,
      droppedByRule: { 'KMS noise': 3 },
      droppedByCall: { 'kms.amazonaws.com Decrypt': 2, 'kms.amazonaws.com GenerateDataKey': 1 },
      unusable: { [bad]: expect.stringContaining('cut off') },
    });
    expect(text.out).toContain(`Left out: ${bad}: `);
    expect(text.out).toMatch(/Records +5\nForwarded +2\nDropped +3\n +KMS noise +3\n/);
  });

  test('refuses a filter that cannot be used, with status 1 and every fault', async () => {
    const filter = await fileWith('filter.json', '[{"drop":{"eventSource":"kms"}},{"drop":{"readOnly":1}}]');

    const { exitStatus, out, err } = await trailbridge('filter', 'check', filter);

    expect(exitStatus).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('Rule 1, field eventSource: given "kms"');
    expect(err).toContain('Rule 2, field readOnly: given 1');
  });

  test('warns of a rule that does nothing', async () => {
    const filter = await fileWith(
      'filter.json',
      '[{"drop":{"readOnly":true}},{"name":"late","keep":{"eventName":"a"}}]',
    );

    const { exitStatus, err } = await trailbridge('filter', 'check', filter);

    expect(exitStatus).toBe(0);
    expect(err).toContain('"late" keeps what no later rule would drop');
  });

  test('says so where there are no rules', async () => {
    const { out } = await trailbridge('filter', 'check', await fileWith('filter.json', '[]'));

    expect(out).toBe('There are no rules: every record is forwarded.\n');
  });

  test.each([
    ['not there', async () => join(folder, 'nothing'), /nothing cannot be read.*ENOENT/],
    ['no CloudTrail file', () => fileWith('x.json', '{"a":1}'), /x\.json is no sample .*has no "Records"/],
    ['cut off', () => fileWith('x.gz', gzipSync(document(DECRYPT)).subarray(0, 30)), /x\.gz is no sample/],
    ['an empty folder', async () => folder, /holds no CloudTrail file/],
  ])('refuses a sample that is %s', async (_, sample, said) => {
    const filter = await fileWith('filter', RULES);

    const { exitStatus, err } = await trailbridge('filter', 'check', filter, '--sample', await sample());

    expect(exitStatus).toBe(1);
    expect(err).toMatch(said);
  });

  test('tells where the filter itself is not there', async () => {
    const { exitStatus, err } = await trailbridge('filter', 'check', join(folder, 'nothing'));

    expect(exitStatus).toBe(1);
    expect(err).toContain('The filter cannot be read: ENOENT');
  });
});

test('trailbridge filter schema prints a JSON Schema', async () => {
  const { exitStatus, out } = await trailbridge('filter', 'schema');

  expect(exitStatus).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    type: 'array',
    $schema: expect.stringContaining('json-schema.org'),
  });
});

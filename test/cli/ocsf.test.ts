import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../cli/program.ts';
import type { AuditSource } from '../../contract/archive.ts';
import type { OcsfEvent } from '../../contract/ocsf.ts';
import { lineOf } from '../../lambda/archive/raw/raw-object.ts';
import { archived } from '../lambda/archive/ocsf/records.ts';
import { faultsOf } from '../lambda/archive/ocsf/validate.ts';
import { captureStreams } from './streams.ts';

const TRAILBRIDGE = fileURLToPath(new URL('../../bin/trailbridge.ts', import.meta.url));

/** Records to the character: spacing, order and escapes are the vendor's. */
const SIGNED_IN =
  '{"type":"audit.user-signed-in.v1", "id":"1","time":"2026-03-01T10:00:00.000Z","event":"\\u30ed\\u30b0"}';
const SIGNED_OUT =
  '{"time":"2026-03-01T11:00:00Z","id":"2","type":"audit.user-signed-out.v1","details":{"logs":[]}}';
const LOGIN = '{"timeStamp":1450569821811,"userName":"user1","action":"LOGIN"}';
const LOGOUT = '{"timeStamp":1450569821812,"userName":"user1","action":"LOGOUT"}';
const ACTIVITY =
  '{"eventTime":"2026-03-01T10:00:00.12+0000","action":"user-management.user.invite","outcome":"success","id":"i"}';

/** A line. */
function ofType(type: string): string {
  return `${JSON.stringify({ type, time: '2026-03-01T10:00:00Z' })}\n`;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsf-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileWith(content: string | Buffer, name = 'audit.log'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function ocsf(source: AuditSource, ...files: string[]) {
  const { streams, written } = captureStreams();
  const exitStatus = await run(['ocsf', '--source', source, ...files], streams);
  const events = written.out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OcsfEvent);
  return { exitStatus, events, texts: events.map(({ raw_data }) => raw_data), err: written.err };
}

describe('trailbridge ocsf', () => {
  test.each<[string, AuditSource, string | Buffer, string[]]>([
    [
      'AuditLogs.json of the vendor’s script',
      'cloudone',
      `[${SIGNED_IN}, ${SIGNED_OUT}]`,
      [SIGNED_IN, SIGNED_OUT],
    ],
    ['a page', 'cloudone', `{"logs":[${SIGNED_IN},${SIGNED_OUT}],"next":"x"}`, [SIGNED_IN, SIGNED_OUT]],
    [
      'pages, one a line',
      'cloudone',
      `{"logs":[${SIGNED_IN}],"next":"x"}\n{"logs":[${SIGNED_OUT}]}\n`,
      [SIGNED_IN, SIGNED_OUT],
    ],
    [
      'a page over several lines',
      'cloudone',
      `{\n "logs": [\n  ${SIGNED_IN},\n  ${SIGNED_OUT}\n ]\n}\n`,
      [SIGNED_IN, SIGNED_OUT],
    ],
    ['an array, a record a line', 'cloudone', `[\n${SIGNED_IN}\n,${SIGNED_OUT}\n]`, [SIGNED_IN, SIGNED_OUT]],
    ['an array of one record on a line of its own', 'cloudone', `[\n${SIGNED_IN}\n]`, [SIGNED_IN]],
    ['JSON lines', 'cloudone', `${SIGNED_IN}\r\n\n${SIGNED_OUT}`, [SIGNED_IN, SIGNED_OUT]],
    [
      'JSON lines behind a byte order mark',
      'cloudone',
      `\ufeff${SIGNED_IN}\n${SIGNED_OUT}\n`,
      [SIGNED_IN, SIGNED_OUT],
    ],
    [
      'gzip of several members',
      'cloudone',
      Buffer.concat([gzipSync(`${SIGNED_IN}\n`), gzipSync(SIGNED_OUT)]),
      [SIGNED_IN, SIGNED_OUT],
    ],
    ['a controller’s answer', 'appdynamics', `[${LOGIN},${LOGOUT}]`, [LOGIN, LOGOUT]],
    ['JSON lines of a controller', 'appdynamics', `${LOGIN}\n${LOGOUT}\n`, [LOGIN, LOGOUT]],
    [
      'an object of IBM’s bucket',
      'ibmcloud',
      gzipSync(`${ACTIVITY}\n{"line":${JSON.stringify(ACTIVITY)}}\n`),
      [ACTIVITY, ACTIVITY],
    ],
    ['an array of IBM’s', 'ibmcloud', `[${ACTIVITY},\n${ACTIVITY}]`, [ACTIVITY, ACTIVITY]],
    ['nothing', 'cloudone', '', []],
    ['an empty array', 'appdynamics', '[]\n', []],
    ['gzip of nothing', 'ibmcloud', gzipSync(''), []],
  ])('takes %s', async (_what, source, content, texts) => {
    const result = await ocsf(source, await fileWith(content));

    expect(result).toMatchObject({ exitStatus: 0, texts });
    expect(result.err).toMatch(new RegExp(`^${texts.length} events?[.;].*\n$`));
    expect(result.events.flatMap(faultsOf)).toEqual([]);
  });

  test('takes raw objects of the archive, whose records keep their names and times', async () => {
    const record = { ...archived('cloudone', SIGNED_IN), collectedAt: '2026-03-02T00:00:00.000Z' };
    const { events, exitStatus } = await ocsf('cloudone', await fileWith(gzipSync(lineOf(record))));

    expect(exitStatus).toBe(0);
    expect(events[0]).toMatchObject({
      time: record.time,
      raw_data: SIGNED_IN,
      metadata: { uid: record.id, logged_time: Date.parse(record.collectedAt) },
    });
  });

  test('tells equal records of one millisecond apart', async () => {
    const { events } = await ocsf('appdynamics', await fileWith(`[${LOGIN},${LOGIN},${LOGOUT}]`));
    expect(new Set(events.map(({ metadata }) => metadata.uid)).size).toBe(3);
  });

  test('says where something is no record, takes the rest, and exits with 1', async () => {
    const [mixed, cut, missing] = [
      await fileWith(`${SIGNED_IN}\nno JSON\n7\n${SIGNED_OUT}\n`),
      await fileWith(gzipSync(`${SIGNED_IN}\n${'x'.repeat(1000)}`).subarray(0, -12), 'cut.gz'),
      join(folder, 'missing'),
    ];
    const { exitStatus, texts, err } = await ocsf(
      'cloudone',
      mixed,
      missing,
      cut,
      await fileWith(`[${SIGNED_IN},\n1]`, 'array'),
    );

    expect(exitStatus).toBe(1);
    expect(texts).toEqual([SIGNED_IN, SIGNED_OUT, SIGNED_IN, SIGNED_IN]);
    expect(err).toContain(`${mixed}:2: it is no JSON object, and so no record.`);
    expect(err).toContain(`${mixed}:3: it is no JSON object, and so no record.`);
    expect(err).toContain(`${missing}: it cannot be read to its end: ENOENT`);
    expect(err).toContain(`${cut}: it cannot be read to its end: unexpected end of file.`);
    expect(err).toContain(`${join(folder, 'array')}:2: it is no JSON object, and so no record.`);
  });

  test.each<[string, AuditSource, string | Buffer, string]>([
    [
      'text that is not UTF-8',
      'cloudone',
      Buffer.from([0x7b, 0xff, 0x7d]),
      ':1: it is not JSON: 4 bytes are not UTF-8.',
    ],
    [
      'a document that is cut off',
      'cloudone',
      `{\n"logs": [${SIGNED_IN},\n`,
      ':1: it is no JSON object, and so no record.',
    ],
    ['an array that is cut off', 'appdynamics', `[${LOGIN},`, ':1: it is not JSON: it ends unfinished'],
    [
      'what is no event of IBM Cloud',
      'ibmcloud',
      '{"action":"x"}',
      ':1: it is no event: it lacks an action, or the time of it.',
    ],
    [
      'a record of another source',
      'appdynamics',
      lineOf(archived('cloudone', {})),
      ':1: it is an archived record of another source: cloudone.',
    ],
  ])('refuses %s', async (_what, source, content, message) => {
    const { exitStatus, texts, err } = await ocsf(source, await fileWith(content));
    expect({ exitStatus, texts }).toEqual({ exitStatus: 1, texts: [] });
    expect(err).toContain(message);
  });

  test.each<[string, AuditSource, string]>([
    ['no time', 'cloudone', '{"type":"audit.user-signed-in.v1","id":"1"}'],
    ['a time that is none', 'cloudone', '{"type":"audit.user-signed-in.v1","time":"yesterday"}'],
    ['no time of a controller', 'appdynamics', '{"action":"LOGIN","userName":"user1"}'],
  ])('tells a record with %s, says so, and exits with 1', async (_what, source, record) => {
    const dated = source === 'cloudone' ? SIGNED_IN : LOGIN;
    const { exitStatus, texts, err } = await ocsf(source, await fileWith(`${dated}\n${record}\n`));
    expect({ exitStatus, texts }).toEqual({ exitStatus: 1, texts: [dated, record] });
    expect(err).toContain('audit.log:2: its time cannot be read');
    expect(err).toContain('\n2 events.\n');
  });

  test.each<[AuditSource, AuditSource, string]>([
    ['ibmcloud', 'cloudone', ACTIVITY],
    ['appdynamics', 'cloudone', LOGIN],
    ['cloudone', 'appdynamics', SIGNED_IN],
    ['ibmcloud', 'appdynamics', ACTIVITY],
    ['cloudone', 'ibmcloud', SIGNED_IN],
  ])('takes no record of %s for one of %s', async (_of, source, record) => {
    const { exitStatus, texts, err } = await ocsf(source, await fileWith(`${record}\n`));
    expect({ exitStatus, texts }).toEqual({ exitStatus: 1, texts: [] });
    expect(err).toMatch(/audit\.log:1: it is no (?:record of|event)/);
    expect(err).toContain('\n0 events.\n');
  });

  test('counts the kinds of events that the catalogue does not know', async () => {
    const { err, exitStatus } = await ocsf(
      'cloudone',
      await fileWith(`${ofType('new')}${ofType('new')}${ofType('newer')}`),
    );
    expect(err).toBe('3 events; the catalogue does not know 2 kinds of them: new (2), newer (1).\n');
    expect(exitStatus).toBe(0);
  });

  test('needs to know whose logs they are', async () => {
    const { streams, written } = captureStreams();
    expect(await run(['ocsf', '--source', 'aws'], streams)).toBe(2);
    expect(written.err).toContain('Allowed choices are cloudone, appdynamics, ibmcloud');
  });
});

describe('the process', () => {
  test('reads standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [TRAILBRIDGE, 'ocsf', '--source', 'appdynamics'], {
      input: `${LOGIN}\n`,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ class_uid: 3002, raw_data: LOGIN });
  });

  test('reads no further than it can write, and ends without a word when nobody reads on', async () => {
    const child = spawn(process.execPath, [TRAILBRIDGE, 'ocsf', '--source', 'appdynamics']);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdin.on('error', () => {});
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const lines = Buffer.from(`${LOGIN}\n`.repeat(200_000));
    let isTaken = false;
    child.stdin.write(lines, () => {
      isTaken = true;
    });
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    expect(isTaken).toBe(false);

    child.stdout.destroy();

    expect(await ended).toBe(0);
    expect(said).toBe('');
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../cli/program.ts';
import { ARCHIVE_OUTPUTS } from '../../../contract/archive-parameters.ts';
import { archiveIdOf } from '../../../lambda/archive/raw/archive-id.ts';
import { S3ObjectStore } from '../../../lambda/archive/store/s3-object-store.ts';
import { refusal, type S3BucketStandIn, startS3Bucket } from '../../stand-ins/s3-bucket.ts';
import { captureStreams } from '../streams.ts';
import { appDynamics, archive, audit, cloudOne, withFolder } from './archive.ts';

beforeEach(() => {
  vi.stubEnv('NO_COLOR', '1');
});

const CHANGE = cloudOne('e1', '2026-03-01T10:00:00Z', {
  event: 'API key updated',
  type: 'audit.apiKey_updated.v1',
  details: { alias: { old: 'ci', new: '監査用\u001b[2J' } },
});
const ID = archiveIdOf('cloudone', CHANGE);

describe('show', () => {
  test("says what the vendor's own screen says, what changed, and gives the record", async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE]);
      const { status, out } = await audit(['show', ID, '--archive', folder]);
      expect(status).toBe(0);
      for (const [name, value] of [
        ['Time', '2026-03-01T10:00:00.000Z'],
        ['Event', 'API key updated'],
        ['Principal URN', 'urn:cloudone:identity:us-1:900000000001:user/aya'],
        ['Event ID', 'e1'],
        ['Type', 'audit.apiKey_updated.v1'],
        ['Account ID', '900000000001'],
        ['Details', '\\{"alias":\\{"old":"ci"'],
        ['Source', 'Trend Cloud One'],
        ['Archive ID', ID],
      ]) {
        expect(out).toMatch(new RegExp(`^${name} +${value}`, 'm'));
      }
      expect(out).toMatch(/^Changes:\n.*alias.*: ci → 監査用/m);
      expect(out).toContain('"type": "audit.apiKey_updated.v1"');
      expect(out).not.toContain('\u001b');
    });
  });

  test('gives the record to the character with --json', async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE]);
      const { out } = await audit(['show', ID.slice(0, -20), '--archive', folder, '--json']);
      expect(JSON.parse(out)).toMatchObject({
        record: { id: ID, record: CHANGE.text },
        event: { metadata: { uid: ID } },
        row: { id: ID, event: 'audit.apiKey_updated.v1' },
        related: [],
        course: null,
      });
    });
  });

  test('tells how a pending action ended, what began it, and where nothing tells', async () => {
    await withFolder(async (folder) => {
      const invite = (outcome: string, time: string, correlationId: string) => ({
        time: Date.parse(time),
        text: JSON.stringify({
          action: 'user-management.user.invite',
          outcome,
          eventTime: time,
          correlationId,
          initiator: { id: 'IBMid-1', name: 'aya@example.com' },
          target: { id: `crn:${correlationId}` },
        }),
      });
      const records = [
        invite('pending', '2026-03-01T10:00:00Z', 'one'),
        invite('success', '2026-03-01T10:05:00Z', 'one'),
        invite('pending', '2026-03-01T10:10:00Z', 'two'),
      ];
      await archive(folder, 'ibmcloud', records);
      const [begun = '', ended = '', open = ''] = records.map((each) => archiveIdOf('ibmcloud', each));
      const shown = async (id: string) => (await audit(['show', id, '--archive', folder])).out;
      expect(await shown(begun)).toMatch(
        new RegExp(`Ended after 5 min: 2026-03-01 10:05:00 .*${ended.slice(0, -24)}`),
      );
      expect(await shown(ended)).toMatch(
        new RegExp(`Begun 5 min before: 2026-03-01 10:00:00 .*${begun.slice(0, -24)}`),
      );
      expect(await shown(open)).toContain('nothing in the archive tells how it ended');
      expect(await shown(begun)).toMatch(/^Events of the same action:\n.*10:05:00/m);
    });
  });

  test('tells what is not there, what is several, and what is no id, each by its status', async () => {
    await withFolder(async (folder) => {
      const many = Array.from({ length: 600 }, (_, index) => cloudOne(`${index}`, '2026-03-01T10:00:00Z'));
      await archive(folder, 'cloudone', many);
      const ids = many.map((each) => archiveIdOf('cloudone', each).slice(0, -28));
      const twice = ids.find((id, index) => ids.indexOf(id) < index) ?? '';
      const missing = `cloudone.20260301T10.${'0'.repeat(32)}`;
      const statuses: [string, number, string][] = [
        [missing, 6, `holds no event ${missing}`],
        [twice, 6, 'several events'],
        ['e1', 2, 'looks like cloudone.'],
      ];
      for (const [id, status, words] of statuses) {
        const result = await audit(['show', id, '--archive', folder]);
        expect(result).toEqual({ status, out: '', err: expect.stringContaining(words) });
      }
    });
  });
});

describe('export', () => {
  const first = { ...cloudOne('e0', '2025-01-01T00:00:00Z'), text: '{ "id":"e0", "note":"日本\\u8a9e" }' };

  test("is one array of the vendor's own texts, oldest first", async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE, first]);
      await archive(folder, 'appdynamics', [appDynamics('2026-03-01T10:30:00Z')]);
      const file = join(folder, 'AuditLogs.json');
      const { status, out } = await audit(['export', '--archive', folder, '--output', file]);
      expect({ status, out }).toEqual({ status: 0, out: `2 records in ${file}\n` });
      expect(await readFile(file, 'utf8')).toBe(`[${first.text}, ${CHANGE.text}]`);
      const all = ['--source', 'cloudone', 'appdynamics', '--from', '2026-03-01', '--force', '--json'];
      const again = await audit(['export', '--archive', folder, '--output', file, ...all]);
      expect(JSON.parse(again.out)).toEqual({ file, records: 2 });
      expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(2);
    });
  });

  test('of nothing is an empty array', async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE]);
      const file = join(folder, 'none.json');
      const argv = ['export', '--archive', folder, '--source', 'ibmcloud', '--output', file];
      expect(await audit(argv)).toMatchObject({ status: 0 });
      expect(await readFile(file, 'utf8')).toBe('[]');
    });
  });

  test('holds what is no JSON as a string, and says so', async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [{ time: 1, text: 'no "JSON"' }]);
      const file = join(folder, 'odd.json');
      const { err } = await audit(['export', '--archive', folder, '--output', file]);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(['no "JSON"']);
      expect(err).toContain('1 record is no JSON');
    });
  });

  test('replaces no file unless told to', async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE]);
      const file = join(folder, 'mine.json');
      await writeFile(file, 'mine');
      const { status, err } = await audit(['export', '--archive', folder, '--output', file]);
      expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('--force') });
      expect(await readFile(file, 'utf8')).toBe('mine');
    });
  });

  test('leaves nothing behind when it fails or is interrupted, and the former file as it was', async () => {
    await withFolder(async (folder) => {
      await archive(folder, 'cloudone', [CHANGE]);
      const file = join(folder, 'former.json');
      await writeFile(file, 'former');
      const { streams, written } = captureStreams();
      const argv = ['audit', 'export', '--archive', folder, '--output', file, '--force'];
      const status = await run(argv, { ...streams, onInterrupt: () => AbortSignal.abort() });
      expect({ status, ...written }).toMatchObject({ status: 130, out: '' });
      const failed = await audit([
        'export',
        '--archive',
        join(folder, 'nowhere'),
        '--output',
        file,
        '--force',
      ]);
      expect(failed.status).toBe(1);
      expect(await readFile(file, 'utf8')).toBe('former');
      expect((await readdir(folder)).sort()).toEqual(['.writing', 'former.json', 'raw']);
      const elsewhere = join(folder, 'no', 'folder', 'x.json');
      expect(await audit(['export', '--archive', folder, '--output', elsewhere])).toMatchObject({
        status: 1,
        err: expect.stringContaining('cannot be written'),
      });
    });
  });
});

describe('the archive is that', () => {
  let bucket: S3BucketStandIn;
  const cloudFormation = mockClient(CloudFormationClient);
  beforeEach(async () => {
    bucket = await startS3Bucket('my-archive');
    await archive(new S3ObjectStore({ s3: bucket.client(), bucket: bucket.name }), 'cloudone', [CHANGE]);
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL: bucket.url,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_REGION: 'us-east-1',
    })) {
      vi.stubEnv(name, value);
    }
    cloudFormation.reset();
  });
  afterEach(() => bucket.close());

  function deployed(outputs: Readonly<Record<string, string>>): void {
    cloudFormation.on(DescribeStacksCommand).resolves({
      Stacks: [
        {
          StackName: 'x',
          StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/x/y',
          CreationTime: new Date(0),
          StackStatus: 'CREATE_COMPLETE',
          Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        },
      ],
    });
  }

  test('of a bucket that is named', async () => {
    expect(await audit(['show', ID, '--archive', 's3://my-archive', '--json'])).toMatchObject({
      status: 0,
      err: '',
    });
  });

  test('of the deployed stack, AuditArchive unless another is named', async () => {
    deployed({ [ARCHIVE_OUTPUTS.rawBucket]: 'my-archive' });
    for (const [argv, stack] of [
      [[], 'AuditArchive'],
      [['--stack', 'Mine'], 'Mine'],
      [['--stack', 'CloudOne'], 'CloudOne'],
    ] as const) {
      const { status } = await audit(['show', ID, ...argv]);
      expect(status).toBe(0);
      expect(cloudFormation.commandCalls(DescribeStacksCommand).at(-1)?.args[0].input).toEqual({
        StackName: stack,
      });
    }
  });

  test('of no other stack, and refusals are explained', async () => {
    deployed({});
    expect(await audit(['show', ID])).toMatchObject({ status: 1, err: expect.stringContaining('--archive') });
    bucket.intercept = () => refusal(403, 'AccessDenied');
    expect(await audit(['list', '--archive', 's3://my-archive'])).toMatchObject({
      status: 1,
      err: expect.stringContaining('S3 refused (AccessDenied'),
    });
  });
});

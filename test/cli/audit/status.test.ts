/** A deployed archive as `audit status`, and the other commands, see it: its bucket, its table, its alarms. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ARCHIVE_TABLE_KEYS, unreadableSourcePrefix } from '../../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../../contract/archive-parameters.ts';
import { S3ObjectStore } from '../../../lambda/archive/store/s3-object-store.ts';
import { mockDynamoDb } from '../../stand-ins/dynamodb/mocked-table.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { type S3BucketStandIn, startS3Bucket } from '../../stand-ins/s3-bucket.ts';
import { archive, audit, cloudOne, withFolder } from './archive.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

let bucket: S3BucketStandIn;
let table: Table;
let dynamoDb: ReturnType<typeof mockDynamoDb>;
let outputs: Record<string, string>;
let alarms: { AlarmName: string; StateTransitionedTimestamp: Date }[];
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  bucket = await startS3Bucket('raw');
  table = new Table(['pk', 'sk']);
  dynamoDb = mockDynamoDb(table);
  outputs = {
    [ARCHIVE_OUTPUTS.rawBucket]: 'raw',
    [ARCHIVE_OUTPUTS.table]: 'table',
    [ARCHIVE_OUTPUTS.cloudOneCollector]: 'f',
    [ARCHIVE_OUTPUTS.ibmCloudCollector]: 'g',
  };
  alarms = [];
  mockClient(CloudFormationClient)
    .on(DescribeStacksCommand, { StackName: 'AuditArchive' })
    .callsFake(() => ({
      Stacks: [
        {
          StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/AuditArchive/1',
          StackStatus: 'CREATE_COMPLETE',
          Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        },
      ],
    }));
  mockClient(CloudWatchClient)
    .on(DescribeAlarmsCommand, { AlarmNamePrefix: 'AuditArchive-', StateValue: 'ALARM' })
    .callsFake(() => ({ MetricAlarms: alarms }));
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: bucket.url,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_REGION: 'us-east-1',
    NO_COLOR: '1',
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  vi.useRealTimers();
  await bucket.close();
});

function checkpoint(source: 'cloudone' | 'appdynamics', completeUntil: number, hasFailed = false): void {
  const { pk, sk } = ARCHIVE_TABLE_KEYS.checkpoint(source);
  table.items.set(`${pk}\n${sk}`, {
    pk: { S: pk },
    sk: { S: sk },
    completeUntil: { N: String(completeUntil) },
    runEndedAt: { N: String(completeUntil + MINUTE) },
    runFailed: { BOOL: hasFailed },
  });
}

function stale(hour: string): void {
  const pk = ARCHIVE_TABLE_KEYS.stale('cloudone');
  table.items.set(`${pk}\n${hour}`, { pk: { S: pk }, sk: { S: hour } });
}

const store = () => new S3ObjectStore({ s3: bucket.client(), bucket: 'raw' });
const put = (key: string) => store().put(key, Buffer.from('x'), { contentType: 'text/plain' });

describe('audit status', () => {
  test('tells each source, the latest reports and the alarms, and exits with 1 for these', async () => {
    checkpoint('cloudone', NOW - 5 * MINUTE);
    checkpoint('appdynamics', NOW - 3 * 24 * 60 * MINUTE, true);
    stale('20260301T10');
    stale('20260301T11');
    const day = unreadableSourcePrefix('cloudone');
    await Promise.all([`${day}2026/03/01/ab`, `${day}2026/03/01/ab.json`].map(put));
    for (const file of ['2026-02.pdf', '2026-02.receipt', '2026-03.pdf']) {
      await put(`reports/monthly/${file}`);
    }
    alarms = [
      { AlarmName: 'AuditArchive-CloudOneRecordsUnreadable', StateTransitionedTimestamp: new Date(NOW) },
      { AlarmName: 'AuditArchive-2-DerivationAge', StateTransitionedTimestamp: new Date(NOW) },
    ];

    const { status, out, err } = await audit(['status']);

    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'Stack               AuditArchive (CREATE_COMPLETE)',
      'Trend Cloud One     collected until 2026-03-01 11:55:00 UTC, 5 min ago; last run 2026-03-01 11:56:00 UTC',
      '                    2 hours not yet in queries, 1 piece kept that could not be parsed',
      'Splunk AppDynamics  collected until 2026-02-26 12:00:00 UTC, 3 days ago; switched off',
      'IBM Cloud           not yet collected to an end; no run has ended yet',
      'Reports             monthly of 2026-03, not delivered yet',
      'Alarms              CloudOneRecordsUnreadable since 2026-03-01 12:00:00 UTC: docs/runbook.md#cloudonerecordsunreadable',
      '',
    ]);
  });

  test('prints the same for a program, and exits with 0 where no alarm is off', async () => {
    delete outputs[ARCHIVE_OUTPUTS.ibmCloudCollector];
    checkpoint('cloudone', NOW - 5 * MINUTE, true);

    const { status, out } = await audit(['status', '--json']);

    expect({ status, told: JSON.parse(out) }).toEqual({
      status: 0,
      told: {
        stack: 'AuditArchive',
        stackStatus: 'CREATE_COMPLETE',
        sources: [
          {
            source: 'cloudone',
            isCollected: true,
            collectedUntil: '2026-03-01T11:55:00.000Z',
            behindSeconds: 300,
            lastRun: { endedAt: '2026-03-01T11:56:00.000Z', hasFailed: true },
            staleHours: 0,
            unreadable: 0,
          },
        ],
        reports: [],
        alarms: [],
      },
    });
  });

  test('says which stack is none of an archive', async () => {
    outputs = {};
    expect(await audit(['status'])).toMatchObject({
      status: 1,
      err: expect.stringContaining('no audit archive'),
    });
  });
});

describe('what other commands say of a deployed archive', () => {
  beforeEach(async () => {
    checkpoint('cloudone', NOW - 5 * MINUTE);
    await archive(store(), 'cloudone', [cloudOne('e1', '2026-03-01T10:00:00Z')]);
  });

  test('a list: how far each of its sources is collected', async () => {
    const { status, err } = await audit(['list', '--source', 'cloudone', 'ibmcloud']);
    expect({ status, err }).toEqual({
      status: 0,
      err: 'Collected: Trend Cloud One collected only until 2026-03-01 11:55:00 +00:00; IBM Cloud not collected.\n',
    });
  });

  test('a list of a time that is complete: that it is', async () => {
    const { err } = await audit(['list', '--source', 'cloudone', '--to', '2026-03-01T11:00Z']);
    expect(err).toBe('Collected: all of this time.\n');
  });

  test('a report: the same on its page and on the terminal', async () => {
    await withFolder(async (folder) => {
      const argv = ['report', '--source', 'cloudone', '--output', `${folder}/r.json`];
      const { status, out } = await audit([...argv, '--from', '2026-03-01', '--to', '2026-03-01']);
      expect({ status, out }).toEqual({
        status: 0,
        out: expect.stringContaining('collected only until 2026-03-01 11:55:00 +00:00'),
      });
    });
  });

  test('and show all the same to whoever may not read the table', async () => {
    dynamoDb
      .on(GetItemCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' }));
    const { status, out, err } = await audit(['list']);
    expect({ status, err }).toEqual({
      status: 0,
      err: expect.stringContaining('is not known. DynamoDB refused'),
    });
    expect(out).toContain('1 event');
  });
});

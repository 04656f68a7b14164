/** The function as it is deployed: its bundle, away from the repository and its modules, in a process of its own. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundledCode } from '../../../../lib/shared/function-code.ts';
import { type ArchiveStandIn, BUCKET, startArchiveStandIn } from './archive-stand-in.ts';

const run = promisify(execFile);

let folder: string;
let aws: ArchiveStandIn;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailbridge-report-handler-'));
  cpSync(bundledCode('archive/report-handler.ts').path, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  aws = await startArchiveStandIn();
});
afterEach(() => aws.close());

const DEFINITION = {
  name: 'daily',
  title: '日次レポート',
  label: 'CONFIDENTIAL',
  sources: ['appdynamics'],
  every: 'day',
  at: 0,
  formats: ['pdf', 'csv'],
  mailTo: ['security@example.com'],
};

const CALL = `require('./index.js').handler({}, { getRemainingTimeInMillis: () => 900000 }).then(
  () => {}, (error) => { console.error(error); process.exitCode = 1; })`;

/** @returns what it has written to its log */
async function callFunction(reports: readonly object[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, ['-e', CALL], {
    cwd: folder,
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_MAX_ATTEMPTS: '1',
      STACK_NAME: 'AuditArchive',
      RAW_BUCKET: BUCKET,
      ARCHIVE_TABLE: 'archive',
      REPORTS: JSON.stringify(reports),
      MAIL_FROM: 'reports@example.com',
      TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:archive',
    },
  });
  return stdout + stderr;
}

function failedIn(log: string): unknown {
  const metrics = log.split('\n').find((line) => line.includes('"AuditReportsFailed"')) ?? '{}';
  return (JSON.parse(metrics) as Record<string, unknown>).AuditReportsFailed;
}

function yesterdayAtNoon(): number {
  return Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
}

function addLogIn(time: number): void {
  aws.addRecord({
    id: `appdynamics.${new Date(time).toISOString().slice(0, 13).replaceAll('-', '')}.${'0'.repeat(32)}`,
    time,
    collectedAt: new Date(time).toISOString(),
    record: JSON.stringify({ timeStamp: time, action: 'LOGIN', userName: '山田', accountName: 'customer1' }),
  });
}

const keysOfReports = () => [...aws.objects.keys()].filter((key) => key.startsWith('reports/'));

test('stores a report, mails it, announces it, and does so once', async () => {
  const noon = yesterdayAtNoon();
  const period = new Date(noon).toISOString().slice(0, 10);
  addLogIn(noon);
  aws.completeUntil.set('appdynamics', Date.now());

  const log = await callFunction([DEFINITION]);

  expect(failedIn(log), log).toBe(0);
  expect(keysOfReports().sort()).toEqual([
    `reports/daily/${period}.csv`,
    `reports/daily/${period}.pdf`,
    `reports/daily/${period}.receipt`,
  ]);
  expect(aws.objects.get(`reports/daily/${period}.pdf`)?.subarray(0, 5).toString()).toBe('%PDF-');
  expect(aws.objects.get(`reports/daily/${period}.csv`)?.toString()).toContain('"山田"');
  const [mail] = aws.mails;
  expect(mail?.Destination.ToAddresses).toEqual(['security@example.com']);
  expect(mail?.Content.Simple.Subject.Data).toBe(`[CONFIDENTIAL] 日次レポート, ${period}`);
  expect(
    mail?.Content.Simple.Attachments?.map(({ FileName, RawContent }) => [
      FileName,
      Buffer.from(RawContent, 'base64').equals(
        aws.objects.get(`reports/daily/${period}${FileName.slice(-4)}`) ?? Buffer.of(),
      ),
    ]),
  ).toEqual([
    [`daily-${period}.pdf`, true],
    [`daily-${period}.csv`, true],
  ]);
  expect(aws.announcements).toEqual([
    {
      subject: `Audit report daily ${period}`,
      message: expect.stringContaining(`s3://${BUCKET}/reports/daily/${period}.pdf`),
    },
  ]);
  expect(aws.announcements[0]?.message).toContain('Splunk AppDynamics 1');

  await callFunction([DEFINITION]);
  expect(aws.mails).toHaveLength(1);
  expect(aws.announcements).toHaveLength(1);
}, 60_000);

test('a mail that fails is counted, keeps no other report back, and is sent at the next call', async () => {
  aws.completeUntil.set('appdynamics', Date.now());
  aws.refusing.set('ses', 400);
  const other = { ...DEFINITION, name: 'other', mailTo: [] };

  const log = await callFunction([DEFINITION, other]);
  expect(failedIn(log)).toBe(1);
  expect(aws.announcements.map(({ subject }) => subject)).toEqual([expect.stringContaining('other')]);
  const pdf = keysOfReports().find((key) => /daily.*pdf/.test(key)) ?? '';
  const stored = aws.objects.get(pdf);
  expect(stored).toBeDefined();

  aws.refusing.clear();
  expect(failedIn(await callFunction([DEFINITION, other]))).toBe(0);
  expect(aws.mails).toHaveLength(1);
  expect(aws.announcements).toHaveLength(2);
  // Made once: it is the same object still.
  expect(aws.objects.get(pdf)).toBe(stored);
}, 60_000);

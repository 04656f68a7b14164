/** The scheduled report is made, by its function, in every format, and mailed. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { REPORTS_PREFIX } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS as O } from '../../contract/archive-parameters.ts';
import { REHEARSED_REPORT } from '../audit/archive-stack.ts';
import type { MailSender } from '../audit/mail-sender.ts';
import { expectThat, type Outputs } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { callFunction } from './archive.ts';

/** Folder beside the rehearsal's report, for copies of the reports to look at. */
export const AUDIT_COPIES = 'audit';

/** A file of a report, as it is in the archive. */
interface StoredReport {
  readonly key: string;
  readonly format: string;
  readonly body: Uint8Array;
}

export async function makeReports(rehearsal: Rehearsal, outputs: Outputs, sender: MailSender): Promise<void> {
  const { stage, progress, found, options } = rehearsal;
  await progress.phase(
    'archive',
    'making the scheduled report',
    async () => {
      const error = await callFunction(stage, outputs, O.reports);
      expectThat(rehearsal, error === undefined, `The report failed: ${error}`);
      const bucket = outputs[O.rawBucket] ?? '';
      const keys = await reportKeys(stage, bucket);
      const receipts = keys.filter((key) => key.endsWith('.receipt'));
      expectThat(rehearsal, receipts.length === 1, 'The report has no receipt: it was not told of.');
      const stored = await storedReports(stage, bucket, keys);
      const missing = REHEARSED_REPORT.formats.filter((format) =>
        stored.every((one) => one.format !== format),
      );
      expectThat(rehearsal, missing.length === 0, `There is no report in ${missing.join(', ')}.`);
      found.audit.reports = await copied(stored, options.outputFolder);
      await checkMail(rehearsal, sender, stored);
    },
    () => `made a report in ${found.audit.reports.map(({ format }) => format).join(', ')}, and mailed it`,
  );
}

async function reportKeys({ clients: { s3 } }: Stage, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: REPORTS_PREFIX });
  for await (const { Contents = [] } of pages) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return keys;
}

function storedReports(
  { clients: { s3 } }: Stage,
  bucket: string,
  keys: readonly string[],
): Promise<StoredReport[]> {
  const files = REHEARSED_REPORT.formats.flatMap((format) =>
    keys.filter((key) => key.endsWith(`.${format}`)).map((key) => ({ key, format })),
  );
  return Promise.all(
    files.map(async ({ key, format }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { key, format, body: (await Body?.transformToByteArray()) ?? new Uint8Array() };
    }),
  );
}

async function copied(stored: readonly StoredReport[], outputFolder: string) {
  await mkdir(join(outputFolder, AUDIT_COPIES), { recursive: true });
  return Promise.all(
    stored.map(async ({ key, format, body }) => {
      const copy = `${AUDIT_COPIES}/${key.slice(REPORTS_PREFIX.length).replaceAll('/', '-')}`;
      await writeFile(join(outputFolder, copy), body);
      return { key, format, bytes: body.length, copy };
    }),
  );
}

/** One mail, to whom it is meant for, with every file as it is in the archive. */
async function checkMail(
  rehearsal: Rehearsal,
  sender: MailSender,
  stored: readonly StoredReport[],
): Promise<void> {
  const mails = await sender.sent();
  if (mails === undefined) return;
  const [mail] = mails;
  const attached = new Set(mail?.attachments.map(({ sha256 }) => sha256));
  const lacking = stored.filter(({ body }) => !attached.has(createHash('sha256').update(body).digest('hex')));
  expectThat(rehearsal, mails.length === 1, `${mails.length} mails were sent, not one.`);
  expectThat(
    rehearsal,
    mail?.to.join() === REHEARSED_REPORT.mailTo.join(),
    `The report was mailed to ${mail?.to.join(', ') || 'nobody'}.`,
  );
  expectThat(
    rehearsal,
    lacking.length === 0 && attached.size === stored.length,
    `The mail has ${attached.size} attachments, and lacks ${lacking.map(({ key }) => key).join(', ') || 'none'}.`,
  );
  if (mail !== undefined) {
    rehearsal.found.audit.mail = { to: mail.to, subject: mail.subject };
  }
}

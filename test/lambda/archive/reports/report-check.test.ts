/** What a deployment says of the reports' definitions. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { reportCheck } from '../../../../lambda/archive/reports/report-check.ts';
import { customResourceHandler } from '../../../../lambda/shared/custom-resource.ts';
import { type AnswerSink, captureOutput, startAnswerSink } from '../../shared/custom-resource-harness.ts';

const DAILY = { name: 'daily', title: 'Daily', every: 'day' };
const MAILED = { ...DAILY, mailTo: ['security@example.com'] };

let sink: AnswerSink;
beforeAll(async () => {
  sink = await startAnswerSink();
});
beforeEach(() => {
  captureOutput();
});
afterAll(() => sink.close());

function checked(reports: string, MailFrom = '') {
  return sink.send(customResourceHandler(reportCheck), {
    type: 'Create',
    properties: { Reports: reports, MailFrom },
  });
}

test.each<[string, string, string?]>([
  ['none', ''],
  ['one that is announced', JSON.stringify([DAILY])],
  ['one that is mailed', JSON.stringify([MAILED]), 'audit@example.com'],
])('%s: taken', async (_name, reports, from) => {
  expect((await checked(reports, from)).Status).toBe('SUCCESS');
});

test.each<[string, string, RegExp]>([
  ['bad JSON', '[{]', /It is no JSON/],
  [
    'an unknown column',
    JSON.stringify([{ ...DAILY, columns: ['who'] }]),
    /field columns: given "who"; allowed: .*principal/,
  ],
  [
    'a time zone that is none',
    JSON.stringify([{ ...DAILY, timeZone: 'Mars/Olympus' }]),
    /field timeZone: given "Mars\/Olympus"/,
  ],
  ['two of one name', JSON.stringify([DAILY, DAILY]), /Report 2 is called "daily", like report 1/],
  ['one without a schedule', JSON.stringify([{ name: 'a', title: 'A' }]), /has no schedule/],
  [
    'mail that nobody sends',
    JSON.stringify([DAILY, { ...MAILED, name: 'mailed' }]),
    /"mailed": "mailTo" is given.*ReportMailFrom/,
  ],
  [
    'more than fits, by its bytes',
    JSON.stringify([{ ...DAILY, title: '監査'.repeat(500) }]),
    /\d bytes in UTF-8, and may have 3000/,
  ],
])('%s: refused in clear words', async (_name, reports, words) => {
  const { Status, Reason } = await checked(reports);

  expect(Status).toBe('FAILED');
  expect(Reason).toMatch(/^Reading AuditReports: Not usable as a report: /);
  expect(Reason).toMatch(words);
});

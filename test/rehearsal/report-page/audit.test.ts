import { expect, test } from 'vitest';
import { renderReportPage } from '../../../rehearsal/report-page/page.ts';
import { summaryOf } from '../../../rehearsal/summary.ts';
import { goodReport } from './reports.ts';

const source = {
  source: 'appdynamics',
  held: 900,
  archived: 900,
  missing: 0,
  surplus: 0,
  sameIds: 0,
  runs: 3,
  derived: 900,
  difficulties: ['4 calls throttled (429)', '2 events known late'],
};
const answers = [
  {
    name: 'sign-ins',
    question: 'Who signed in',
    rows: 12,
    first: [
      {
        principal: '監査 <b>',
        sign_ins: 3,
        id: 'appdynamics.20260301T10.0123',
        empty: null,
        at: '2026-03-01T10:00:07.123Z',
      },
    ],
  },
];
const key = 'reports/rehearsed/2026-11-19.pdf';
const copy = 'audit/rehearsed-2026-11-19.pdf';
const mail = { to: ['auditor@example.com'], subject: 'Audit of the rehearsal' };
const bucket = 'AWS::S3::Bucket auditarchive-raw (1393 object versions)';
const report = (change = {}) =>
  goodReport({
    audit: {
      sources: [{ ...source, ...change }],
      answers,
      reports: [{ key, format: 'pdf', bytes: 123_456, copy }],
      mail,
    },
    residue: {
      checked: true,
      aws: [],
      vendors: [],
      retained: ['the CDK bootstrap stack', bucket, 'AWS::KMS::Key arn:x (PendingDeletion)'],
    },
  });

test('shows what was archived, and against what', () => {
  const page = renderReportPage(report());

  expect(page).toContain('id="audit"');
  expect(page).toContain('of 900, each once');
  expect(page).toContain('Of 900 audit records of 1 vendor, 900 were archived, 0 are missing.');
  expect(page).toContain('4 calls throttled (429), 2 events known late');
});

test('shows what was asked, and what was found, without ids and columns that are empty', () => {
  const page = renderReportPage(report());

  expect(page).toContain('12 rows · <code>audit query --saved sign-ins</code>');
  expect(page).toContain('The first 1');
  expect(page).toContain('2026-03-01 10:00:07');
  expect(page).toContain('監査 &lt;b&gt;');
  expect(page).not.toContain('appdynamics.20260301T10.0123');
  expect(page).not.toContain('>empty<');
});

test('links to copies of the reports, and says whom they were mailed to', () => {
  const page = renderReportPage(report());

  expect(page).toContain(`<a href="${copy}">${key}</a>`);
  expect(page).toContain('123.5 kB');
  expect(page).toContain('Mailed to auditor@example.com');
});

test('judges what is missing or there twice', () => {
  expect(renderReportPage(report({ missing: 2, sameIds: 1 }))).toContain('3 missing or twice');
});

test('says nothing of forwarding, and nothing of archiving in other scenarios', () => {
  expect(renderReportPage(report())).not.toMatch(/id="(connections|flow|latency)"/);
  expect(renderReportPage(goodReport())).not.toContain('id="audit"');
});

test('says that the raw records stay', () => {
  expect(renderReportPage(report())).toContain('The raw records stay, with their key, by design');
});

test('is told at the end on the terminal', () => {
  const told = summaryOf(report());

  expect(told).toContain(
    'appdynamics  900 of 900 records archived in 3 runs, 900 rows; against 4 calls throttled (429), 2 events known late',
  );
  expect(told).toContain(`a report in pdf, mailed to auditor@example.com: .rehearsal/${copy}`);
  expect(told).toContain(`kept by design: ${bucket}`);
  expect(told).not.toContain('PendingDeletion');
});

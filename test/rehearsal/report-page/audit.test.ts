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
};
const key = 'reports/rehearsed/2026-11-19.pdf';
const report = (change = {}) =>
  goodReport({
    audit: { sources: [{ ...source, ...change }], reports: [{ key, format: 'pdf', bytes: 123_456 }] },
  });

test('shows what was archived, and the reports', () => {
  const page = renderReportPage(report());

  expect(page).toContain('id="audit"');
  expect(page).toContain('of 900, each once');
  expect(page).toContain('Of 900 audit records of 1 vendor, 900 were archived, 0 are missing.');
  expect(page).toContain(key);
  expect(page).toContain('123.5 kB');
});

test('judges what is missing or there twice', () => {
  expect(renderReportPage(report({ missing: 2, sameIds: 1 }))).toContain('3 missing or twice');
});

test('says nothing of it in other scenarios', () => {
  expect(renderReportPage(goodReport())).not.toContain('id="audit"');
});

test('is told at the end on the terminal', () => {
  expect(summaryOf(report())).toContain(
    'appdynamics: 900 of 900 records archived in 3 runs, 900 rows derived',
  );
});

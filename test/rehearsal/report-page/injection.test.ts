import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RehearsalReport } from '../../../rehearsal/report.ts';
import { renderReportPage } from '../../../rehearsal/report-page/page.ts';
import { skeleton } from './page-text.ts';
import { existingBucketReport, failedAsAsked, failedReport, updateReport } from './reports.ts';

/** A report in which every field is filled, so that every text has its place on the page. */
function fullReport(): RehearsalReport {
  const { bucketNotification } = existingBucketReport();
  const { updates } = updateReport();
  return { ...failedReport(), bucketNotification, updates, failure: failedAsAsked().failure };
}

/** Replaces each text of a report, the names in free-form documents included. */
function withTexts<T>(value: T, text: (original: string, path: string) => string, path = 'report'): T {
  const walk = (inner: unknown, at: string): unknown => {
    if (typeof inner === 'string') return text(inner, at);
    if (Array.isArray(inner)) return inner.map((item, index) => walk(item, `${at}[${index}]`));
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, item]) => [
        at.includes('.bucketNotification.') ? text(key, `${at}.(key ${key})`) : key,
        walk(item, `${at}.${key}`),
      ]),
    );
  };
  return walk(value, path) as T;
}

const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  '</style></title></textarea><script>alert(1)</script>',
  '--><iframe src="https://example.com"></iframe><!--',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u0000<\u202escript>',
];

/** Each text is its own place, so that texts that are equal in both reports are equal in neither or in both. */
const harmless = withTexts(fullReport(), (_original, path) => `text at ${path}`);

test.each(ATTACKS)('as every text of the report at once, %j adds no element and no attribute', (attack) => {
  const hostile = withTexts(fullReport(), (_original, path) => `${attack} at ${path}`);

  expect(skeleton(renderReportPage(hostile))).toEqual(skeleton(renderReportPage(harmless)));
});

const places: string[] = [];
withTexts(fullReport(), (original, path) => {
  places.push(path);
  return original;
});

test.each(places)('%s alone cannot add an element', (place) => {
  const attack = '"\'><script>alert(1)</script><!--';
  const hostile = withTexts(harmless, (original, path) =>
    path === place ? `${original}${attack}` : original,
  );

  const page = renderReportPage(hostile);

  expect(skeleton(page)).toEqual(skeleton(renderReportPage(harmless)));
  expect(page).not.toContain('<script');
});

test('no text of any kind changes what a browser makes of the page', () => {
  const expected = skeleton(renderReportPage(harmless));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&/=! -a;#') }), (text) => {
      const hostile = withTexts(harmless, (original) => `${original}${text}`);
      expect(skeleton(renderReportPage(hostile))).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

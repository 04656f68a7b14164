import { expect, test } from 'vitest';
import { renderReportPage } from '../../../rehearsal/report-page/page.ts';
import { sectionText, skeleton, visibleText } from './page-text.ts';
import {
  bootstrapFailure,
  existingBucketReport,
  failedAsAsked,
  failedReport,
  goodReport,
  latencies,
  latencyOf,
  updateReport,
} from './reports.ts';

const ALL = { goodReport, failedReport, bootstrapFailure, failedAsAsked, existingBucketReport, updateReport };

test.each(Object.entries(ALL))('%s: the page stands by itself and is well formed', (_name, report) => {
  const page = renderReportPage(report());

  expect(page.startsWith('<!doctype html>')).toBe(true);
  expect(page).not.toMatch(
    /<(script|link|img|iframe|object|base)\b|@import|url\(|\s(src|srcset|style|on\w+)=/,
  );
  for (const [, target] of page.matchAll(/href="([^"]*)"/g))
    expect(page).toContain(`id="${target?.slice(1)}"`);
  expect(page).not.toMatch(/undefined|NaN|Infinity|\[object|\bnull\b/);
  expect(unclosed(page)).toEqual([]);
});

/** Elements left open, or closed in another order than opened. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const tag of skeleton(page)) {
    const name = /^<\/?([a-z0-9]+)/.exec(tag)?.[1];
    if (name === undefined || ['meta', 'br'].includes(name) || tag.endsWith('/>')) continue;
    if (!tag.startsWith('</')) open.push(name);
    else if (open.pop() !== name) return [...open, tag];
  }
  return open;
}

test.each(Object.entries(ALL))('%s: can be read without seeing it', (_name, report) => {
  const page = renderReportPage(report());

  expect(page.match(/<h1/g)).toHaveLength(1);
  for (const [svg] of page.matchAll(/<svg[^>]*>/g))
    expect(svg).toMatch(/aria-hidden="true"|aria-label="[^"]+"/);
  for (const [table] of page.matchAll(/<table[\s\S]*?<\/table>/g)) {
    expect(table).toMatch(/<caption[^>]*>[^<]+/);
    expect(table).toContain('scope="col"');
    expect(table).toContain('scope="row"');
  }
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a good run says so first, with its figures', () => {
  const text = visibleText(renderReportPage(goodReport()));

  expect(text).toContain('The rehearsal succeeded');
  expect(text).toContain(
    'All 21,540 events arrived at Trend Cloud One: none missing, none twice. Everything was removed; nothing is left.',
  );
  expect(text).not.toContain('The problem');
});

test('a product connector is shown where there is or was one', () => {
  const report = goodReport();
  const { registered, afterDestroy } = report.vendor;
  const withConnector = (then: number, now: number) =>
    sectionText(
      renderReportPage({
        ...report,
        vendor: {
          registered: { ...registered, visionOneConnectors: then },
          afterDestroy: { ...afterDestroy, visionOneConnectors: now },
        },
      }),
      'connections',
    );

  expect(withConnector(0, 0)).not.toContain('Product connector');
  expect(withConnector(1, 0)).toContain('Product connector');
  expect(withConnector(0, 1)).toContain('Product connector');
});

test('a failed run names its problems, what is missing, and what is left', () => {
  const report = failedReport();
  const page = renderReportPage(report);
  const text = visibleText(page);

  expect(text).toContain('The rehearsal failed');
  for (const problem of report.problems) expect(text).toContain(problem);
  expect(text).toContain('21,503 of 21,540 events arrived at Trend Cloud One: 37 missing, 2 more than once.');
  expect(sectionText(page, 'flow')).toContain('Missing: 20 of 37 by eventID');
  for (const id of report.delivered.missingIds) expect(sectionText(page, 'flow')).toContain(id);
  expect(sectionText(page, 'residue')).toContain('log group /aws/lambda/CloudOne-Forwarder');
  expect(sectionText(page, 'connections')).toMatch(/Cloud account\s+still there\s+registered 1/);
});

test('a run that ended at bootstrap claims nothing about what it did not reach', () => {
  const page = renderReportPage(bootstrapFailure());
  const text = visibleText(page);

  expect(text).toContain('It ended before any file was forwarded.');
  expect(sectionText(page, 'phases').match(/not reached/g)).toHaveLength(3);
  expect(sectionText(page, 'phases')).toContain('No stack was created.');
  expect(sectionText(page, 'residue')).not.toContain('Nothing is left');
  expect(sectionText(page, 'latency')).toContain('No file was acknowledged');
  expect(sectionText(page, 'connections')).not.toContain('gone');
});

test('a deployment that failed as asked shows its message as a user reads it', () => {
  const report = failedAsAsked();
  const page = renderReportPage(report);

  expect(visibleText(page)).toContain('The deployment failed as asked, and was undone');
  expect(sectionText(page, 'failure')).toContain(report.failure?.message);
  expect(sectionText(page, 'failure')).toContain('names the step and the cause');
  expect(sectionText(page, 'residue')).toContain('Nothing is left');
});

test('a message that does not name step and cause is told so', () => {
  const { failure } = failedAsAsked();
  if (failure === null) throw new Error('The factory makes a failure.');
  const page = renderReportPage({
    ...failedAsAsked(),
    ok: false,
    failure: { ...failure, namesStepAndCause: false },
  });

  expect(sectionText(page, 'failure')).toContain('does not name both the step and the cause');
});

test('a run without a failure or an existing bucket has no sections for them', () => {
  const page = renderReportPage(goodReport());

  expect(page).not.toContain('id="failure"');
  expect(page).not.toContain('id="bucket-notification"');
});

test("an existing bucket's other entries are shown to have stayed, and EventBridge to have come and gone", () => {
  const text = sectionText(renderReportPage(existingBucketReport()), 'bucket-notification');

  expect(text).toContain('the document is the same as before deploying');
  expect(text).toContain('2 of 2 other entries stayed the same throughout. EventBridge: off → on → off.');
  expect(text).toMatch(/siem-ingest present present present unchanged/);
});

test('a token that was renewed midway is told of, where there is one', () => {
  const words = 'token renewed midway';

  expect(sectionText(renderReportPage(goodReport()), 'flow')).toContain(words);
  expect(sectionText(renderReportPage(existingBucketReport()), 'flow')).not.toContain(words);
});

test('what the filter dropped is told by rule, and does not pass for lost', () => {
  const good = goodReport();
  const filtered = { reads: 1_200, 'rule <3>': 40 };
  const delivered = { ...good.delivered, events: good.input.events - 1_240 };
  const page = renderReportPage(goodReport({ filtered, delivered }));

  expect(sectionText(page, 'flow')).toMatch(/1,240 events filtered by rule: reads 1,200, rule <3> 40/);
  expect(page).toContain('1,240 filtered by rule, none missing');
  expect(renderReportPage(good)).not.toContain('filtered by rule');
});

test('an existing bucket whose entry was lost is told so', () => {
  const good = existingBucketReport();
  const page = renderReportPage({
    ...good,
    ok: false,
    bucketNotification: { before: good.bucketNotification?.before, during: {}, after: {} },
  });

  const text = sectionText(page, 'bucket-notification');
  expect(text).toContain('differs from the one before deploying');
  expect(text).toMatch(/siem-ingest present absent absent not restored/);
});

test('denied calls come first, with their reason, and unused actions are listed', () => {
  const text = sectionText(renderReportPage(failedReport()), 'permissions');

  expect(text).toContain('1 call would be denied.');
  expect(text.indexOf('No statement of the role allows it')).toBeLessThan(text.indexOf('s3:GetObject'));
  expect(text.indexOf('AWS calls of Redrive')).toBeLessThan(text.indexOf('AWS calls of Forwarder'));
  expect(text).toContain('dynamodb:DeleteItem');
  expect(text).toContain('called nothing');
});

test('an input without events is no success story', () => {
  const page = renderReportPage(
    goodReport({
      input: { notLogFiles: 0, files: 1, events: 0, bytes: 34 },
      delivered: { events: 0, missing: 0, duplicates: 0, altered: 0, missingIds: [], duplicateIds: [] },
    }),
  );

  expect(visibleText(page)).toContain('The input held no event.');
  expect(sectionText(page, 'flow')).toMatch(/1\s+file 0 events 34 bytes/);
});

test('one sample makes a plot', () => {
  const page = renderReportPage(goodReport({ latencyMs: latencyOf([312]) }));

  expect(page.match(/class="plot"/g)).toHaveLength(2);
  expect(page).toContain('Half of the files took at most 312 ms');
});

test('samples of zero milliseconds make a plot', () => {
  expect(renderReportPage(goodReport({ latencyMs: latencyOf([0, 0]) }))).not.toMatch(/NaN|Infinity/);
});

test('ten thousand samples make a page that is hardly larger than that of a few hundred', () => {
  const size = (files: number) =>
    renderReportPage(goodReport({ latencyMs: latencyOf(latencies(files)) })).length;

  expect(size(10_000)).toBeLessThan(size(300) * 1.25);
});

test('more samples than a call may have arguments make a page', () => {
  const page = renderReportPage(goodReport({ latencyMs: latencyOf(latencies(300_000)) }));

  expect(page).toContain('300,000 files');
});

test('slow stragglers turn the axis logarithmic, and it says so', () => {
  expect(renderReportPage(failedReport())).toContain('Latency (s, logarithmic)');
  expect(renderReportPage(goodReport())).toContain('Latency (ms)');
});

test('long lists fold', () => {
  const retained = Array.from({ length: 50 }, (_, index) => `object ${index}`);
  const page = renderReportPage(goodReport({ residue: { checked: true, aws: [], vendors: [], retained } }));

  expect(sectionText(page, 'residue')).toContain('42 more');
  expect(sectionText(page, 'residue')).toContain('object 49');
});

test('updates: each with what came of it, what CloudFormation did, and what arrived', () => {
  const page = renderReportPage(updateReport());
  const text = sectionText(page, 'updates');

  expect(text).toContain('destination Cloud One → Vision One UPDATE_COMPLETE');
  expect(text).toContain('1 replaced DestinationProbe');
  expect(text).toContain('2 removed CloudTrailLifecycle CloudTrailToken');
  expect(text).toContain('2, 1, 3');
  expect(text).toContain('1,240');
  expect(text).toContain('UPDATE_ROLLBACK_COMPLETE Cloud One account look-up: answered 401.');
  expect(text).toContain('nothing to do');
  expect(text).toContain('1,300, 4 missing, 1 duplicate');
  expect(text).toContain('0 forwarding stacks');
  expect(sectionText(page, 'phases')).toContain('Update');
});

test('without updates there is no section, no link and no phase of them', () => {
  const page = renderReportPage(goodReport());

  expect(page).not.toContain('id="updates"');
  expect(page).not.toContain('#updates');
  expect(sectionText(page, 'phases')).not.toContain('Update');
});

test('the vendor’s client stands where our forwarder, its queue and its rule stand otherwise', () => {
  const options = { ...goodReport().options, destination: 'vendorclient' as const };
  const ours = sectionText(renderReportPage(goodReport()), 'flow');
  const theirs = sectionText(renderReportPage(goodReport({ options })), 'flow');

  for (const part of ['EventBridge', 'Queue', 'Forwarder', 'Dead-letter queue']) {
    expect(ours).toContain(part);
    expect(theirs).not.toContain(part);
  }
  expect(theirs).toContain('The vendor’s client');
  expect(theirs).toContain('Cloud One CloudTrail service');
});

test('of a rehearsal that waits with everything up, says so, and judges nothing that is still to come', () => {
  const nothingChecked = { checked: false, aws: [], vendors: [], retained: [] };
  const report = goodReport({ residue: nothingChecked });
  const page = renderReportPage(report, 'up');

  expect(page).toContain('So far, the rehearsal succeeds');
  expect(page).toContain('Everything is still up');
  expect(page).not.toContain('It did not come to the check');
  expect(renderReportPage(report)).toContain('It did not come to the check');
  expect(renderReportPage(goodReport({ ok: false, problems: ['x'] }), 'up')).toContain(
    'The rehearsal has failed',
  );
});

test('tells how long everything was kept up as a phase of its own, where it was', () => {
  const { seconds } = goodReport();

  expect(renderReportPage(goodReport({ seconds: { ...seconds, kept: 12.5 } }))).toMatch(
    /Kept up<\/th>.*12\.5 s/,
  );
  expect(renderReportPage(goodReport())).not.toContain('Kept up');
});

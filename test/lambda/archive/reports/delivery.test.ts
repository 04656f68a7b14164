import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readReportDefinition, type ScheduledReport } from '../../../../contract/report.ts';
import {
  type DeliveryServices,
  isTooEarly,
  type ReportNews,
  undelivered,
} from '../../../../lambda/archive/reports/delivery.ts';
import { runReports } from '../../../../lambda/archive/reports/run-reports.ts';
import { FolderObjectStore } from '../../../../lambda/archive/store/folder-object-store.ts';
import { logger } from '../../../../lambda/shared/logger.ts';
import { each, row } from './rows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);
const REPORT: ScheduledReport = {
  ...readReportDefinition({
    name: 'daily',
    title: 'Daily',
    every: 'day',
    formats: ['csv', 'json'],
    mailTo: ['a@example.com'],
  }),
  every: 'day',
};
const FORMATS = ['csv', 'json', 'receipt'];

let folder: string;
let store: FolderObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailbridge-test-'));
  store = new FolderObjectStore(folder);
  for (const level of ['info', 'error'] as const) {
    vi.spyOn(logger, level).mockReturnValue();
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function services(given: Partial<DeliveryServices> = {}) {
  const told: string[] = [];
  const tell = (how: string) => async (news: ReportNews) => {
    told.push(`${how} ${news.order.definition.name} ${news.due.name}`);
    return how;
  };
  const all: DeliveryServices = {
    store,
    fonts: { regular: '', bold: '' },
    rows: () => () => each([row()]),
    collected: async (sources) =>
      sources.map((source) => ({ source, completeUntil: at('2030-01-01T00:00:00Z') })),
    mail: tell('mail'),
    announce: async (news) => {
      await tell('announce')(news);
    },
    ...given,
  };
  return { all, told };
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('reports/')) {
    found.push(key.slice('reports/'.length));
  }
  return found;
}

function look(now: string) {
  return { now: () => new Date(now), timeIsUp: () => false };
}

test('a new series begins with the report that is due, and makes up for all that were missed since', async () => {
  const { all, told } = services();
  expect(await runReports([REPORT], all, look('2026-03-10T06:00:00Z'))).toBe(0);
  expect(await keys()).toEqual(FORMATS.map((format) => `daily/2026-03-09.${format}`));

  await runReports([REPORT], all, look('2026-03-10T07:00:00Z'));
  expect(told).toEqual(['mail daily 2026-03-09', 'announce daily 2026-03-09']);

  // Nobody looked for three days.
  await runReports([REPORT], all, look('2026-03-13T07:00:00Z'));
  expect(told.filter((words) => words.startsWith('mail'))).toEqual(
    ['09', '10', '11', '12'].map((day) => `mail daily 2026-03-${day}`),
  );
});

test('one in the middle that failed is made up for, too', async () => {
  const { all } = services();
  await runReports([REPORT], all, look('2026-03-10T06:00:00Z'));
  await runReports([REPORT], all, look('2026-03-12T06:00:00Z'));
  await store.delete('reports/daily/2026-03-10.receipt');
  expect((await undelivered(store, REPORT, at('2026-03-12T06:00:00Z'))).map(({ name }) => name)).toEqual([
    '2026-03-10',
  ]);
});

test.each(['mail', 'announce'] as const)(
  'a run that ends at the %s is taken up, and leaves the files as they are',
  async (step) => {
    const failing = services({ [step]: () => Promise.reject(new Error('gone')) });
    expect(await runReports([REPORT], failing.all, look('2026-03-10T06:00:00Z'))).toBe(1);
    expect(await keys()).toEqual(['daily/2026-03-09.csv', 'daily/2026-03-09.json']);
    const before = await store.get('reports/daily/2026-03-09.csv');

    // More was collected since; what is stored is what is told of.
    let sent: ReportNews | undefined;
    const { all } = services({
      rows: () => () => each([row(), row({ event: 'LATE' })]),
      mail: async (news) => {
        sent = news;
        return 'id';
      },
    });
    expect(await runReports([REPORT], all, look('2026-03-10T07:00:00Z'))).toBe(0);
    expect(await store.get('reports/daily/2026-03-09.csv')).toEqual(before);
    expect(sent?.files.map(({ fileName }) => fileName)).toEqual([
      'daily-2026-03-09.csv',
      'daily-2026-03-09.json',
    ]);
    expect(sent?.files[0]?.bytes).toEqual(before);
  },
);

test('a run that ends between two formats makes the other one only', async () => {
  await store.put('reports/daily/2026-03-09.csv', Buffer.from('first'), { contentType: 'text/csv' });
  const put = vi.spyOn(store, 'put');
  await runReports([REPORT], services().all, look('2026-03-10T06:00:00Z'));
  expect(put.mock.calls.map(([key]) => key)).toEqual([
    'reports/daily/2026-03-09.json',
    'reports/daily/2026-03-09.receipt',
  ]);
  expect((await store.get('reports/daily/2026-03-09.csv')).toString()).toBe('first');
  expect(await keys()).toEqual(FORMATS.map((format) => `daily/2026-03-09.${format}`));
});

test('of two runs at the same time the first to store decides, and both tell of that', async () => {
  const sent: string[] = [];
  const { all } = services({
    rows: () =>
      async function* () {
        await store.put('reports/daily/2026-03-09.csv', Buffer.from('first'), { contentType: 'text/csv' });
        yield row();
      },
    mail: async ({ files }) => {
      sent.push(String(files[0]?.bytes));
      return 'id';
    },
  });
  expect(await runReports([REPORT], all, look('2026-03-10T06:00:00Z'))).toBe(0);
  expect(sent).toEqual(['first']);
});

test('a report that fails keeps no other back', async () => {
  const other = { ...REPORT, name: 'other' };
  const { all, told } = services({
    rows: ({ name }) => {
      if (name === 'daily') {
        throw new Error('unreadable');
      }
      return () => each([]);
    },
  });
  expect(await runReports([REPORT, other], all, look('2026-03-10T06:00:00Z'))).toBe(1);
  expect(told).toEqual(['mail other 2026-03-09', 'announce other 2026-03-09']);
});

test('damage to the archive is counted, and said; the report is delivered once', async () => {
  const { all, told } = services({
    rows: () => (onDamage) => {
      onDamage();
      return each([row()]);
    },
  });
  expect(await runReports([REPORT], all, look('2026-03-10T06:00:00Z'))).toBe(1);
  expect(JSON.parse((await store.get('reports/daily/2026-03-09.json')).toString())).toMatchObject({
    summary: { events: 1, damaged: 1 },
  });
  expect(await runReports([REPORT], all, look('2026-03-10T07:00:00Z'))).toBe(0);
  expect(told).toHaveLength(2);
});

test('what there is no time for is left to the next look', async () => {
  const { all, told } = services();
  const given = { ...look('2026-03-10T06:00:00Z'), timeIsUp: () => true };
  expect(await runReports([REPORT], all, given)).toBe(0);
  expect(told).toEqual([]);
});

test('a report waits for the collection, and not for ever', () => {
  const due = at('2026-03-10T06:00:00Z');
  const report = { name: '2026-03-09', due, period: { from: due - 30 * HOUR, to: due - 6 * HOUR } };
  const until = (completeUntil: number | undefined) => [{ source: 'ibmcloud' as const, completeUntil }];
  expect(isTooEarly(until(report.period.to), report, due)).toBe(false);
  expect(isTooEarly(until(report.period.to - 1), report, due)).toBe(true);
  expect(isTooEarly(until(undefined), report, due + 5 * HOUR)).toBe(true);
  expect(isTooEarly(until(report.period.to - DAY), report, due + 6 * HOUR)).toBe(false);
  // Of what is not collected at all, nothing is waited for.
  expect(isTooEarly([], report, due)).toBe(false);
});

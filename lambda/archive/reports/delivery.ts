/**
 * The reports of a series: which are still to be delivered, and the delivery of one.
 *
 * A report's files are stored first, then it is mailed, then announced, and at last a receipt is stored beside it. What has no
 * receipt is taken up again; so a file is made once, and a mail is sent at least once: twice where a run ends between the two.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditSource } from '../../../contract/archive.ts';
import {
  periodOfKey,
  type ReportFormat,
  receiptKey,
  reportKey,
  reportPrefix,
  type ScheduledReport,
} from '../../../contract/report.ts';
import { ConditionFailedError, type ObjectStore } from '../store/object-store.ts';
import type { Collected } from './completeness.ts';
import { makeReport, type RowSource } from './make-report.ts';
import type { PdfFonts } from './pdf.ts';
import { type DueReport, dueReports, latestDue, type Period } from './period.ts';
import type { ReportOrder } from './report-head.ts';
import type { ReportSummary } from './summary.ts';

/** A file of a report, as it is in the archive. */
export interface ReportAttachment {
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What is told of a report that is in the archive. */
export interface ReportNews {
  readonly order: ReportOrder;
  readonly due: DueReport;
  readonly summary: ReportSummary;
  readonly files: readonly ReportAttachment[];
}

export interface DeliveryServices {
  readonly store: ObjectStore;
  readonly fonts: PdfFonts;
  rows(report: ScheduledReport, period: Period): RowSource;
  /** How far sources are collected; those that never were are absent. */
  collected(sources: readonly AuditSource[]): Promise<readonly Collected[]>;
  /** @returns the mail's id, for the receipt; `undefined` where it goes to nobody */
  mail(news: ReportNews): Promise<string | undefined>;
  announce(news: ReportNews): Promise<void>;
}

const CONTENT_TYPES: Readonly<Record<ReportFormat, string>> = {
  pdf: 'application/pdf',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
};

/** Reports are made up for that came due in this time, if there was one of the series before. */
const MADE_UP_MS = 62 * 86_400_000;
/** A report waits so long for the collection of its time to be complete; then it says how far that is. */
const PATIENCE_MS = 6 * 3_600_000;

/**
 * The reports of a series that are due and not delivered, the oldest first.
 *
 * A series begins with the report that came due last before it was first looked at: a new definition does not make those of two
 * months at once. From then on, none is left out.
 */
export async function undelivered(
  store: ObjectStore,
  report: ScheduledReport,
  now: number,
): Promise<readonly DueReport[]> {
  const latest = latestDue(report, now);
  const candidates = dueReports(report, now - MADE_UP_MS, now);
  const keys = await keysFrom(store, report.name, candidates[0]?.name ?? latest.name);
  const periods = new Set(Array.from(keys, periodOfKey));
  const began = candidates.findIndex(({ name }) => periods.has(name));
  const series = began === -1 ? [] : candidates.slice(began);
  const due = series.some(({ name }) => name === latest.name) ? series : [...series, latest];
  return due.filter(({ name }) => !keys.has(receiptKey(report.name, name)));
}

/** Periods are in the order of time, and so are their keys. */
async function keysFrom(store: ObjectStore, report: string, period: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const { key } of store.list(reportPrefix(report), `${reportPrefix(report)}${period}`)) {
    keys.add(key);
  }
  return keys;
}

/** Whether to wait for the collection: of sources that are collected at all, and not for ever. */
export function isTooEarly(
  collected: readonly Collected[],
  { due, period }: DueReport,
  now: number,
): boolean {
  const isComplete = collected.every(({ completeUntil }) => (completeUntil ?? 0) >= period.to);
  return !isComplete && now < due + PATIENCE_MS;
}

/**
 * Makes what is not made yet, and tells of it.
 *
 * @returns what was told
 */
export async function deliver(
  order: ReportOrder & { readonly definition: ScheduledReport },
  due: DueReport,
  services: DeliveryServices,
  now: () => Date,
): Promise<ReportSummary> {
  const news = await storedReport(order, due, services);
  const mailId = await services.mail(news);
  await services.announce(news);
  const receipt = {
    report: order.definition.name,
    period: due.name,
    events: news.summary.events,
    files: news.files.map(({ key, bytes }) => ({ key, bytes: bytes.length })),
    mailedTo: mailId === undefined ? [] : order.definition.mailTo,
    ...(mailId === undefined ? {} : { mailId }),
    announcedAt: now().toISOString(),
  };
  await putOnce(
    services.store,
    receiptKey(order.definition.name, due.name),
    Buffer.from(`${JSON.stringify(receipt, undefined, 2)}\n`),
    'application/json',
  );
  return news.summary;
}

async function storedReport(
  order: ReportOrder & { readonly definition: ScheduledReport },
  due: DueReport,
  { store, fonts, rows }: DeliveryServices,
): Promise<ReportNews> {
  const { definition, period } = order;
  const stored = await storedFormats(store, definition, due);
  const missing = definition.formats.filter((format) => !stored.includes(format));
  const folder = await mkdtemp(join(tmpdir(), 'trailbridge-report-'));
  try {
    // Without a missing format it is only counted: what is told of a report that was stored before is counted again.
    const made = await makeReport(order, rows(definition, period), missing, folder, fonts);
    for (const [format, path] of made.files) {
      const key = reportKey(definition.name, due.name, format);
      await putOnce(store, key, await readFile(path), CONTENT_TYPES[format]);
    }
    const files: ReportAttachment[] = [];
    for (const format of definition.formats) {
      const key = reportKey(definition.name, due.name, format);
      files.push({
        key,
        fileName: `${definition.name}-${due.name}.${format}`,
        contentType: CONTENT_TYPES[format],
        // As it is in the archive, whoever has stored it.
        bytes: await store.get(key),
      });
    }
    return { order, due, summary: made.summary, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function storedFormats(
  store: ObjectStore,
  { name, formats }: ScheduledReport,
  due: DueReport,
): Promise<readonly ReportFormat[]> {
  const keys = new Set<string>();
  for await (const { key } of store.list(`${reportPrefix(name)}${due.name}.`)) {
    keys.add(key);
  }
  return formats.filter((format) => keys.has(reportKey(name, due.name, format)));
}

async function putOnce(store: ObjectStore, key: string, bytes: Buffer, contentType: string): Promise<void> {
  try {
    await store.put(key, bytes, { contentType, ifAbsent: true });
  } catch (error) {
    // Another run has stored it, or this call did and the answer was lost: what is there stays.
    if (!(error instanceof ConditionFailedError)) {
      throw error;
    }
  }
}

/** Makes a report in all its formats, in one pass over the events. */
import { join } from 'node:path';
import type { ReportFormat } from '../../../contract/report.ts';
import type { EventRow } from '../ocsf/action-course.ts';
import { CsvWriter } from './csv.ts';
import { JsonWriter } from './json.ts';
import { type PdfFonts, PdfWriter } from './pdf.ts';
import type { ReportWriter } from './report-file.ts';
import type { ReportOrder } from './report-head.ts';
import { type ReportSummary, SummaryTally } from './summary.ts';

/** The events of a report in the order of time; tells of each place of the archive that cannot be read, and goes on behind it. */
export type RowSource = (onDamage: () => void) => AsyncIterable<EventRow>;

export interface MadeReport {
  readonly summary: ReportSummary;
  readonly files: ReadonlyMap<ReportFormat, string>;
}

/**
 * Memory is bounded: CSV and JSON are written as events come, a PDF holds a bounded number of them.
 *
 * @param formats to be made; the definition's, or those of them that are not there yet
 * @param folder where to write `report.pdf`, `report.json`, `report.csv`
 */
export async function makeReport(
  order: ReportOrder,
  rowsOf: RowSource,
  formats: readonly ReportFormat[],
  folder: string,
  fonts: PdfFonts,
): Promise<MadeReport> {
  const files = new Map(formats.map((format) => [format, join(folder, `report.${format}`)]));
  const writers: ReportWriter[] = [];
  const tally = new SummaryTally();
  try {
    for (const [format, path] of files) {
      writers.push(await writerOf(format, path, order, fonts));
    }
    for await (const row of rowsOf(() => tally.addDamage())) {
      tally.add(row);
      for (const writer of writers) {
        await writer.add(row);
      }
    }
    const summary = tally.summary();
    for (const writer of writers) {
      await writer.end(summary);
    }
    return { summary, files };
  } finally {
    await Promise.all(writers.map((writer) => writer.close()));
  }
}

function writerOf(
  format: ReportFormat,
  path: string,
  order: ReportOrder,
  fonts: PdfFonts,
): Promise<ReportWriter> {
  switch (format) {
    case 'csv':
      return CsvWriter.create(path, order);
    case 'json':
      return JsonWriter.create(path, order);
    case 'pdf':
      return Promise.resolve(new PdfWriter(path, order, fonts));
  }
}

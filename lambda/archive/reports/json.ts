/** A report as JSON, for programs: values as the archive's columns have them, an event a line. */
import type { EventRow } from '../ocsf/action-course.ts';
import { type ReportWriter, TextFile } from './report-file.ts';
import { columnsOf, type ReportOrder } from './report-head.ts';
import type { ReportSummary } from './summary.ts';
import { zonedIso } from './zoned-time.ts';

export class JsonWriter implements ReportWriter {
  readonly #file: TextFile;
  readonly #order: ReportOrder;
  #separator = '\n';

  private constructor(file: TextFile, order: ReportOrder) {
    this.#file = file;
    this.#order = order;
  }

  static async create(path: string, order: ReportOrder): Promise<JsonWriter> {
    const file = await TextFile.create(path);
    await file.write(`{"report":${JSON.stringify(headOf(order))},\n"events":[`);
    return new JsonWriter(file, order);
  }

  async add(row: EventRow): Promise<void> {
    const { timeZone } = this.#order.definition;
    const event = columnsOf(this.#order).map((column) => [
      column,
      column === 'time' ? zonedIso(row.time, timeZone) : row[column],
    ]);
    await this.#file.write(`${this.#separator}${JSON.stringify(Object.fromEntries(event))}`);
    this.#separator = ',\n';
  }

  async end(summary: ReportSummary): Promise<void> {
    const { bySource, byOutcome, byEvent, attention, ...rest } = summary;
    const counts = {
      ...rest,
      bySource: Object.fromEntries(bySource),
      byOutcome: Object.fromEntries(byOutcome),
      byEvent: Object.fromEntries(byEvent),
      attention: Object.fromEntries(attention),
    };
    await this.#file.write(`\n],\n"summary":${JSON.stringify(counts)}}\n`);
    await this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function headOf(order: ReportOrder): object {
  const { definition, period, collected, made } = order;
  const { name, title, subtitle, label, sources, timeZone, include, exclude } = definition;
  const iso = (time: number) => zonedIso(time, timeZone);
  return {
    name,
    title,
    subtitle,
    label,
    sources,
    timeZone,
    from: iso(period.from),
    to: iso(period.to),
    include,
    exclude,
    columns: columnsOf(order),
    made: { at: iso(made.at), place: made.place },
    ...(collected === undefined
      ? {}
      : {
          collected: collected.map(({ source, completeUntil, since, gaps = [], hasUndated = false }) => ({
            source,
            completeUntil: completeUntil === undefined ? null : iso(completeUntil),
            since: since === undefined ? null : iso(since),
            gaps: gaps.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
            hasUndated,
          })),
        }),
  };
}

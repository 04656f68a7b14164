/** `trailbridge audit report`: makes a report, or fetches one that the archive holds. */

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { AUDIT_SOURCES } from '../../contract/archive.ts';
import { REPORT_FORMATS } from '../../contract/report.ts';
import { CALENDAR_PERIODS } from '../../contract/report-range.ts';
import type { EventRow } from '../../lambda/archive/ocsf/action-course.ts';
import type { Damage } from '../../lambda/archive/raw/raw-object.ts';
import { makeReport, type RowSource } from '../../lambda/archive/reports/make-report.ts';
import {
  completenessInWords,
  periodInWords,
  type ReportOrder,
} from '../../lambda/archive/reports/report-head.ts';
import { reportRows } from '../../lambda/archive/reports/rows.ts';
import type { ReportSummary } from '../../lambda/archive/reports/summary.ts';
import { timeInWords } from '../../lambda/archive/reports/zoned-time.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { ProgressLine } from '../progress-line.ts';
import {
  type ArchiveOptions,
  addArchiveOption,
  archiveOptionsOf,
  openArchive,
  openPlace,
} from './archive-location.ts';
import { collectedWhereKnown } from './collected.ts';
import { DamageReport, explained } from './reading.ts';
import { fetchReport } from './report-fetch.ts';
import { writeWhole } from './report-file.ts';
import { type DefinitionOptions, formatOf, type WantedReport, wantedReport } from './report-options.ts';

interface ReportOptions extends DefinitionOptions, ArchiveOptions {
  /** Name, and period. */
  readonly fetch?: readonly string[];
  readonly force?: boolean;
}

/** What `trailbridge audit report --json` prints of a report that it has made. */
export interface ReportResult {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly bySource: Readonly<Record<string, number>>;
  readonly attention: Readonly<Record<string, number>>;
}

export function addAuditReport(audit: Command, context: CommandContext): void {
  const command = audit
    .command('report')
    .description('Makes a report of audit events as PDF, JSON or CSV, or fetches one from the archive')
    .option('--definition <file>', 'JSON file that defines it; other options go before what it says')
    .option('--title <text>', 'title (default: Audit report)')
    .option('--subtitle <text>', 'subtitle')
    .option('--title-page', 'begin with a title page')
    .option('--label <text>', 'label of every page, such as CONFIDENTIAL')
    .addOption(new Option('--source <name...>', 'only events of these sources').choices(AUDIT_SOURCES))
    .option('--from <time>', 'since then: 2026-03-01, 2026-03-01T08:30, or with an offset from UTC')
    .option('--to <time>', 'until then; a day is included (default: now)')
    .option('--last <span>', 'of the last hours, days, weeks or months: "24 hours", 7d (default: 24 hours)')
    .addOption(
      new Option('--previous <period>', 'of the whole day, week or month before').choices(CALENDAR_PERIODS),
    )
    .option('--time-zone <name>', 'of all times, such as Asia/Tokyo (default: UTC)')
    .option('--include <field:value...>', 'only events with these values')
    .option('--exclude <field:value...>', 'no events with these values')
    .option('--columns <name...>', 'what to tell of an event, in this order')
    .option('--no-diff', 'without the object changes')
    .addOption(
      new Option('--format <format>', "format (default: as the file's name ends)").choices(REPORT_FORMATS),
    )
    .option('--output <file>', 'file to write (default: the name of the report, here)')
    .option('--force', 'replaces the file if it is there')
    .option(
      '--fetch <name-and-period...>',
      'fetch a scheduled report from the archive; the newest without a period',
    );
  addArchiveOption(command)
    .addHelpText('after', HELP)
    .action(async (_options: object, given: Command) => {
      await report(archiveOptionsOf<ReportOptions>(given, context.program), context);
    });
}

const HELP = `
Filters of one field are alternatives. An event is told of if it matches every included field
and no excluded one. * stands for any characters. Fields and columns are those of the archive
(event, principal, object_type, …) or of a controller audit report (Action, UserName,
ObjectType, …): see docs/audit-reports.md.

Examples:
  $ npx trailbridge audit report --title "Sign-ins" --last 7d --include "class:Authentication"
  $ npx trailbridge audit report --previous month --time-zone Asia/Tokyo --label CONFIDENTIAL --output march.pdf
  $ npx trailbridge audit report --definition report.json --output report.csv
  $ npx trailbridge audit report --fetch monthly-access 2026-02`;

async function report(options: ReportOptions, context: CommandContext): Promise<void> {
  const signal = context.streams.onInterrupt();
  try {
    await explained(() =>
      options.fetch === undefined
        ? make(options, context, signal)
        : copyOut(options.fetch, options, context, signal),
    );
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    // The user has interrupted it; the file is not there, or is what it was.
    context.output().note('Interrupted: no report was written.');
    context.finish(EXIT.interrupted);
  }
}

async function copyOut(
  [name = '', period, ...more]: readonly string[],
  options: ReportOptions,
  { output }: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  if (more.length > 0) {
    throw new UsageError(
      '--fetch takes the name of a report and a period, such as --fetch monthly-access 2026-02.',
    );
  }
  const format = formatOf(options) ?? 'pdf';
  const { store } = await openPlace('raw', options, signal);
  const found = await fetchReport(store, name, period, format);
  const file = options.output ?? `${name}-${found.period}.${format}`;
  await writeWhole(file, options.force === true, async (folder) => {
    const draft = join(folder, 'report');
    await writeFile(draft, found.bytes);
    return draft;
  });
  const result = { file, report: name, period: found.period, bytes: found.bytes.length };
  output().result(result, () => `${file}: the report "${name}" of ${found.period}`);
}

async function make(options: ReportOptions, context: CommandContext, signal: AbortSignal): Promise<void> {
  const wanted = await wantedReport(options, new Date());
  const archive = await openArchive('raw', options, signal);
  const { definition, period, format } = wanted;
  const collected = await collectedWhereKnown(archive, options, definition.sources, context.output());
  const file = options.output ?? `${definition.name}.${format}`;
  const progress = new ProgressLine(
    context.streams,
    context.program.opts<{ json?: boolean }>().json === true,
  );
  const damages = new DamageReport();
  let summary: ReportSummary | undefined;
  try {
    await writeWhole(file, options.force === true, async (folder) => {
      const order = { definition, period, collected, made: { at: Date.now(), place: archive.store.place } };
      const rows: RowSource = (onDamage) => {
        const told = (damage: Damage) => {
          damages.add(damage);
          onDamage();
        };
        return watched(reportRows(archive.store, definition, period, told), wanted, progress, signal);
      };
      const made = await makeReport(order, rows, [format], folder, installedFonts());
      summary = made.summary;
      return made.files.get(format) ?? '';
    });
  } finally {
    progress.clear();
  }
  if (summary !== undefined) {
    context
      .output()
      .result(resultOf(file, wanted, summary), () => textOf(file, { ...wanted, collected }, summary));
  }
  if (damages.tell(context.output())) {
    context.finish(EXIT.failed);
  }
}

async function* watched(
  rows: AsyncIterable<EventRow>,
  { definition, period }: WantedReport,
  progress: ProgressLine,
  signal: AbortSignal,
): AsyncGenerator<EventRow, void, undefined> {
  let count = 0;
  const of = period.to - period.from;
  progress.show('Reading', 'the archive', { done: 0, of });
  for await (const row of rows) {
    signal.throwIfAborted();
    count += 1;
    if (count % 500 === 0) {
      const done = row.time - period.from;
      progress.show(
        'Reading',
        `${count.toLocaleString('en-US')} events, up to ${timeInWords(row.time, definition.timeZone)}`,
        { done, of },
      );
    }
    yield row;
  }
  progress.show('Writing', `${count.toLocaleString('en-US')} events`);
}

function installedFonts() {
  const { resolve } = createRequire(import.meta.url);
  return {
    regular: resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf'),
    bold: resolve('@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf'),
  };
}

function resultOf(file: string, { period }: WantedReport, summary: ReportSummary): ReportResult {
  return {
    file,
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    events: summary.events,
    bySource: Object.fromEntries(summary.bySource),
    attention: Object.fromEntries(summary.attention),
  };
}

function textOf(file: string, order: Omit<ReportOrder, 'made'>, summary: ReportSummary | undefined): string {
  const { events = 0, attention = [] } = summary ?? {};
  const first = attention.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${file}: ${events.toLocaleString('en-US')} events, ${first.toLocaleString('en-US')} of them to look at first`,
    periodInWords(order.period, order.definition.timeZone),
    `Collection: ${completenessInWords(order)}`,
  ].join('\n');
}

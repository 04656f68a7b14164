import type { Command } from 'commander';
import type { ArchivedRecord, AuditSource } from '../../contract/archive.ts';
import { readArchive } from '../../lambda/archive/raw/read-archive.ts';
import { tryParseJson } from '../../lambda/shared/remote-words.ts';
import { plural, thousands } from '../amounts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../errors.ts';
import { ProgressLine } from '../progress-line.ts';
import { type ArchiveOptions, addArchiveOption, archiveOptionsOf, openArchive } from './archive-location.ts';
import { DamageReport, explained } from './reading.ts';
import { addSpanOptions, type SpanOptions, spanOf } from './span.ts';
import { refuseExisting, writeWholeFile } from './whole-file.ts';

interface ExportOptions extends ArchiveOptions, SpanOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What `trailbridge audit export --json` prints. */
export interface ExportResult {
  readonly file: string;
  readonly records: number;
}

/** What the vendor's own script exports. */
const DEFAULT_SOURCE: AuditSource = 'cloudone';
const BETWEEN_LOOKS = 1000;

export function addAuditExport(audit: Command, context: CommandContext): void {
  const command = audit
    .command('export')
    .description("Writes the records into one JSON file, an array, as Trend Cloud One's own script does");
  addArchiveOption(addSpanOptions(command, 'the first record', DEFAULT_SOURCE))
    .requiredOption('--output <file>', 'such as AuditLogs.json')
    .option('--force', 'replaces the file if it is there')
    .addHelpText(
      'after',
      `
Each record is the vendor's own text, to the character; the oldest comes first. The file is there when all is written.
Exits with ${EXIT.failed} where something in the archive is damaged, which is then told, and lacking in the file.

Examples:
  $ npx trailbridge audit export --output AuditLogs.json
  $ npx trailbridge audit export --output march.json --from 2026-03-01 --to 2026-03-31 --source cloudone ibmcloud`,
    )
    .action(async (_options: object, given: Command) => {
      await exportRecords(archiveOptionsOf<ExportOptions>(given, context.program), context);
    });
}

async function exportRecords(
  options: ExportOptions,
  { streams, output, finish }: CommandContext,
): Promise<void> {
  await refuseExisting(options.output, options.force === true);
  const signal = streams.onInterrupt();
  const progress = new ProgressLine(streams, options.json === true);
  const exported = new Export(options, progress, signal);
  try {
    await explained(() => writeWholeFile(options.output, options.force === true, exported.text()));
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    // The user has interrupted it; what was written is gone.
    output().note('Interrupted: no file was written.');
    finish(EXIT.interrupted);
    return;
  } finally {
    progress.clear();
  }
  output().result<ExportResult>(
    { file: options.output, records: exported.records },
    ({ file, records }) => `${plural(records, 'record', 'records')} in ${file}`,
  );
  if (exported.unusual > 0) {
    output().warning(
      `${plural(exported.unusual, 'record is', 'records are')} no JSON: they stand in the file as strings.`,
    );
  }
  finish(exported.damage.tell(output()) ? EXIT.failed : EXIT.ok);
}

class Export {
  readonly damage = new DamageReport();
  records = 0;
  /** Records that are not JSON. */
  unusual = 0;
  readonly #options: ExportOptions;
  readonly #progress: ProgressLine;
  readonly #signal: AbortSignal;

  constructor(options: ExportOptions, progress: ProgressLine, signal: AbortSignal) {
    this.#options = options;
    this.#progress = progress;
    this.#signal = signal;
  }

  async *text(): AsyncGenerator<string, void, undefined> {
    const { store } = await openArchive('raw', this.#options, this.#signal);
    const records = readArchive(store, {
      ...spanOf(this.#options, 0),
      sources: this.#options.source ?? [DEFAULT_SOURCE],
      onDamage: this.damage.add,
    });
    yield '[';
    for await (const record of records) {
      this.#signal.throwIfAborted();
      // The separator of the script's own `json.dump`.
      yield `${this.records === 0 ? '' : ', '}${this.#textOf(record)}`;
      this.records += 1;
      if (this.records % BETWEEN_LOOKS === 0) {
        this.#progress.show(
          'Exporting',
          `${thousands(this.records)} records, ${new Date(record.time).toISOString().slice(0, 10)} …`,
        );
      }
    }
    yield ']';
  }

  #textOf({ record }: ArchivedRecord): string {
    if (tryParseJson(record) !== undefined) {
      return record;
    }
    this.unusual += 1;
    return JSON.stringify(record);
  }
}

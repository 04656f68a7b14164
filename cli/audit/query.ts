/** `trailbridge audit query`: SQL over the archive's files, by DuckDB. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AUDIT_QUESTIONS, questionSql } from '../../contract/audit-questions.ts';
import { VIEWS } from '../../contract/audit-sql.ts';
import { FolderObjectStore } from '../../lambda/archive/store/folder-object-store.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { files as filesInWords, megabytes, plural, thousands } from '../amounts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { columns, type Output, type Streams } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import {
  type ArchiveOptions,
  addArchiveOption,
  archiveOptionsOf,
  type OpenArchive,
  openArchive,
} from './archive-location.ts';
import { type CloudTrailFile, listCloudTrailFiles } from './cloudtrail-files.ts';
import { collectedInWords, collectedWhereKnown } from './collected.ts';
import {
  copyToCache,
  type LocalFile,
  listDerivedFiles,
  usualCacheFolder,
  type WantedEvents,
} from './derived-files.ts';
import { AuditDatabase, type QueryResult } from './duckdb.ts';
import { csvOf, jsonOf, MOST_TABLE_ROWS, tableOf } from './result-text.ts';
import { addSpanOptions, type SpanOptions, sourcesOf, spanOf } from './span.ts';

interface QueryOptions extends ArchiveOptions, SpanOptions {
  readonly saved?: string;
  readonly list?: true;
  readonly json?: boolean;
  readonly cloudtrail?: string;
  readonly cache: string;
  readonly csv?: true;
}

export function addAuditQuery(audit: Command, context: CommandContext): void {
  const command = audit
    .command('query')
    .description('Asks the archive in SQL, on this machine')
    .argument('[sql]', `one query, over ${Object.values(VIEWS).join(', ')} or the tables of the classes`)
    .option('--saved <name>', 'asks a saved question instead')
    .option('--list', 'lists the saved questions');
  addArchiveOption(addSpanOptions(command, 'the beginning'), 'derived')
    .option('--cloudtrail <folder>', "folder with CloudTrail's own files, to ask them as well")
    .option('--cache <folder>', 'where files from S3 are kept', usualCacheFolder())
    .option('--csv', 'prints CSV, safe to open in a spreadsheet')
    .addHelpText('after', HELP)
    .action(async (sql: string | undefined, _options: unknown, given: Command) => {
      await query(sql, archiveOptionsOf<QueryOptions>(given, context.program), context);
    });
}

const HELP = `
Times are UTC. Nothing can be written, and no other file be read. A table shows the first ${MOST_TABLE_ROWS} rows; --csv and --json print
all, as they are found: a query that fails on the way ends with ${EXIT.failed} and what was printed is not all.

Examples:
  $ npx trailbridge audit query --saved sign-ins --from 2026-03-01
  $ npx trailbridge audit query "SELECT time, principal, event FROM audit_events WHERE outcome = 'Failure' ORDER BY time"
  $ npx trailbridge audit query "DESCRIBE audit_authentication" --archive ./archive`;

async function query(sql: string | undefined, options: QueryOptions, context: CommandContext): Promise<void> {
  if (options.list === true) {
    context.output().result(
      AUDIT_QUESTIONS.map(({ name, description }) => ({ name, description })),
      (questions) => columns(questions.map(({ name, description }) => [name, description])),
    );
    return;
  }
  const text = sqlOf(sql, options.saved);
  if (options.json === true && options.csv === true) {
    throw new UsageError('--json and --csv are two ways to print a result: give one of them.');
  }
  const signal = context.streams.onInterrupt();
  try {
    const archive = await openArchive('derived', options, signal);
    await ask(text, archive.store, options, context, signal);
    await tellCollected(archive, options, context.output());
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    // The user has interrupted it, whatever it was at; nothing is left behind but whole files in the cache.
    context.output().note('Interrupted.');
    context.finish(EXIT.interrupted);
  }
}

async function ask(
  sql: string,
  store: ObjectStore,
  options: QueryOptions,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const database = await openDatabase(store, options, context, signal);
  try {
    await show(await database.query(sql, signal), options, context);
  } finally {
    database.close();
  }
}

async function openDatabase(
  store: ObjectStore,
  options: QueryOptions,
  { streams, output }: CommandContext,
  signal: AbortSignal,
): Promise<AuditDatabase> {
  const wanted = wantedOf(options);
  const cloudTrail = await cloudTrailFiles(options, output());
  const progress = new ProgressLine(streams, options.json === true);
  try {
    return await AuditDatabase.open({
      derived: await derivedFiles(store, wanted, options, { progress, signal }),
      cloudTrail,
      from: wanted.from,
      to: wanted.to,
    });
  } finally {
    progress.clear();
  }
}

/** None is not refused, for the archive is asked as well; but an empty answer must not look like a quiet trail. */
async function cloudTrailFiles(
  { cloudtrail: folder }: QueryOptions,
  output: Output,
): Promise<readonly CloudTrailFile[]> {
  if (folder === undefined) {
    return [];
  }
  const found = await listCloudTrailFiles(folder);
  if (found.length === 0) {
    output.warning(`0 CloudTrail files found below ${resolve(folder)}: log files end in .json or .json.gz.`);
  }
  return found;
}

interface Surroundings {
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

async function derivedFiles(
  store: ObjectStore,
  wanted: WantedEvents,
  options: QueryOptions,
  { progress, signal }: Surroundings,
): Promise<readonly LocalFile[]> {
  const files = await listDerivedFiles(store, wanted);
  if (store instanceof FolderObjectStore) {
    return files.map(({ className, key }) => ({ className, path: join(store.place, key) }));
  }
  const folder = resolve(options.cache);
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  return copyToCache(store, files, {
    folder,
    signal,
    onBytes: (bytes) => {
      done += bytes;
      progress.show('Copying', `${filesInWords(files.length)}, ${megabytes(all)} in all, to ${folder}`, {
        done,
        of: all,
      });
    },
  });
}

async function tellCollected(archive: OpenArchive, options: QueryOptions, output: Output): Promise<void> {
  const { sources, ...period } = wantedOf(options);
  const collected = await collectedWhereKnown(archive, options, sources, output);
  if (collected !== undefined) {
    output.note(collectedInWords(collected, sources, period));
  }
}

async function show(
  result: QueryResult,
  { csv, json }: QueryOptions,
  { output, streams }: CommandContext,
): Promise<void> {
  if (csv === true || json === true) {
    await print(csv === true ? csvOf(result) : jsonOf(result), streams);
    return;
  }
  const { text, rows, isCut } = await tableOf(result, streams.terminal?.columns());
  streams.out(`${text}\n`);
  output().note(
    isCut
      ? `These are the first ${thousands(MOST_TABLE_ROWS)} rows, and there are more: --csv and --json print all.`
      : `${plural(rows, 'row', 'rows')}.`,
  );
}

/** Characters that are written at once. */
const CHUNK = 64 * 1024;

async function print(pieces: AsyncIterable<string>, streams: Streams): Promise<void> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= CHUNK) {
      streams.out(chunk);
      await streams.drained();
      chunk = '';
    }
  }
  streams.out(chunk);
}

/** @throws UsageError */
function sqlOf(sql: string | undefined, saved: string | undefined): string {
  if (sql !== undefined && saved !== undefined) {
    throw new UsageError('A query of your own and --saved are two questions: give one of them.');
  }
  if (sql === undefined && saved === undefined) {
    throw new UsageError('Give a query, or the name of a saved one with --saved; --list shows these.');
  }
  if (saved === undefined) {
    return sql ?? '';
  }
  const question = AUDIT_QUESTIONS.find(({ name }) => name === saved);
  if (question === undefined) {
    const names = AUDIT_QUESTIONS.map(({ name }) => name).join(', ');
    throw new UsageError(`There is no saved question "${saved}". There are ${names}.`);
  }
  return questionSql(question);
}

/** @throws UsageError */
function wantedOf(options: QueryOptions): WantedEvents {
  return { sources: sourcesOf(options), ...spanOf(options, Number.NEGATIVE_INFINITY) };
}

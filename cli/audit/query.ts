/** `trailbridge audit query`: SQL over the archive's files, by DuckDB. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { AUDIT_QUESTIONS, questionSql } from '../../contract/audit-questions.ts';
import { VIEWS } from '../../contract/audit-sql.ts';
import { files as filesInWords, megabytes } from '../amounts.ts';
import type { AwsOptions } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { columns } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { listCloudTrailFiles } from './cloudtrail-files.ts';
import {
  copyToCache,
  type LocalFile,
  listDerivedFiles,
  usualCacheFolder,
  type WantedEvents,
} from './derived-files.ts';
import { openDerived } from './derived-place.ts';
import { AuditDatabase, type QueryResult } from './duckdb.ts';
import { csvOf, objectsOf, tableOf } from './result-text.ts';

interface QueryOptions {
  readonly saved?: string;
  readonly list?: true;
  readonly from?: number;
  readonly to?: number;
  readonly source?: readonly AuditSource[];
  readonly archive?: string;
  readonly cloudtrail?: string;
  readonly cache: string;
  readonly csv?: true;
}

export function addAuditQuery(audit: Command, context: CommandContext): void {
  audit
    .command('query')
    .description('Asks the archive in SQL, on this machine')
    .argument('[sql]', `one query, over ${Object.values(VIEWS).join(', ')} or the tables of the classes`)
    .option('--saved <name>', 'asks a saved question instead')
    .option('--list', 'lists the saved questions')
    .option('--from <time>', 'only events since then, as 2026-03-01 or 2026-03-01T10:00:00Z (UTC)', time)
    .option('--to <time>', 'only events before then', time)
    .addOption(new Option('--source <name...>', 'only events of these sources').choices(AUDIT_SOURCES))
    .option('--archive <place>', "folder, or s3://<bucket>, with the archive's derived files")
    .option('--cloudtrail <folder>', "folder with CloudTrail's own files, to ask them as well")
    .option('--cache <folder>', 'where files from S3 are kept', usualCacheFolder())
    .option('--csv', 'prints CSV, safe to open in a spreadsheet')
    .addHelpText('after', HELP)
    .action(async (sql: string | undefined, options: QueryOptions) => {
      await query(sql, options, context);
    });
}

const HELP = `
Without --archive, of the files of the stack that --stack names. Times are UTC. Nothing can be written.

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
  const { json } = context.program.opts<{ readonly json?: boolean }>();
  if (json === true && options.csv === true) {
    throw new UsageError('--json and --csv are two ways to print a result: give one of them.');
  }
  const signal = context.streams.onInterrupt();
  try {
    show(await ask(text, options, context, signal), options, context);
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
  options: QueryOptions,
  { program, streams }: CommandContext,
  signal: AbortSignal,
): Promise<QueryResult> {
  const wanted = wantedOf(options);
  const progress = new ProgressLine(streams, program.opts<{ json?: boolean }>().json === true);
  try {
    const database = await AuditDatabase.open({
      derived: await derivedFiles(wanted, options, { aws: program.opts<AwsOptions>(), progress, signal }),
      cloudTrail: options.cloudtrail === undefined ? [] : await listCloudTrailFiles(options.cloudtrail),
      from: wanted.from,
      to: wanted.to,
    });
    try {
      return await database.query(sql, signal);
    } finally {
      database.close();
    }
  } finally {
    progress.clear();
  }
}

interface Surroundings {
  readonly aws: AwsOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

async function derivedFiles(
  wanted: WantedEvents,
  { archive, cache }: QueryOptions,
  { aws, progress, signal }: Surroundings,
): Promise<readonly LocalFile[]> {
  const { store, pathOf } = await openDerived(archive, aws, signal);
  const files = await listDerivedFiles(store, wanted);
  if (pathOf !== undefined) {
    return files.map(({ className, key }) => ({ className, path: pathOf(key) }));
  }
  const folder = resolve(cache);
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

function show(result: QueryResult, { csv }: QueryOptions, { output, streams }: CommandContext): void {
  if (csv === true) {
    streams.out(csvOf(result));
    return;
  }
  output().result(objectsOf(result), () => tableOf(result, streams.terminal?.columns()));
}

/** @throws UsageError */
function sqlOf(sql: string | undefined, saved: string | undefined): string {
  if ((sql === undefined) === (saved === undefined)) {
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
function wantedOf({ source = AUDIT_SOURCES, from, to }: QueryOptions): WantedEvents {
  const wanted = {
    sources: source,
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
  };
  if (wanted.from >= wanted.to) {
    throw new UsageError('--from is not before --to: there is no time in between.');
  }
  return wanted;
}

/** @throws InvalidArgumentError */
function time(text: string): number {
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const parsed = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(parsed)) {
    throw new InvalidArgumentError(
      'A time is a day in UTC, such as 2026-03-01, or has its zone: 2026-03-01T10:00:00Z.',
    );
  }
  return parsed;
}

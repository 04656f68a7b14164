/** A report's definition from the command line: a file's, and what options say otherwise. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  parseJson,
  REPORT_FORMATS,
  type ReportDefinition,
  ReportDefinitionError,
  type ReportFormat,
  readReportDefinition,
} from '../../contract/report.ts';
import { type Period, periodOf } from '../../lambda/archive/reports/period.ts';
import { UsageError, UserError } from '../errors.ts';

/** Options of `trailbridge audit report` that define one. */
export interface DefinitionOptions {
  readonly definition?: string;
  readonly title?: string;
  readonly subtitle?: string;
  readonly titlePage?: boolean;
  readonly label?: string;
  readonly source?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly previous?: string;
  readonly timeZone?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly columns?: readonly string[];
  /** `false` with `--no-diff`. */
  readonly diff: boolean;
  readonly format?: ReportFormat;
  readonly output?: string;
}

export interface WantedReport {
  readonly definition: ReportDefinition;
  readonly period: Period;
  readonly format: ReportFormat;
}

/**
 * @param now the moment that ranges go by
 * @throws UsageError where the options contradict each other, or define no report
 * @throws UserError where the definition's file cannot be read
 */
export async function wantedReport(options: DefinitionOptions, now: Date): Promise<WantedReport> {
  const given = options.definition === undefined ? {} : await fileWith(options.definition);
  const range = rangeOf(options, now);
  const stated = {
    title: options.title,
    subtitle: options.subtitle,
    titlePage: options.titlePage,
    label: options.label,
    sources: options.source,
    range,
    timeZone: options.timeZone,
    include: options.include,
    exclude: options.exclude,
    columns: options.columns,
    showDiff: options.diff ? undefined : false,
    // A range of its own needs no schedule.
    ...(range === undefined ? {} : { every: undefined }),
  };
  const merged = {
    name: 'audit-report',
    title: 'Audit report',
    ...given,
    ...Object.fromEntries(
      Object.entries(stated).filter(([name, value]) => value !== undefined || name === 'every'),
    ),
  };
  try {
    const definition = readReportDefinition(merged);
    const period = periodOf(definition.range, definition.timeZone, now.getTime());
    return { definition, period, format: formatOf(options) ?? definition.formats[0] ?? 'pdf' };
  } catch (error) {
    if (error instanceof ReportDefinitionError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}

/**
 * What is asked for, or what the file's name says.
 *
 * @throws UsageError where the name ends as that of another format, or as none that is known and none is asked for
 */
export function formatOf({
  format,
  output,
}: Pick<DefinitionOptions, 'format' | 'output'>): ReportFormat | undefined {
  const ending = extname(output ?? '').toLowerCase();
  const named = REPORT_FORMATS.find((name) => `.${name}` === ending);
  if (format === undefined ? ending !== '' && named === undefined : named !== undefined && named !== format) {
    const meant = format === undefined ? 'which is no format' : `and --format says ${format}`;
    throw new UsageError(
      `--output ends with "${ending}", ${meant}. Give a file that ends with ${REPORT_FORMATS.map((name) => `.${name}`).join(', ')}, or --format alone.`,
    );
  }
  return format ?? named;
}

function rangeOf({ from, to, last, previous }: DefinitionOptions, now: Date): object | undefined {
  const given = [from ?? to, last, previous].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new UsageError('Give one time range: --from and --to, or --last, or --previous.');
  }
  if (last !== undefined) {
    return { last };
  }
  if (previous !== undefined) {
    return { previous };
  }
  if (to !== undefined && from === undefined) {
    throw new UsageError('--to needs --from: where the time range begins.');
  }
  return from === undefined ? undefined : { from, to: to ?? now.toISOString() };
}

/** @throws UserError */
async function fileWith(path: string): Promise<object> {
  try {
    const given = parseJson(await readFile(path, 'utf8'));
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      return given;
    }
  } catch (error) {
    throw new UserError(`The definition cannot be read from ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new UserError(
    `${path} holds no definition: {"name": …, "title": …}. docs/audit-reports.md has examples.`,
  );
}

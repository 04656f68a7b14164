import { type Command, Option } from 'commander';
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import type { TimeSpan } from '../../lambda/archive/raw/raw-days.ts';
import { UsageError } from '../errors.ts';
import { beginning, end } from '../options.ts';

/** What `addSpanOptions` adds. */
export interface SpanOptions {
  readonly from?: Date;
  readonly to?: Date;
  /** Of all where it is absent. */
  readonly source?: readonly AuditSource[];
}

/** @param defaultFrom in words, for the help. */
export function addSpanOptions(command: Command, defaultFrom: string, defaultSource = 'all'): Command {
  return command
    .option(
      '--from <time>',
      `beginning, such as 2026-03-01 or 2026-03-01T10:00Z (default: ${defaultFrom})`,
      beginning,
    )
    .option('--to <time>', 'end; a day is included (default: none; the clock of a vendor may be ahead)', end)
    .addOption(
      new Option('--source <name...>', `only of these sources (default: ${defaultSource})`).choices(
        AUDIT_SOURCES,
      ),
    );
}

/** All, where none are named. */
export function sourcesOf({ source }: SpanOptions): readonly AuditSource[] {
  return source ?? AUDIT_SOURCES;
}

/**
 * @param defaultFrom milliseconds since the epoch.
 * @throws UsageError
 */
export function spanOf({ from, to }: SpanOptions, defaultFrom: number): TimeSpan {
  const span = { from: from?.getTime() ?? defaultFrom, to: to?.getTime() ?? Number.POSITIVE_INFINITY };
  if (span.from >= span.to) {
    throw new UsageError(
      `--from (${new Date(span.from).toISOString()}${from === undefined ? ', by default' : ''}) must be before the end of --to (${new Date(span.to).toISOString()}).`,
    );
  }
  return span;
}

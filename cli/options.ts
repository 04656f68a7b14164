/** Options that several commands take, and what is taken for their values. */
import { type Command, InvalidArgumentError } from 'commander';

/** What `addLogFileOptions` adds. */
export interface LogFileOptions {
  /** Of all accounts where it is absent. */
  readonly account?: readonly string[];
  /** Of all regions where it is absent; `--region` is the stack's. */
  readonly logRegion?: readonly string[];
}

/** Narrows a command down to the log files of some accounts, and of some regions. */
export function addLogFileOptions(command: Command): Command {
  return command
    .option('--account <id...>', 'only the log files of these AWS accounts', accountIds)
    .option(
      '--log-region <code...>',
      "only the log files of these AWS regions (--region is the stack's)",
      regionCodes,
    );
}

/** @throws InvalidArgumentError */
export function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) {
    throw new InvalidArgumentError('An AWS account id has 12 digits.');
  }
  return text;
}

function accountIds(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, accountId(text)];
}

/** Not checked against a list: a region that opened yesterday is one, too. */
function regionCodes(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[a-z0-9-]+$/.test(text)) {
    throw new InvalidArgumentError('A region is given by its code, such as eu-west-1.');
  }
  return [...before, text];
}

/** Whether a text is a day of the calendar: `2026-02-30`, which JavaScript takes for the 2nd of March, is none. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const DAY = 'YYYY-MM-DD'.length;
const DAY_MS = 86_400_000;

/**
 * When a span begins: a day, in UTC, or a time with its zone: a time without one would mean something else on every machine.
 *
 * @throws InvalidArgumentError
 */
export function beginning(text: string): Date {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const parsed = new Date(form.test(text) && isDay(text.slice(0, DAY)) ? text : Number.NaN);
  if (Number.isNaN(parsed.getTime())) {
    throw new InvalidArgumentError(
      'Give a day of the calendar (2026-03-01), or a time with its zone (2026-03-01T10:00Z).',
    );
  }
  return parsed;
}

/**
 * When a span ends, which is no part of it. A day is included: the span ends when the day does.
 *
 * @throws InvalidArgumentError
 */
export function end(text: string): Date {
  return new Date(beginning(text).getTime() + (text.length === DAY ? DAY_MS : 0));
}

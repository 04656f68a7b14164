/** Which events a list shows: several values of one filter are alternatives, different filters must all let an event through. */
import type { Command } from 'commander';
import type { AuditRow } from '../../contract/audit-columns.ts';
import type { OcsfEvent } from '../../contract/ocsf.ts';
import { anyGlob } from '../../lambda/shared/glob.ts';

/** What `addFilterOptions` adds. */
export interface FilterOptions {
  readonly event?: readonly string[];
  readonly principal?: readonly string[];
  readonly outcome?: readonly string[];
  readonly ip?: readonly string[];
  readonly text?: readonly string[];
  readonly attention?: boolean;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--event <type...>', "only events of these types, such as 'audit.user-signed-in.v1' or 'LOGIN*'")
    .option('--principal <name...>', "only what these did: a name, id, API key or URN, such as 'aya@*'")
    .option('--outcome <name...>', 'only what ended so: Success, Failure, Pending, or as the vendor calls it')
    .option('--ip <address...>', "only what came from these addresses, such as '192.0.2.*'")
    .option('--text <words...>', 'only events whose record or description holds one of these')
    .option('--attention', 'only events to look at first');
}

/** The options that go by what stands in one column. */
const NAMED_BY = [
  ['event', 'event'],
  ['outcome', 'outcome'],
  ['ip', 'source_ip'],
] as const;

export type EventFilter = (event: OcsfEvent, row: AuditRow) => boolean;

/** In names, `*` stands for anything, and neither there nor in texts does the case matter. */
export function eventFilterOf(options: FilterOptions): EventFilter {
  const { principal, text, attention } = options;
  const filters: EventFilter[] = [];
  for (const [option, column] of NAMED_BY) {
    const patterns = options[option];
    if (patterns !== undefined) {
      const matches = matcherOf(patterns);
      filters.push((_event, row) => matches(row[column]));
    }
  }
  if (principal !== undefined) {
    const matches = matcherOf(principal);
    filters.push((_event, row) =>
      [row.principal, row.principal_id, row.api_key_id, row.api_key_name].some(matches),
    );
  }
  if (text !== undefined) {
    const wanted = text.map((words) => words.toLowerCase());
    filters.push(({ raw_data, message }) => {
      const held = `${raw_data}\n${message}`.toLowerCase();
      return wanted.some((words) => held.includes(words));
    });
  }
  if (attention === true) {
    filters.push((_event, row) => row.attention !== null);
  }
  return (each, row) => filters.every((lets) => lets(each, row));
}

function matcherOf(patterns: readonly string[]): (value: unknown) => boolean {
  const matches = anyGlob(patterns, { ignoreCase: true });
  return (value) => typeof value === 'string' && matches(value);
}

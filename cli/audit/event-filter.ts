/** Which events a list shows: several values of one filter are alternatives, different filters must all let an event through. */
import type { Command } from 'commander';
import type { AuditRow } from '../../contract/audit-columns.ts';
import type { OcsfEvent } from '../../contract/ocsf.ts';
import { anyGlob } from '../../lambda/shared/glob.ts';

/** What `addFilterOptions` adds. */
export interface FilterOptions {
  readonly event?: readonly string[];
  readonly principal?: readonly string[];
  readonly text?: readonly string[];
  readonly attention?: boolean;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--event <type...>', "only events of these types, such as 'audit.user-signed-in.v1' or 'LOGIN*'")
    .option('--principal <name...>', "only what these did: a name, id, API key or URN, such as 'aya@*'")
    .option('--text <words...>', 'only events whose record or description holds one of these')
    .option('--attention', 'only events to look at first');
}

export type EventFilter = (event: OcsfEvent, row: AuditRow) => boolean;

/** In names, `*` stands for anything, and neither there nor in texts does the case matter. */
export function eventFilterOf({ event, principal, text, attention }: FilterOptions): EventFilter {
  const filters: EventFilter[] = [];
  if (event !== undefined) {
    const matches = matcherOf(event);
    filters.push((_event, row) => matches(row.event));
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

/** How an archive stands, as a person reads it. */
import { SOURCE_NAMES } from '../../contract/archive.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { roughly } from '../../lambda/shared/roughly.ts';
import { plural } from '../amounts.ts';
import { columns } from '../output.ts';
import { clock } from './list-text.ts';
import type { ArchiveStatus, SourceStatus } from './status.ts';

export function statusText({ stack, stackStatus, sources, reports, alarms }: ArchiveStatus): string {
  return columns([
    ['Stack', `${stack} (${stackStatus})`],
    ...sources.flatMap(sourceLines),
    ...named(
      'Reports',
      reports.map(({ name, period, isDelivered }) =>
        printable(`${name} of ${period}${isDelivered ? '' : ', not delivered yet'}`),
      ),
    ),
    ...named(
      'Alarms',
      alarms.map(
        ({ name, since }) =>
          `${name}${since === null ? '' : ` since ${clock(Date.parse(since))} UTC`}: docs/runbook.md#${name.toLowerCase()}`,
      ),
    ),
  ]);
}

function sourceLines(status: SourceStatus): readonly (readonly [string, string])[] {
  const { source, staleHours, unreadable } = status;
  const besides = [
    ...(staleHours === 0 ? [] : [`${plural(staleHours, 'hour', 'hours')} not yet in queries`]),
    ...(unreadable === 0 ? [] : [`${plural(unreadable, 'piece', 'pieces')} kept that could not be parsed`]),
  ];
  return [
    [SOURCE_NAMES[source], [untilInWords(status), runInWords(status)].join('; ')],
    ...(besides.length === 0 ? [] : [['', besides.join(', ')] as const]),
  ];
}

function untilInWords({ collectedUntil, behindSeconds }: SourceStatus): string {
  return collectedUntil === null || behindSeconds === null
    ? 'not yet collected to an end'
    : `collected until ${clock(Date.parse(collectedUntil))} UTC, ${roughly(behindSeconds * 1000)} ago`;
}

function runInWords({ isCollected, lastRun }: SourceStatus): string {
  if (!isCollected) {
    return 'switched off';
  }
  if (lastRun === null) {
    return 'no run has ended yet';
  }
  return `last run ${clock(Date.parse(lastRun.endedAt))} UTC${lastRun.hasFailed ? ', failed' : ''}`;
}

/** The name stands before the first of them; `none` where there are none. */
function named(name: string, values: readonly string[]): readonly (readonly [string, string])[] {
  return (values.length === 0 ? ['none'] : values).map((value, index) => [index === 0 ? name : '', value]);
}

import { createReadStream } from 'node:fs';
import { Option } from 'commander';
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { OCSF_VERSION, type OcsfEvent } from '../../contract/ocsf.ts';
import { isKnown } from '../../lambda/archive/catalogue/catalogue.ts';
import { toOcsf } from '../../lambda/archive/ocsf/to-ocsf.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { plural } from '../amounts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../errors.ts';
import { auditRecords, isFault } from '../ocsf/audit-records.ts';
import type { Streams } from '../output.ts';
import { jsonText } from '../terminal-text.ts';

const STANDARD_INPUT = '-';
const MOST_FREQUENT_KINDS = 10;

/** What was done with some files. */
interface Tally {
  events: number;
  /** Kinds of events that the catalogue does not know, and how many there are of each. */
  readonly unknown: Map<string, number>;
}

export function addOcsfCommand({ program, output, streams, finish }: CommandContext): void {
  program
    .command('ocsf')
    .description(`Says audit logs as OCSF ${OCSF_VERSION} events, one a line`)
    .addOption(
      new Option('--source <name>', 'whose audit logs they are').choices(AUDIT_SOURCES).makeOptionMandatory(),
    )
    .argument('[file...]', `files, gzip or not; ${STANDARD_INPUT} or none for standard input`)
    .addHelpText(
      'after',
      `
Takes what the vendors give: JSON lines, arrays, pages of Cloud One, objects of IBM Cloud's bucket; and raw objects of the
archive. AWS is not asked. Exits with 1 where something was no record, or a record has no time that can be read: standard error says where.

Examples:
  $ npx trailbridge ocsf --source cloudone AuditLogs.json
  $ curl … "$controller/controller/ControllerAuditHistory?…" | npx trailbridge ocsf --source appdynamics
  $ npx trailbridge ocsf --source ibmcloud *.log.gz | jq 'select(.unmapped.attention)'`,
    )
    .action(async (files: readonly string[], { source }: { readonly source: AuditSource }) => {
      const tally: Tally = { events: 0, unknown: new Map() };
      let isSound = true;
      for (const file of files.length > 0 ? files : [STANDARD_INPUT]) {
        for await (const fault of convert(source, file, tally, streams)) {
          isSound = false;
          output().error(`${printable(file)}${printable(fault)}.`);
        }
      }
      output().note(inWords(tally));
      finish(isSound ? EXIT.ok : EXIT.failed);
    });
}

/** Writes the events of a file to standard output, and hands out what is wrong with the file. */
async function* convert(
  source: AuditSource,
  file: string,
  tally: Tally,
  streams: Streams,
): AsyncGenerator<string, void, undefined> {
  const input = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  try {
    for await (const record of auditRecords(source, input, new Date().toISOString())) {
      if (isFault(record)) {
        yield `:${record.line}: ${record.why}`;
      } else {
        const event = toOcsf(record);
        count(event, tally);
        streams.out(`${jsonText(event)}\n`);
        await streams.drained();
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) {
      throw error;
    }
    // The file cannot be opened, or is damaged: the events before that are written, and the other files are read.
    yield `: it cannot be read to its end: ${message}`;
  }
}

function count(event: OcsfEvent, tally: Tally): void {
  tally.events += 1;
  if (!isKnown(event)) {
    const { event_code: kind } = event.metadata;
    tally.unknown.set(kind, (tally.unknown.get(kind) ?? 0) + 1);
  }
}

function inWords({ events, unknown }: Tally): string {
  const kinds = [...unknown].sort(([, left], [, right]) => right - left).slice(0, MOST_FREQUENT_KINDS);
  const most = unknown.size > kinds.length ? 'most often ' : '';
  const told = kinds.map(([kind, times]) => `${printable(kind)} (${times})`).join(', ');
  const all = plural(events, 'event', 'events');
  return told === ''
    ? `${all}.`
    : `${all}; the catalogue does not know ${plural(unknown.size, 'kind', 'kinds')} of them: ${most}${told}.`;
}

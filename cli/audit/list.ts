import { type Command, InvalidArgumentError } from 'commander';
import type { ArchivedRecord } from '../../contract/archive.ts';
import { type AuditRow, auditRow } from '../../contract/audit-columns.ts';
import type { EventRow } from '../../lambda/archive/ocsf/action-course.ts';
import { readCourses } from '../../lambda/archive/ocsf/read-rows.ts';
import { toOcsf } from '../../lambda/archive/ocsf/to-ocsf.ts';
import { findRecords } from '../../lambda/archive/raw/find-record.ts';
import { readArchive } from '../../lambda/archive/raw/read-archive.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { thousands } from '../amounts.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UserError } from '../errors.ts';
import { ProgressLine } from '../progress-line.ts';
import { type ArchiveOptions, addArchiveOption, archiveOptionsOf, openArchive } from './archive-location.ts';
import { collectedInWords, collectedWhereKnown } from './collected.ts';
import { addFilterOptions, eventFilterOf, type FilterOptions } from './event-filter.ts';
import { listText } from './list-text.ts';
import { DamageReport, explained } from './reading.ts';
import { addSpanOptions, type SpanOptions, sourcesOf, spanOf } from './span.ts';

interface ListOptions extends ArchiveOptions, SpanOptions, FilterOptions {
  readonly oldestFirst?: boolean;
  readonly limit: number;
  readonly after?: string;
  readonly json?: boolean;
}

const DEFAULT_SPAN_MS = 24 * 3_600_000;
const DEFAULT_LIMIT = 50;
const MAXIMUM_LIMIT = 10_000;
/** Records read between two looks at the progress line. */
const BETWEEN_LOOKS = 500;

export function addAuditList(audit: Command, context: CommandContext): void {
  const command = audit.command('list').description('Lists events, the newest first');
  addArchiveOption(addFilterOptions(addSpanOptions(command, 'a day ago')))
    .option('--oldest-first', 'the oldest first')
    .option(
      '--limit <count>',
      `at most so many events, up to ${thousands(MAXIMUM_LIMIT)}`,
      limit,
      DEFAULT_LIMIT,
    )
    .option('--after <id>', 'goes on behind this event, as the page before says')
    .addHelpText(
      'after',
      `
Several values of one option are alternatives; different options must all hold. Names may hold *, and case does not matter.
Before an event stands "!" where it is to be looked at first, and [failed] where it failed.
Of an action that is told in two events each says in brackets how long it took, or that no end is known.
With --json it prints an array of events in the archive's columns, and "course" with the other event; a next page begins --after the id of the last.
Exits with ${EXIT.failed} where something in the archive is damaged, which is then told.

Examples:
  $ npx trailbridge audit list
  $ npx trailbridge audit list --from 2026-03-01 --source cloudone --event 'audit.user*'
  $ npx trailbridge audit list --attention --from 2026-01-01 --limit 200
  $ npx trailbridge audit list --outcome failure --ip '192.0.2.*'
  $ npx trailbridge audit list --principal 'aya@*' --text 日本 --archive ./archive
  $ npx trailbridge audit list --json | jq -r '.[] | [(.time / 1000 | todate), .event, .principal] | @tsv'`,
    )
    .action(async (_options: object, given: Command) => {
      await list(archiveOptionsOf<ListOptions>(given, context.program), context);
    });
}

async function list(options: ListOptions, { streams, output, finish }: CommandContext): Promise<void> {
  const progress = new ProgressLine(streams, options.json === true);
  const damage = new DamageReport();
  const { rows, isMore, collected } = await explained(async () => {
    const archive = await openArchive('raw', options);
    const told = await page(archive.store, options, damage, progress);
    return { ...told, collected: await collectedWhereKnown(archive, options, sourcesOf(options), output()) };
  }).finally(() => progress.clear());
  output().result(rows, (all) => listText(all, streams.terminal?.columns()));
  if (isMore) {
    output().note(`There are more: --after ${rows.at(-1)?.id}`);
  }
  if (collected !== undefined) {
    output().note(
      collectedInWords(collected, sourcesOf(options), spanOf(options, startOf(options, undefined))),
    );
  }
  finish(damage.tell(output()) ? EXIT.failed : EXIT.ok);
}

interface Page {
  readonly rows: readonly EventRow[];
  readonly isMore: boolean;
}

async function page(
  store: ObjectStore,
  options: ListOptions,
  damage: DamageReport,
  progress: ProgressLine,
): Promise<Page> {
  const after = await recordAfter(store, options);
  const isWanted = eventFilterOf(options);
  const rows: AuditRow[] = [];
  let read = 0;
  const records = readArchive(store, {
    ...spanOf(options, startOf(options, after)),
    sources: sourcesOf(options),
    order: options.oldestFirst === true ? 'oldest-first' : 'newest-first',
    after,
    onDamage: damage.add,
  });
  for await (const record of records) {
    const event = toOcsf(record);
    const row = auditRow(event);
    read += 1;
    if (read % BETWEEN_LOOKS === 0) {
      progress.show(
        'Reading',
        `${thousands(read)} events, ${new Date(record.time).toISOString().slice(0, 10)} …`,
      );
    }
    if (isWanted(event, row)) {
      if (rows.length === options.limit) {
        return { rows: await withCourses(store, rows), isMore: true };
      }
      rows.push(row);
    }
  }
  return { rows: await withCourses(store, rows), isMore: false };
}

/** Only the page's: its events come newest first, and the other event of an action may be on another page. */
async function withCourses(store: ObjectStore, rows: readonly AuditRow[]): Promise<readonly EventRow[]> {
  const courses = await readCourses(store, rows);
  return rows.map((row) => ({ ...row, course: courses.get(row.id) ?? null }));
}

/** @throws UserError where the archive has no such event to go on behind. */
async function recordAfter(store: ObjectStore, { after }: ListOptions): Promise<ArchivedRecord | undefined> {
  if (after === undefined) {
    return undefined;
  }
  const [record, another] = await findRecords(store, after);
  if (record === undefined || another !== undefined) {
    throw new UserError(
      `${record === undefined ? 'No event' : 'More than one event'} in ${store.place} has the id ${after}. ` +
        'Give --after as the page before says it.',
    );
  }
  return record;
}

/** The last day; behind an event that is older, a day from there, or all that came since. */
function startOf({ oldestFirst }: ListOptions, after: ArchivedRecord | undefined): number {
  const dayAgo = Date.now() - DEFAULT_SPAN_MS;
  if (after === undefined || after.time >= dayAgo) {
    return dayAgo;
  }
  return oldestFirst === true ? after.time : after.time - DEFAULT_SPAN_MS;
}

/** @throws InvalidArgumentError */
function limit(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MAXIMUM_LIMIT) {
    throw new InvalidArgumentError(`Give a number from 1 to ${MAXIMUM_LIMIT}; audit export has no limit.`);
  }
  return count;
}

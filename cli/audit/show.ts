import type { Command } from 'commander';
import { type ArchivedRecord, sourceOf } from '../../contract/archive.ts';
import { type AuditRow, auditRow } from '../../contract/audit-columns.ts';
import { LONGEST_ACTION_MS } from '../../contract/audit-pairs.ts';
import type { OcsfEvent } from '../../contract/ocsf.ts';
import { type ActionCourse, courseOf } from '../../lambda/archive/ocsf/action-course.ts';
import { pairActions } from '../../lambda/archive/ocsf/pair-actions.ts';
import { toOcsf } from '../../lambda/archive/ocsf/to-ocsf.ts';
import { findRecords } from '../../lambda/archive/raw/find-record.ts';
import { readArchive } from '../../lambda/archive/raw/read-archive.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../errors.ts';
import { type ArchiveOptions, addArchiveOption, archiveOptionsOf, openArchive } from './archive-location.ts';
import { DamageReport, explained } from './reading.ts';
import { showText } from './show-text.ts';

/** What `trailbridge audit show --json` prints. */
export interface ShownEvent {
  readonly event: OcsfEvent;
  /** The same in the archive's columns. */
  readonly row: AuditRow;
  /** Events of the same action, by the vendor's correlation id, within a day of it; oldest first. */
  readonly related: readonly AuditRow[];
  /** Of an action that takes time: whether it began with another event, ended with another, or is not known to have ended. */
  readonly course: ActionCourse | null;
  /** As it was collected, with the vendor's own text. */
  readonly record: ArchivedRecord;
}

export function addAuditShow(audit: Command, context: CommandContext): void {
  addArchiveOption(audit.command('show').description('Shows one event in detail'))
    .argument('<id>', 'its id in the archive, or as much of it as audit list shows')
    .addHelpText(
      'after',
      `
Exits with ${EXIT.notFound} where the archive holds no such event, or more than one whose id begins so.

Examples:
  $ npx trailbridge audit show cloudone.20260301T10.0f4a2b1c
  $ npx trailbridge audit show cloudone.20260301T10.0f4a2b1c --json | jq -r .record.record`,
    )
    .action(async (id: string, _options: object, given: Command) => {
      await show(id, archiveOptionsOf<ArchiveOptions>(given, context.program), context);
    });
}

async function show(id: string, options: ArchiveOptions, { output, finish }: CommandContext): Promise<void> {
  const damage = new DamageReport();
  const { place, found, shown } = await explained(() => look(id, options, damage));
  if (shown === undefined) {
    damage.tell(output());
    output().error(
      found.length === 0
        ? `${place} holds no event ${id}. Check the id, and --archive or --stack.`
        : `The ids of several events begin with ${id}: ${found.map((record) => record.id).join(', ')}. Give one of them.`,
    );
    finish(EXIT.notFound);
    return;
  }
  output().result(shown, showText);
  finish(damage.tell(output()) ? EXIT.failed : EXIT.ok);
}

interface Look {
  readonly place: string;
  readonly found: readonly ArchivedRecord[];
  /** Where it is one. */
  readonly shown: ShownEvent | undefined;
}

async function look(id: string, options: ArchiveOptions, damage: DamageReport): Promise<Look> {
  const { store } = await openArchive('raw', options);
  const found = await findRecords(store, id, damage.add);
  const [record, another] = found;
  const isOne = record !== undefined && another === undefined;
  return { place: store.place, found, shown: isOne ? await shownEvent(store, record, damage) : undefined };
}

async function shownEvent(
  store: ObjectStore,
  record: ArchivedRecord,
  damage: DamageReport,
): Promise<ShownEvent> {
  const event = toOcsf(record);
  const action = event.metadata.correlation_uid;
  const related: AuditRow[] = [];
  let course: ActionCourse | null = null;
  for await (const paired of pairActions(eventsAround(store, record, damage))) {
    if (paired.event.metadata.uid === record.id) {
      course = courseOf(paired);
    } else if (action !== undefined && paired.event.metadata.correlation_uid === action) {
      related.push(auditRow(paired.event));
    }
  }
  return { event, row: auditRow(event), related, course, record };
}

async function* eventsAround(
  store: ObjectStore,
  { id, time }: ArchivedRecord,
  damage: DamageReport,
): AsyncGenerator<OcsfEvent, void, undefined> {
  const around = { from: time - LONGEST_ACTION_MS, to: time + LONGEST_ACTION_MS };
  const records = readArchive(store, { ...around, sources: [sourceOf(id)], onDamage: damage.add });
  for await (const record of records) {
    yield toOcsf(record);
  }
}

/** Reads the raw archive as rows: each event in the archive's columns, with the course of its action. */
import type { ArchivedRecord, AuditSource } from '../../../contract/archive.ts';
import { auditRow } from '../../../contract/audit-columns.ts';
import { LONGEST_ACTION_MS } from '../../../contract/audit-pairs.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import { merge } from '../raw/merge.ts';
import { type ReadArchiveOptions, readArchive } from '../raw/read-archive.ts';
import { inOrder } from '../raw/record-order.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type ActionCourse, courseOf, type EventRow } from './action-course.ts';
import { pairActions } from './pair-actions.ts';
import { toOcsf } from './to-ocsf.ts';

type Span = Pick<ReadArchiveOptions, 'sources' | 'from' | 'to' | 'onDamage'>;

/** Of the others every event is an action of its own. Source: see pair-actions.ts. */
const TELLS_IN_TWO: AuditSource = 'ibmcloud';

/**
 * The events of a span, oldest first. A little more is read than is told: an action may begin before the span, or end behind it.
 *
 * @throws DamagedArchiveError where `onDamage` is not given; besides what the store throws.
 */
export function readRows(store: ObjectStore, span: Span): AsyncIterable<EventRow> {
  const others = span.sources.filter((source) => source !== TELLS_IN_TWO);
  const streams = [singleRows(readArchive(store, { ...span, sources: others }))];
  return merge(
    others.length === span.sources.length ? streams : [...streams, pairedRows(store, span)],
    inOrder,
  );
}

/** The courses of those actions of some events that are told in two events, by the events' ids. */
export async function readCourses(
  store: ObjectStore,
  ids: readonly { readonly id: string; readonly time: number; readonly source: unknown }[],
): Promise<ReadonlyMap<string, ActionCourse>> {
  const wanted = new Set(ids.flatMap(({ id, source }) => (source === TELLS_IN_TWO ? [id] : [])));
  const courses = new Map<string, ActionCourse>();
  if (wanted.size === 0) {
    return courses;
  }
  const times = ids.flatMap(({ id, time }) => (wanted.has(id) ? [time] : []));
  const [from, to] = times.reduce(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time + 1)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  // What is damaged was told by whoever read the events.
  for await (const { id, course } of pairedRows(store, { from, to, onDamage: () => {} })) {
    if (course !== null && wanted.has(id)) {
      courses.set(id, course);
    }
  }
  return courses;
}

async function* singleRows(
  records: AsyncIterable<ArchivedRecord>,
): AsyncGenerator<EventRow, void, undefined> {
  for await (const record of records) {
    yield { ...auditRow(toOcsf(record)), course: null };
  }
}

async function* pairedRows(
  store: ObjectStore,
  { from, to, onDamage }: Omit<Span, 'sources'>,
): AsyncGenerator<EventRow, void, undefined> {
  const records = readArchive(store, {
    sources: [TELLS_IN_TWO],
    from: from - LONGEST_ACTION_MS,
    to: to + LONGEST_ACTION_MS,
    onDamage,
  });
  for await (const paired of pairActions(eventsOf(records))) {
    const { event } = paired;
    if (from <= event.time && event.time < to) {
      yield { ...auditRow(event), course: courseOf(paired) };
    }
  }
}

async function* eventsOf(records: AsyncIterable<ArchivedRecord>): AsyncGenerator<OcsfEvent, void, undefined> {
  for await (const record of records) {
    yield toOcsf(record);
  }
}

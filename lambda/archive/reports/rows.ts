/** The events of a report, as rows of the archive's columns. */
import type { ReportDefinition } from '../../../contract/report.ts';
import type { EventRow } from '../ocsf/action-course.ts';
import { readRows } from '../ocsf/read-rows.ts';
import type { Damage } from '../raw/raw-object.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { rowFilter } from './filter.ts';
import type { Period } from './period.ts';

/** Row by row, in the order of time: a report may tell of a year. */
export async function* reportRows(
  store: ObjectStore,
  { sources, include, exclude }: Pick<ReportDefinition, 'sources' | 'include' | 'exclude'>,
  period: Period,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<EventRow, void, undefined> {
  const isWanted = rowFilter(include, exclude);
  for await (const row of readRows(store, { sources, ...period, onDamage })) {
    if (isWanted(row)) {
      yield row;
    }
  }
}

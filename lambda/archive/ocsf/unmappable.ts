import type { ArchivedRecord } from '../../../contract/archive.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import { buildEvent, UNKNOWN } from './event.ts';

/** The event of a record that is no JSON object, or that cannot be understood: API Activity, with the record's text. */
export function unmappable(record: ArchivedRecord): OcsfEvent {
  return buildEvent(record, {
    event: UNKNOWN,
    entry: undefined,
    message: 'This record could not be understood: see its text.',
  });
}

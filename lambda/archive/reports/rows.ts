/** The events of a report, as rows of the archive's columns. */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import { type AuditRow, auditRow } from '../../../contract/audit-columns.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import type { RowFilter } from './filter.ts';

/** Row by row, in the records' order: a report may tell of a year. */
export async function* reportRows(
  records: AsyncIterable<ArchivedRecord>,
  toOcsf: (record: ArchivedRecord) => OcsfEvent,
  isWanted: RowFilter,
): AsyncGenerator<AuditRow, void, undefined> {
  for await (const record of records) {
    const row = auditRow(toOcsf(record));
    if (isWanted(row)) {
      yield row;
    }
  }
}

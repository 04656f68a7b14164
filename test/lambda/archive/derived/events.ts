/** Events and files for the tests of what is derived. */
import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { type ArchivedRecord, type AuditSource, archiveHour } from '../../../../contract/archive.ts';
import { OCSF_CLASSES, type OcsfClassName, type OcsfEvent } from '../../../../contract/ocsf.ts';

export const MIDNIGHT = Date.UTC(2026, 2, 1);
export const HOUR = 3_600_000;

/** What a record of these tests says: the class of its event, and how long its text is. */
export interface Said {
  readonly time: number;
  readonly number: number;
  readonly className?: OcsfClassName;
  readonly source?: AuditSource;
  readonly padding?: number;
}

export function recordOf({
  time,
  number,
  className = 'authentication',
  source = 'cloudone',
  padding = 0,
}: Said): ArchivedRecord {
  return {
    id: `${source}.${archiveHour(time)}.${number.toString(16).padStart(32, '0')}`,
    time,
    collectedAt: '2026-03-02T00:00:00.000Z',
    record: JSON.stringify({ className, source, padding: 'x'.repeat(padding) }),
  };
}

export function eventOf(record: ArchivedRecord): OcsfEvent {
  const { className, source } = JSON.parse(record.record) as {
    readonly className: OcsfClassName;
    readonly source: AuditSource;
  };
  const { uid, caption, categoryUid, category } = OCSF_CLASSES[className];
  return {
    activity_id: 1,
    activity_name: 'Logon',
    category_uid: categoryUid,
    category_name: category,
    class_uid: uid,
    class_name: caption,
    type_uid: uid * 100 + 1,
    type_name: `${caption}: Logon`,
    time: record.time,
    severity_id: 1,
    severity: 'Informational',
    status_id: 1,
    status: 'Success',
    message: 'somebody signed in',
    metadata: {
      version: '1.8.0',
      profiles: ['cloud'],
      product: { name: 'a product', vendor_name: 'a vendor' },
      uid: record.id,
      event_code: 'LOGIN',
      logged_time: Date.parse(record.collectedAt),
      log_name: 'audit',
      log_source: source,
    },
    cloud: { provider: 'a vendor' },
    raw_data: record.record,
  };
}

/** A Parquet file's rows, as another library than the writer's reads them. */
export async function rowsOf(file: Buffer): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({
    file: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer,
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  });
}

/** An archive's derived files in a folder, and events to put into it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AuditSource, archiveHour, derivedDayPrefix } from '../../../contract/archive.ts';
import { classNameOf } from '../../../contract/audit-schema.ts';
import {
  type AuditChange,
  OCSF_CLASSES,
  type OcsfClassName,
  type OcsfEvent,
} from '../../../contract/ocsf.ts';
import { ParquetFile } from '../../../lambda/archive/derived/parquet-file.ts';

/** One file a source, class and day. */
export async function writeDerived(folder: string, events: readonly OcsfEvent[]): Promise<void> {
  const sorted = events.toSorted((a, b) => a.time - b.time);
  const files = Map.groupBy(sorted, (event) =>
    derivedDayPrefix(
      event.metadata.log_source,
      classNameOf(event),
      'us-east-1',
      archiveHour(event.time).slice(0, 8),
    ),
  );
  for (const [prefix, ofFile] of files) {
    const [first] = ofFile;
    const file = new ParquetFile(first === undefined ? 'api_activity' : classNameOf(first));
    for (const event of ofFile) {
      await file.add(event);
    }
    const path = join(folder, prefix, '00.parquet');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await file.finish());
  }
}

export interface Told {
  readonly source: AuditSource;
  /** `2026-03-01T10:00` */
  readonly at: string;
  readonly className: OcsfClassName;
  readonly activity: string;
  readonly event: string;
  readonly principal?: string;
  readonly ip?: string;
  readonly outcome?: string;
  readonly attention?: string;
  /** `type id name`: what was acted on. */
  readonly object?: readonly [type: string, id: string, name: string];
  readonly changes?: readonly AuditChange[];
  readonly correlation?: string;
}

export function tell(told: readonly Told[]): OcsfEvent[] {
  return told.map((each, index) => eventOf(each, index));
}

function eventOf(told: Told, index: number): OcsfEvent {
  const { source, at, className, activity, event, principal, ip, attention, changes, correlation } = told;
  const { uid, caption, categoryUid, category } = OCSF_CLASSES[className];
  const time = Date.parse(`${at}:00Z`);
  const id = `${source}.${archiveHour(time)}.${String(index).padStart(32, '0')}`;
  return {
    activity_id: 99,
    activity_name: activity,
    category_uid: categoryUid,
    category_name: category,
    class_uid: uid,
    class_name: caption,
    type_uid: uid * 100 + 99,
    type_name: `${caption}: ${activity}`,
    time,
    severity_id: 1,
    severity: 'Informational',
    status_id: 1,
    status: told.outcome ?? 'Success',
    message: `about ${event}`,
    metadata: {
      version: '1.8.0',
      profiles: ['cloud'],
      product: { name: 'a product', vendor_name: 'a vendor' },
      uid: id,
      event_code: event,
      logged_time: time + 1000,
      log_name: 'audit',
      log_source: source,
      ...(correlation === undefined ? {} : { correlation_uid: correlation }),
    },
    cloud: { provider: 'a vendor' },
    ...(principal === undefined ? {} : { actor: { user: { name: principal, uid: `id of ${principal}` } } }),
    ...(ip === undefined ? {} : { src_endpoint: { ip } }),
    ...objectOf(told),
    raw_data: '{}',
    ...(attention === undefined && changes === undefined && correlation === undefined
      ? {}
      : {
          unmapped: {
            ...(attention && { attention }),
            ...(changes && { changes }),
            ...(correlation && { pairing_id: correlation }),
          },
        }),
  };
}

function objectOf({ className, object }: Told): Partial<OcsfEvent> {
  if (object === undefined) {
    return {};
  }
  const [type, uid, name] = object;
  const thing = { type, uid, name };
  switch (className) {
    case 'entity_management':
      return { entity: thing };
    case 'group_management':
      return { group: thing };
    case 'api_activity':
      return { resources: [thing, { name: 'another' }] };
    default:
      return { user: thing };
  }
}

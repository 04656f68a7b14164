/** Finds a record by its id, which says in which hour to look. */
import {
  type ArchivedRecord,
  AUDIT_SOURCES,
  type AuditSource,
  startOfHour,
} from '../../../contract/archive.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Damage } from './raw-object.ts';
import { readArchive } from './read-archive.ts';

const HOUR_MS = 3_600_000;
/** An id, or as much of its beginning as tells the hour and a few digits. */
const ID_BEGINNING = new RegExp(
  `^(?<source>${AUDIT_SOURCES.join('|')})\\.(?<hour>\\d{8}T\\d{2})\\.[0-9a-f]{4,32}$`,
);

/** The text is no id of the archive, nor the beginning of one. */
export class MalformedIdError extends Error {
  override readonly name = 'MalformedIdError';

  constructor(text: string) {
    super(
      `${JSON.stringify(text)} is no id of the archive. One looks like cloudone.20260301T10.0123456789abcdef0123456789abcdef ` +
        '(source, hour in UTC, 32 hexadecimal digits); the first four of the digits or more will do.',
    );
  }
}

/**
 * @param id an id, or the beginning of one: source, hour, and four hexadecimal digits or more.
 * @returns the records whose id is, or begins so: none, one, or, of a beginning, several; the oldest first.
 * @throws MalformedIdError
 */
export async function findRecords(
  store: ObjectStore,
  id: string,
  onDamage?: (damage: Damage) => void,
): Promise<readonly ArchivedRecord[]> {
  const { source, hour = '' } = ID_BEGINNING.exec(id)?.groups ?? {};
  const from = startOfHour(hour);
  if (source === undefined || Number.isNaN(from)) {
    throw new MalformedIdError(id);
  }
  const found: ArchivedRecord[] = [];
  const hourOfIt = { sources: [source as AuditSource], from, to: from + HOUR_MS, onDamage };
  for await (const record of readArchive(store, hourOfIt)) {
    if (record.id.startsWith(id)) {
      found.push(record);
    }
  }
  return found;
}

/** A record's identity in the archive, by which it is known again. */
import { createHash } from 'node:crypto';
import { type ArchiveId, type AuditSource, archiveHour, UNDATED } from '../../../contract/archive.ts';
import type { CollectedRecord } from '../collect/collector.ts';
import { canonicalJson } from './canonical-json.ts';

const LATEST = Date.UTC(2100, 0, 1);
const ID_DIGITS = 32;

/**
 * By which time a record is filed.
 *
 * A clock that is wrong by years within the century is believed, for whether a time lies ahead depends on when one looks, and a
 * record has to be filed in the same place however often it is collected. What is no time at all, or of another century, is filed
 * under the first hour of 2000, where it is found again; its own text says what the vendor gave.
 *
 * @param time milliseconds since the epoch, as the vendor says; may be NaN.
 * @returns whole milliseconds since the epoch.
 */
export function filingTime(time: number): number {
  return time >= UNDATED && time < LATEST ? Math.floor(time) : UNDATED;
}

/**
 * The same record has the same id however often it is collected, and in whatever order its members and white space come. Another
 * content is another record, also under the same id of the vendor; so is the same content a second time in the same answer or
 * object, where the vendor gives no id.
 */
export function archiveIdOf(
  source: AuditSource,
  { time, text, vendorId, origin, occurrence = 0 }: CollectedRecord,
): ArchiveId {
  const name = vendorId === undefined ? [origin ?? null, occurrence] : [vendorId];
  const spelt = canonicalJson(text);
  // A text that is not JSON must not be taken for JSON that spells it.
  const content = spelt === undefined ? ['text', text] : ['json', spelt];
  const digest = createHash('sha256')
    .update(JSON.stringify([source, name, content]))
    .digest('hex')
    .slice(0, ID_DIGITS);
  return `${source}.${archiveHour(filingTime(time))}.${digest}`;
}

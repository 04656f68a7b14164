/** Reads a stretch of the raw archive in order, in bounded memory however much lies in it. */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import { mapBounded } from '../../shared/concurrency.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ReadingOrder, TimeSpan } from './raw-days.ts';
import { type Damage, unpackObject } from './raw-object.ts';
import type { RawObjectListed, Stretch } from './raw-stretches.ts';
import { inOrder } from './record-order.ts';

export interface StretchReading {
  readonly store: ObjectStore;
  readonly order: ReadingOrder;
  readonly onDamage: (damage: Damage) => void;
  /** Characters of records that are held at once. */
  readonly characters: number;
}

const READS_AT_ONCE = 8;

/**
 * The records of a stretch within a span, in order, each id once.
 *
 * @returns `undefined` where they are more than may be held at once.
 */
export async function readStretch(
  { objects }: Stretch,
  span: TimeSpan,
  { store, order, onDamage, characters }: StretchReading,
): Promise<readonly ArchivedRecord[] | undefined> {
  const found = new Map<string, ArchivedRecord>();
  let held = 0;
  await mapBounded(objects, READS_AT_ONCE, async (object: RawObjectListed) => {
    if (held > characters) {
      return;
    }
    const { records, damages } = await unpackObject(object, await store.get(object.key));
    damages.forEach(onDamage);
    for (const record of records) {
      if (record.time >= span.from && record.time < span.to && !found.has(record.id)) {
        found.set(record.id, record);
        held += record.record.length;
      }
    }
  });
  if (held > characters) {
    return undefined;
  }
  const inTime = [...found.values()].sort(inOrder);
  return order === 'oldest-first' ? inTime : inTime.reverse();
}

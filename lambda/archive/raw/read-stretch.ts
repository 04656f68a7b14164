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

/** A part of a stretch: its records in order, or `undefined` where they are too many to be held. */
export type StretchPart = readonly ArchivedRecord[] | undefined;

/**
 * The records of a stretch within a span, in order, each id once.
 *
 * @returns `undefined` where they are more than may be held at once, and the span can be halved.
 */
export async function readStretch(
  { objects }: Stretch,
  span: TimeSpan,
  { store, order, onDamage, characters }: StretchReading,
): Promise<StretchPart> {
  const found = new Map<string, ArchivedRecord>();
  const canBeHalved = span.to - span.from > 1;
  let held = 0;
  await mapBounded(objects, READS_AT_ONCE, async (object: RawObjectListed) => {
    if (held > characters && canBeHalved) {
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
  if (held > characters && canBeHalved) {
    return undefined;
  }
  const inTime = [...found.values()].sort(inOrder);
  return order === 'oldest-first' ? inTime : inTime.reverse();
}

/**
 * Halves a span until its records can be held, and reads the objects again for each half: slow, and rare, for it takes more in an
 * hour than a tenant does in a month.
 */
export async function* readHalves(
  stretch: Stretch,
  span: TimeSpan,
  reading: StretchReading,
): AsyncGenerator<ArchivedRecord, void, undefined> {
  const middle = Math.floor((span.from + span.to) / 2);
  const halves = [
    { from: span.from, to: middle },
    { from: middle, to: span.to },
  ];
  for (const half of reading.order === 'oldest-first' ? halves : halves.reverse()) {
    const part = await readStretch(stretch, half, reading);
    yield* part ?? readHalves(stretch, half, reading);
  }
}

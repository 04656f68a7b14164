/** Reads the raw archive: what every list, export, report and derived file begins with. */
import type { ArchivedRecord, AuditSource } from '../../../contract/archive.ts';
import { mapAhead } from '../../shared/concurrency.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { merge } from './merge.ts';
import type { ReadingOrder, TimeSpan } from './raw-days.ts';
import type { Damage } from './raw-object.ts';
import { rawStretches, type Stretch } from './raw-stretches.ts';
import { readLargeStretch } from './read-large-stretch.ts';
import { readStretch, type StretchReading } from './read-stretch.ts';
import { inOrder, type Position } from './record-order.ts';

export interface ReadArchiveOptions {
  readonly sources: readonly AuditSource[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** Milliseconds since the epoch; not part of it. Infinite: all that there is, for a vendor's clock may be ahead. */
  readonly to: number;
  /** @default 'oldest-first' */
  readonly order?: ReadingOrder;
  /** Begins behind the record in this position, in the order that is read in. */
  readonly after?: Position | undefined;
  /**
   * Told of what cannot be read, once each; the rest is read.
   *
   * @default throws DamagedArchiveError
   */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
  /** Characters of records that are held at once of each of a few stretches. @default 8 Mi */
  readonly heldCharacters?: number;
}

/** Something in the raw archive cannot be read. */
export class DamagedArchiveError extends Error {
  override readonly name = 'DamagedArchiveError';
  readonly damage: Damage;

  constructor(place: string, damage: Damage) {
    super(
      `In ${place}, ${damageInWords(damage)}. The bucket keeps every version: look for an earlier one, or restore a copy.`,
    );
    this.damage = damage;
  }
}

const HELD_CHARACTERS = 8 * 1024 * 1024;
/** Of each source. */
const STRETCHES_AHEAD = 2;

/** `raw/… line 3: it is …`. */
export function damageInWords({ key, line, problem }: Damage): string {
  return `${key}${line === undefined ? '' : `, line ${line}`}: ${problem}`;
}

/**
 * The records of some sources in a span, by time, and by id where times are equal: the same order at every reading. A record that
 * should lie there twice is told once.
 *
 * The next stretches are read while the caller works on one. Memory is bounded by what is held of each.
 *
 * @throws DamagedArchiveError where `onDamage` is not given; besides what the store throws.
 */
export async function* readArchive(
  store: ObjectStore,
  options: ReadArchiveOptions,
): AsyncGenerator<ArchivedRecord, void, undefined> {
  const { order = 'oldest-first', after } = options;
  const compare = order === 'oldest-first' ? inOrder : (a: Position, b: Position) => inOrder(b, a);
  const span = narrowed(options, order);
  const reading: StretchReading = {
    store,
    order,
    onDamage: onceEach(options.onDamage ?? thrower(store.place)),
    characters: options.heldCharacters ?? HELD_CHARACTERS,
  };
  const streams = [...new Set(options.sources)].map((source) => readSource(source, span, reading));
  for await (const record of merge(streams, compare)) {
    if (after === undefined || compare(record, after) > 0) {
      yield record;
    }
  }
}

async function* readSource(
  source: AuditSource,
  span: TimeSpan,
  reading: StretchReading,
): AsyncGenerator<ArchivedRecord, void, undefined> {
  const begin = async (stretch: Stretch) => {
    const within = { from: Math.max(stretch.span.from, span.from), to: Math.min(stretch.span.to, span.to) };
    return { stretch, within, records: await readStretch(stretch, within, reading) };
  };
  const stretches = rawStretches(reading.store, source, span, reading.order);
  for await (const { stretch, within, records } of mapAhead(stretches, STRETCHES_AHEAD, begin)) {
    yield* records ?? readLargeStretch(stretch, within, reading);
  }
}

/** What comes before the position need not be read. Its own millisecond must: others may share it. */
function narrowed({ from, to, after }: ReadArchiveOptions, order: ReadingOrder): TimeSpan {
  if (after === undefined) {
    return { from, to };
  }
  return order === 'oldest-first'
    ? { from: Math.max(from, after.time), to }
    : { from, to: Math.min(to, after.time + 1) };
}

function thrower(place: string): (damage: Damage) => never {
  return (damage) => {
    throw new DamagedArchiveError(place, damage);
  };
}

/** An object that is read for each part of a stretch tells its damage each time. */
function onceEach(tell: (damage: Damage) => void): (damage: Damage) => void {
  const told = new Set<string>();
  return (damage) => {
    const words = damageInWords(damage);
    if (!told.has(words)) {
      told.add(words);
      tell(damage);
    }
  };
}

/** Reads a stretch that is too large to be held: an hour with more than a tenant does in a month, or without usable times. */
import type { ArchivedRecord } from '../../../contract/archive.ts';
import { mapBounded } from '../../shared/concurrency.ts';
import { merge } from './merge.ts';
import type { TimeSpan } from './raw-days.ts';
import { unpackObject } from './raw-object.ts';
import type { Stretch } from './raw-stretches.ts';
import type { StretchReading } from './read-stretch.ts';
import { inOrder, type Position } from './record-order.ts';
import { SortedRun } from './sorted-run.ts';

/** An object takes tens of megabytes while it is unpacked. */
const READS_AT_ONCE = 2;
const PIECE_CHARACTERS = 64 * 1024;
/** Compressed records that are held, as a multiple of the characters that may be held as they are. */
const HELD_COMPRESSED = 8;

/** What is read of a stretch: from one position on, and before another; `undefined` where there is no such bound. */
interface Part {
  readonly from: Position | undefined;
  readonly before: Position | undefined;
}

/**
 * The records of a stretch within a span, in order, each id once.
 *
 * Each object is read once and held compressed, sorted, in small pieces, and the objects are merged. Where even that is too much, the
 * records are parted in two by a position in their order, which differs where times do not, and each part is read for itself.
 */
export function readLargeStretch(
  stretch: Stretch,
  span: TimeSpan,
  reading: StretchReading,
): AsyncGenerator<ArchivedRecord, void, undefined> {
  return readPart(stretch, span, { from: undefined, before: undefined }, reading);
}

async function* readPart(
  stretch: Stretch,
  span: TimeSpan,
  part: Part,
  reading: StretchReading,
): AsyncGenerator<ArchivedRecord, void, undefined> {
  const { order } = reading;
  const { runs, middle } = await runsOf(stretch, span, part, reading);
  if (middle !== undefined) {
    // They are read anew for each part: nothing of them is held meanwhile.
    runs.length = 0;
    const parts = [
      { ...part, before: middle },
      { ...part, from: middle },
    ];
    for (const each of order === 'oldest-first' ? parts : parts.reverse()) {
      yield* readPart(stretch, span, each, reading);
    }
    return;
  }
  const compare = order === 'oldest-first' ? inOrder : (a: Position, b: Position) => inOrder(b, a);
  let last: string | undefined;
  for await (const record of merge(
    runs.map((run) => run.read(order)),
    compare,
  )) {
    // What lies there twice comes twice in succession.
    if (record.id !== last) {
      yield record;
    }
    last = record.id;
  }
}

interface Runs {
  readonly runs: SortedRun[];
  /** Where to part the records, if these runs are more than may be held: there may be more that were not read. */
  readonly middle: Position | undefined;
}

async function runsOf(
  { objects }: Stretch,
  span: TimeSpan,
  part: Part,
  { store, onDamage, characters }: StretchReading,
): Promise<Runs> {
  const runs: SortedRun[] = [];
  let held = 0;
  let middle: Position | undefined;
  await mapBounded(objects, READS_AT_ONCE, async (object) => {
    if (middle !== undefined) {
      return;
    }
    const { records, damages } = await unpackObject(object, await store.get(object.key));
    damages.forEach(onDamage);
    const wanted = records.filter(
      (record) => record.time >= span.from && record.time < span.to && isIn(record, part),
    );
    if (wanted.length > 0) {
      const run = new SortedRun(wanted, Math.min(PIECE_CHARACTERS, characters));
      runs.push(run);
      held += run.bytes;
    }
    if (held > HELD_COMPRESSED * characters) {
      middle = middleOf(runs);
    }
  });
  return { runs, middle };
}

function isIn(record: Position, { from, before }: Part): boolean {
  return (
    (from === undefined || inOrder(record, from) >= 0) &&
    (before === undefined || inOrder(record, before) < 0)
  );
}

/** A position that leaves something on both of its sides; `undefined` where all begin at the same. */
function middleOf(runs: readonly SortedRun[]): Position | undefined {
  const beginnings = runs.flatMap((run) => run.beginnings()).sort(inOrder);
  const [first] = beginnings;
  const middle = beginnings[Math.floor(beginnings.length / 2)];
  return first !== undefined && middle !== undefined && inOrder(first, middle) < 0
    ? middle
    : beginnings.find((each) => first !== undefined && inOrder(first, each) < 0);
}

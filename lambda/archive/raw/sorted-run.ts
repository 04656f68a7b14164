/** Records in their order, held compressed: a tenth of the room, and read from either end a piece at a time. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ArchivedRecord } from '../../../contract/archive.ts';
import type { ReadingOrder } from './raw-days.ts';
import { lineOf } from './raw-object.ts';
import { inOrder, type Position } from './record-order.ts';

interface Piece {
  readonly first: Position;
  readonly compressed: Buffer;
}

export class SortedRun {
  readonly #pieces: readonly Piece[];
  /** That are held. */
  readonly bytes: number;

  /**
   * @param records in any order.
   * @param characters of a piece's lines; a line that is longer is a piece of its own.
   */
  constructor(records: readonly ArchivedRecord[], characters: number) {
    this.#pieces = [...piecesOf(records.toSorted(inOrder), characters)];
    this.bytes = this.#pieces.reduce((sum, { compressed }) => sum + compressed.length, 0);
  }

  /** Where the pieces begin, in their order. */
  beginnings(): readonly Position[] {
    return this.#pieces.map(({ first }) => first);
  }

  async *read(order: ReadingOrder): AsyncGenerator<ArchivedRecord, void, undefined> {
    const isForward = order === 'oldest-first';
    for (const { compressed } of isForward ? this.#pieces : this.#pieces.toReversed()) {
      const records = recordsIn(compressed);
      yield* isForward ? records : records.reverse();
    }
  }
}

function* piecesOf(
  records: readonly ArchivedRecord[],
  characters: number,
): Generator<Piece, void, undefined> {
  let first: Position | undefined;
  let lines = '';
  for (const record of records) {
    const line = lineOf(record);
    if (first !== undefined && lines.length + line.length > characters) {
      yield { first, compressed: zstdCompressSync(lines) };
      first = undefined;
      lines = '';
    }
    first ??= { time: record.time, id: record.id };
    lines += line;
  }
  if (first !== undefined) {
    yield { first, compressed: zstdCompressSync(lines) };
  }
}

/** The lines are our own: nothing about them is in doubt. */
function recordsIn(compressed: Buffer): ArchivedRecord[] {
  const lines = zstdDecompressSync(compressed).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ArchivedRecord);
}

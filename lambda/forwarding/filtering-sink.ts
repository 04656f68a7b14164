import type { DroppedByRule } from './record-account.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSink } from './record-scanner.ts';

/**
 * Lets through the records that a filter keeps, byte for byte, and counts those that it drops.
 *
 * Whoever stands behind it sees a file that holds nothing but the kept records, and numbers those: parts, progress
 * and what a resumed object skips are counted in kept records. All of them hold for this filter only.
 */
export class FilteringSink implements RecordSink {
  readonly #filter: Pick<RecordFilter, 'dropping'>;
  readonly #kept: RecordSink;
  readonly #dropped = new Map<string, number>();
  /** The record that is being received, as far as it has come in earlier chunks. */
  #pieces: Buffer[] = [];

  constructor(filter: Pick<RecordFilter, 'dropping'>, kept: RecordSink) {
    this.#filter = filter;
    this.#kept = kept;
  }

  /** So far. */
  get dropped(): DroppedByRule {
    return this.#dropped;
  }

  append(chunk: Uint8Array, start: number, end: number, complete: boolean): void {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset + start, end - start);
    if (!complete) {
      // Copied: a chunk's memory is its owner's again when this returns.
      this.#pieces.push(Buffer.from(piece));
      return;
    }
    const record = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece]);
    this.#pieces = [];
    const rule = this.#filter.dropping(record);
    if (rule === undefined) {
      this.#kept.append(record, 0, record.length, true);
    } else {
      this.#dropped.set(rule, (this.#dropped.get(rule) ?? 0) + 1);
    }
  }
}

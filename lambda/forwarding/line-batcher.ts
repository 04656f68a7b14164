import type { BatchOptions, RecordRanges } from './record-batcher.ts';
import { withoutLineBreaks } from './record-batcher.ts';
import type { RecordSink } from './record-scanner.ts';

/** Some consecutive records of a file, one on a line, as slices of the file's own chunks. */
export interface LineBatch {
  readonly pieces: readonly Buffer[];
  readonly records: number;
  /** Number of the first record, counting from 0. */
  readonly firstRecord: number;
}

const LINE_FEED = Buffer.from('\n');
const LINE_FEED_BYTE = 0x0a;
/** With more, as in a file full of white space, their administration would take more memory than the bytes. */
const MAXIMUM_PIECES = 512;

/**
 * Does what `RecordBatcher` does for lines, without copying: what stands before a record, a comma as a rule, is
 * overwritten with a line feed, so that all that came in one chunk is one slice of it.
 *
 * The chunks must therefore be the caller's to give away: they are written to here, behind what was scanned, and
 * must not be used again.
 */
export class LineBatcher implements RecordSink {
  readonly #maximumBytes: number;
  readonly #skip: RecordRanges;
  /** Number of the record that is being received, or comes next. */
  #number = 0;
  #skipUntil = 0;
  /** The batch so far, without its last piece, which may still grow: it lies in `#chunk`. */
  #pieces: Buffer[] = [];
  #chunk: Buffer | undefined;
  #start = 0;
  #end = 0;
  #bytes = 0;
  #records = 0;
  #firstRecord = 0;
  /** The record that is being received: what came of it in earlier chunks. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** Its length so far, with its line breaks: that is what `RecordBatcher` cuts by. */
  #length = 0;
  #open = false;
  #ready: LineBatch[] = [];

  constructor({ maximumBytes, skip }: Pick<BatchOptions, 'maximumBytes' | 'skip'>) {
    this.#maximumBytes = maximumBytes;
    this.#skip = skip;
  }

  append(chunk: Buffer, start: number, end: number, complete: boolean, compact: boolean): void {
    if (!this.#open) {
      this.#begin();
    }
    this.#open = !complete;
    if (this.#number < this.#skipUntil) {
      this.#number += complete ? 1 : 0;
      return;
    }
    this.#length += end - start;
    const keptEnd = compact ? end : withoutLineBreaks(chunk, start, end);
    if (!complete) {
      this.#begun.push(chunk.subarray(start, keptEnd));
      this.#begunBytes += keptEnd - start;
      return;
    }
    this.#endRecord(chunk, start, keptEnd);
    this.#number += 1;
  }

  /** The batches that are full. */
  drain(): LineBatch[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** After the last record: the batches that are left. */
  finish(): LineBatch[] {
    this.#emit();
    return this.drain();
  }

  #begin(): void {
    const skipped = this.#skip.get(this.#number) ?? 0;
    if (skipped > 0) {
      this.#skipUntil = this.#number + skipped;
      this.#emit();
    }
  }

  #endRecord(chunk: Buffer, start: number, end: number): void {
    if (this.#records > 0 && this.#bytes + LINE_FEED.length + this.#length > this.#maximumBytes) {
      this.#emit();
    }
    if (this.#records === 0) {
      this.#firstRecord = this.#number;
    } else {
      this.#bytes += LINE_FEED.length;
    }
    this.#bytes += this.#begunBytes + end - start;
    this.#length = 0;
    if (this.#begunBytes > 0) {
      this.#addPieces(this.#begun);
      this.#begun = [];
      this.#begunBytes = 0;
      this.#startPiece(chunk, start, end);
    } else {
      this.#addWhole(chunk, start, end);
    }
    this.#records += 1;
  }

  #addPieces(pieces: readonly Buffer[]): void {
    this.#endPiece();
    if (this.#records > 0) {
      this.#pieces.push(LINE_FEED);
    }
    this.#pieces.push(...pieces);
  }

  /** A record that came in one chunk. */
  #addWhole(chunk: Buffer, start: number, end: number): void {
    if (this.#records === 0 || start === 0) {
      this.#addPieces([]);
      this.#startPiece(chunk, start, end);
      return;
    }
    // No record's byte: two records have a comma between them.
    chunk[start - 1] = LINE_FEED_BYTE;
    if (this.#chunk === chunk && this.#end === start - 1) {
      this.#end = end;
    } else {
      this.#endPiece();
      this.#startPiece(chunk, start - 1, end);
    }
  }

  #startPiece(chunk: Buffer, start: number, end: number): void {
    this.#chunk = chunk;
    this.#start = start;
    this.#end = end;
  }

  #endPiece(): void {
    if (this.#chunk !== undefined) {
      this.#pieces.push(this.#chunk.subarray(this.#start, this.#end));
      this.#chunk = undefined;
    }
    if (this.#pieces.length > MAXIMUM_PIECES) {
      this.#pieces = [Buffer.concat(this.#pieces)];
    }
  }

  #emit(): void {
    if (this.#records === 0) {
      return;
    }
    this.#endPiece();
    this.#ready.push({ pieces: this.#pieces, records: this.#records, firstRecord: this.#firstRecord });
    this.#pieces = [];
    this.#bytes = 0;
    this.#records = 0;
  }
}

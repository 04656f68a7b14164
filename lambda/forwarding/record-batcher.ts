import { CARRIAGE_RETURN, LINE_FEED } from './json-bytes.ts';
import type { RecordSink } from './record-scanner.ts';

/** Some consecutive records of a file, their bytes as they were, joined by one separator byte. */
export interface Batch {
  readonly bytes: Buffer;
  readonly records: number;
  /** Number of the first record, counting from 0. */
  readonly firstRecord: number;
  /** Gives `bytes` back, to be written over: they must not be looked at any more. */
  readonly release: () => void;
}

/** Where batches get their buffers from. */
export interface Buffers {
  take(): Buffer;
  give(buffer: Buffer): void;
}

/** Consecutive records of a file: by the number of the first, counting from 0, how many. */
export type RecordRanges = ReadonlyMap<number, number>;

export interface BatchOptions {
  /** Bytes of a batch at most; a record that is larger is a batch of its own. */
  readonly maximumBytes: number;
  /** One byte, between records. */
  readonly separator: ',' | '\n';
  /** Records that are left out: those acknowledged before. A batch never reaches over them. */
  readonly skip: RecordRanges;
  readonly buffers: Buffers;
}

/**
 * Gathers records into batches. Where a batch ends depends on the records alone, never on how the file came
 * in chunks, so that a resumed object is cut as it was before.
 *
 * Where the separator is the line feed, line breaks between the tokens of a record are taken out, because
 * they would break its line. Nothing else in a record changes.
 */
export class RecordBatcher implements RecordSink {
  readonly #maximumBytes: number;
  readonly #separator: number;
  readonly #lines: boolean;
  readonly #skip: RecordRanges;
  readonly #buffers: Buffers;
  /** Number of the record that is being received, or comes next. */
  #number = 0;
  #skipUntil = 0;
  #buffer: Buffer;
  /** Complete records in the buffer, and the end of the last. */
  #records = 0;
  #used = 0;
  /** The record that is being received: where it begins, and how far it has come. */
  #start = 0;
  #filled = 0;
  #open = false;
  #firstRecord = 0;
  #ready: Batch[] = [];

  constructor({ maximumBytes, separator, skip, buffers }: BatchOptions) {
    this.#maximumBytes = maximumBytes;
    this.#separator = separator.charCodeAt(0);
    this.#lines = separator === '\n';
    this.#skip = skip;
    this.#buffers = buffers;
    this.#buffer = buffers.take();
  }

  append(chunk: Uint8Array, start: number, end: number, complete: boolean): void {
    if (!this.#open) {
      this.#begin();
    }
    if (this.#number < this.#skipUntil) {
      this.#open = !complete;
      this.#number += complete ? 1 : 0;
      return;
    }
    const length = end - start;
    if (this.#filled + length > this.#maximumBytes && this.#records > 0) {
      this.#cut();
    }
    if (this.#filled + length > this.#buffer.length) {
      this.#grow(this.#filled + length);
    }
    this.#buffer.set(chunk.subarray(start, end), this.#filled);
    this.#filled += length;
    if (complete) {
      this.#endRecord();
    }
  }

  /** The batches that are full. */
  drain(): Batch[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** After the last record: the batches that are left. */
  finish(): Batch[] {
    if (this.#records > 0) {
      this.#emit();
    } else {
      this.#buffers.give(this.#buffer);
    }
    return this.drain();
  }

  #begin(): void {
    this.#open = true;
    const skipped = this.#skip.get(this.#number) ?? 0;
    if (skipped > 0) {
      this.#skipUntil = this.#number + skipped;
      this.#breakOff();
    }
    if (this.#records === 0) {
      this.#firstRecord = this.#number;
    }
    this.#start = this.#records === 0 ? 0 : this.#used + 1;
    this.#filled = this.#start;
  }

  /** Ends the batch, if there is one: what follows is left out. */
  #breakOff(): void {
    if (this.#records > 0) {
      this.#emit();
      this.#buffer = this.#buffers.take();
    }
  }

  #endRecord(): void {
    this.#open = false;
    this.#number += 1;
    const end = this.#lines ? withoutLineBreaks(this.#buffer, this.#start, this.#filled) : this.#filled;
    if (this.#records > 0) {
      this.#buffer[this.#start - 1] = this.#separator;
    }
    this.#records += 1;
    this.#used = end;
  }

  /** Ends the batch before the record that is being received, and begins the next with it. */
  #cut(): void {
    const begun = this.#buffer.subarray(this.#start, this.#filled);
    this.#emit();
    this.#firstRecord = this.#number;
    this.#buffer = this.#buffers.take();
    this.#start = 0;
    this.#filled = 0;
    if (begun.length > this.#buffer.length) {
      this.#grow(begun.length);
    }
    begun.copy(this.#buffer);
    this.#filled = begun.length;
  }

  #emit(): void {
    const buffer = this.#buffer;
    this.#ready.push({
      bytes: buffer.subarray(0, this.#used),
      records: this.#records,
      firstRecord: this.#firstRecord,
      release: () => this.#buffers.give(buffer),
    });
    this.#records = 0;
    this.#used = 0;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#filled);
    this.#buffers.give(this.#buffer);
    this.#buffer = larger;
  }
}

/**
 * Takes the line breaks out of the record, or the piece of one, at `start` to `end`, in place, and returns its new end.
 * They stand between tokens only: the scanner has refused a string that holds one.
 */
export function withoutLineBreaks(buffer: Buffer, start: number, end: number): number {
  const record = buffer.subarray(start, end);
  if (!record.includes(LINE_FEED) && !record.includes(CARRIAGE_RETURN)) {
    return end;
  }
  let kept = start;
  for (const byte of record) {
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
      buffer[kept] = byte;
      kept += 1;
    }
  }
  return kept;
}

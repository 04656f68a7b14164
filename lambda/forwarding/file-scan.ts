import { createHash } from 'node:crypto';
import type { EndOfRecord } from './compact-record.ts';
import { RecordScanner, type RecordSink } from './record-scanner.ts';

/** What is known of a file that was read to its end and found whole. */
export interface FileSummary {
  readonly records: number;
  /** Of the uncompressed file. */
  readonly rawBytes: number;
  /** Of the uncompressed file, lower-case hexadecimal: what CloudTrail's digest files list. */
  readonly sha256: string;
  readonly hasByteOrderMark: boolean;
}

/** One pass over an uncompressed file: finds its records, hashes and counts it. */
export class FileScan {
  readonly #scanner: RecordScanner;
  readonly #hash = createHash('sha256');
  #rawBytes = 0;

  /** @param endOfRecord see `RecordScanner`. */
  constructor(sink: RecordSink, endOfRecord?: EndOfRecord) {
    this.#scanner = new RecordScanner(sink, endOfRecord);
  }

  /** @throws PoisonError */
  push(chunk: Buffer): void {
    // First: the sink may write to the chunk.
    this.#hash.update(chunk);
    this.#scanner.push(chunk);
    this.#rawBytes += chunk.length;
  }

  /** @throws PoisonError where the file is not whole. */
  end(): FileSummary {
    this.#scanner.end();
    return {
      records: this.#scanner.records,
      rawBytes: this.#rawBytes,
      sha256: this.#hash.digest('hex'),
      hasByteOrderMark: this.#scanner.hasByteOrderMark,
    };
  }
}

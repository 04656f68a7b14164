import { createHash } from 'node:crypto';
import { FilteringSink } from './filtering-sink.ts';
import type { DroppedByRule } from './record-account.ts';
import type { RecordFilter } from './record-filter.ts';
import { RecordScanner, type RecordSink } from './record-scanner.ts';

/** What is known of a file that was read to its end and found whole. */
export interface FileSummary {
  /** All of them, whatever becomes of each. */
  readonly records: number;
  /** Records that the filter dropped; none without one. */
  readonly dropped: DroppedByRule;
  /** Of the uncompressed file. */
  readonly rawBytes: number;
  /** Of the uncompressed file, lower-case hexadecimal: what CloudTrail's digest files list. */
  readonly sha256: string;
  readonly hasByteOrderMark: boolean;
}

const NOTHING_DROPPED: DroppedByRule = new Map();

/** One pass over an uncompressed file: finds its records, hashes and counts it. */
export class FileScan {
  readonly #scanner: RecordScanner;
  readonly #filtering: FilteringSink | undefined;
  readonly #hash = createHash('sha256');
  #rawBytes = 0;

  /** @param filter lets only what it keeps through to the sink. */
  constructor(sink: RecordSink, filter?: Pick<RecordFilter, 'dropping'>) {
    this.#filtering = filter === undefined ? undefined : new FilteringSink(filter, sink);
    this.#scanner = new RecordScanner(this.#filtering ?? sink);
  }

  /** @throws PoisonError */
  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
    this.#hash.update(chunk);
    this.#rawBytes += chunk.length;
  }

  /** @throws PoisonError where the file is not whole. */
  end(): FileSummary {
    this.#scanner.end();
    return {
      records: this.#scanner.records,
      dropped: this.#filtering?.dropped ?? NOTHING_DROPPED,
      rawBytes: this.#rawBytes,
      sha256: this.#hash.digest('hex'),
      hasByteOrderMark: this.#scanner.hasByteOrderMark,
    };
  }
}

/**
 * Splits an uncompressed CloudTrail file into parts that a destination takes, in bounded memory.
 *
 * There is a plain path, in which every byte meets the exact scanner and every record is copied, and beside it
 * what is faster with the same result: `endOfCompactRecord` and `LineBatcher`.
 */

import { mapAhead } from '../shared/concurrency.ts';
import type { PartFormat } from '../vendors/destination.ts';
import { BufferPool } from './buffer-pool.ts';
import { alwaysUnsure, endOfCompactRecord } from './compact-record.ts';
import { FileScan, type FileSummary } from './file-scan.ts';
import { DOCUMENT_OVERHEAD_BYTES, GzipDocument } from './gzip-document.ts';
import { LineBatcher } from './line-batcher.ts';
import { type Buffers, RecordBatcher, type RecordRanges } from './record-batcher.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSink } from './record-scanner.ts';
import { SegmentCompressor } from './segment-compressor.ts';

/** What one request will carry. */
export interface Part {
  readonly body: Buffer | readonly Buffer[];
  readonly records: number;
  /** Number of its first record in the file, counting from 0: of those that the filter keeps. */
  readonly firstRecord: number;
  /** The record itself, where there is only one: to name it, should the destination refuse it. */
  readonly onlyRecord?: Buffer;
}

export interface SplitOptions {
  readonly format: PartFormat;
  /** Bytes of a part's body at most; a record that is larger is a part of its own. */
  readonly maximumPartBytes: number;
  /** Records that are left out: those acknowledged before. */
  readonly skip: RecordRanges;
  /** Drops records before they are numbered. @default all are kept */
  readonly filter?: RecordFilter;
  /** Takes the plain path. @default false */
  readonly plain?: boolean;
}

/**
 * Bytes of a segment, uncompressed. Larger ones compress a little better, smaller ones fill a part better.
 */
const SEGMENT_BYTES = 512 * 1024;
/** Segments that zlib's threads work on while the next is being gathered. */
const COMPRESSED_AHEAD = 3;
/** Of what the plain path gathers lines in: enough for a small file; it grows. */
const LINE_BUFFER_BYTES = 256 * 1024;

/** What is kept between files, because it is dear to make. */
export interface SplitterResources {
  /** Of `SEGMENT_BYTES` each. */
  readonly buffers: Buffers;
  readonly compressor: Pick<SegmentCompressor, 'compress'>;
}

const RESOURCES: SplitterResources = {
  buffers: new BufferPool(SEGMENT_BYTES),
  compressor: new SegmentCompressor(),
};

export class FileSplitter {
  readonly #options: SplitOptions;
  readonly #resources: SplitterResources;
  #summary: FileSummary | undefined;

  constructor(options: SplitOptions, resources: SplitterResources = RESOURCES) {
    this.#options = options;
    this.#resources = resources;
  }

  /** The file's summary; `undefined` until `parts` has come to its end. */
  get summary(): FileSummary | undefined {
    return this.#summary;
  }

  /**
   * The file's parts, in order. The same file gives the same parts, however it comes in chunks; a file whose
   * first parts are skipped gives the rest of them.
   *
   * @param chunks are given away: they may be written to and be part of a part.
   * @throws PoisonError, possibly after some parts, where the file proves bad.
   * @throws whatever `chunks` throws.
   */
  parts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Part, void, undefined> {
    return this.#options.format === 'json-lines' ? this.#lines(chunks) : this.#documents(chunks);
  }

  async *#lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Part, void, undefined> {
    const { maximumPartBytes: maximumBytes, skip, filter, plain } = this.#options;
    // What a filter keeps comes record by record: there are no slices of several.
    if (plain || filter !== undefined) {
      yield* this.#copiedLines(chunks);
      return;
    }
    const batcher = new LineBatcher({ maximumBytes, skip });
    for await (const { pieces, records, firstRecord } of this.#batches(chunks, batcher)) {
      yield { body: pieces, records, firstRecord, ...onlyRecordOf(records, pieces) };
    }
  }

  async *#copiedLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Part, void, undefined> {
    const { maximumPartBytes: maximumBytes, skip } = this.#options;
    // A batch is a part's body, which nobody tells us the end of: so no buffer is used again.
    const buffers = { take: () => Buffer.allocUnsafeSlow(LINE_BUFFER_BYTES), give: () => undefined };
    const batcher = new RecordBatcher({ maximumBytes, separator: '\n', skip, buffers });
    for await (const { bytes, records, firstRecord } of this.#batches(chunks, batcher)) {
      yield { body: bytes, records, firstRecord, ...onlyRecordOf(records, [bytes]) };
    }
  }

  async *#documents(chunks: AsyncIterable<Buffer>): AsyncGenerator<Part, void, undefined> {
    const { maximumPartBytes, skip } = this.#options;
    const { buffers, compressor } = this.#resources;
    const maximumBytes = segmentBytesFor(maximumPartBytes);
    const batches = this.#batches(chunks, new RecordBatcher({ maximumBytes, separator: ',', skip, buffers }));
    const segments = mapAhead(batches, COMPRESSED_AHEAD, async (batch) => ({
      ...batch,
      deflated: await compressor.compress(batch.bytes),
    }));
    let document = new GzipDocument();
    for await (const segment of segments) {
      const full = document.bytesWith(segment) > maximumPartBytes;
      const follows = segment.firstRecord === document.firstRecord + document.records;
      if (document.records > 0 && (full || !follows)) {
        yield partOf(document);
        document = new GzipDocument();
      }
      document.add(segment);
      segment.release();
    }
    if (document.records > 0) {
      yield partOf(document);
    }
  }

  async *#batches<T>(
    chunks: AsyncIterable<Buffer>,
    batcher: RecordSink & { drain(): T[]; finish(): T[] },
  ): AsyncGenerator<T, void, undefined> {
    const { filter, plain } = this.#options;
    const scan = new FileScan(batcher, filter, plain ? alwaysUnsure : endOfCompactRecord);
    for await (const chunk of chunks) {
      scan.push(chunk);
      yield* batcher.drain();
    }
    this.#summary = scan.end();
    yield* batcher.finish();
  }
}

/**
 * A segment must fit a part even if it cannot be compressed at all: deflate then adds up to an eighth, and
 * some bytes (zlib's `deflateBound`).
 */
function segmentBytesFor(maximumPartBytes: number): number {
  const room = Math.floor((maximumPartBytes - DOCUMENT_OVERHEAD_BYTES - 16) * 0.85);
  return Math.max(1, Math.min(SEGMENT_BYTES, room));
}

function onlyRecordOf(records: number, pieces: readonly Buffer[]): Pick<Part, 'onlyRecord'> {
  return records === 1 ? { onlyRecord: Buffer.concat(pieces) } : {};
}

function partOf(document: GzipDocument): Part {
  const { records, firstRecord, onlyRecord } = document;
  return {
    body: document.finish(),
    records,
    firstRecord,
    onlyRecord,
  };
}

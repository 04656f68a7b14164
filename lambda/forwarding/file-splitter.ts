/**
 * Splits an uncompressed CloudTrail file into parts that a destination takes, in bounded memory.
 *
 * This is the interface behind which a faster splitter (in WebAssembly, say) can be put.
 */
import type { PartFormat } from '../vendors/destination.ts';
import { mapAhead } from './concurrency.ts';
import { FileScan, type FileSummary } from './file-scan.ts';
import { compressSegment, DOCUMENT_OVERHEAD_BYTES, GzipDocument } from './gzip-document.ts';
import { type Batch, RecordBatcher, type RecordRanges } from './record-batcher.ts';
import type { RecordFilter } from './record-filter.ts';

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
  /** About how many bytes the file has, where that is known. */
  readonly expectedBytes?: number;
}

/**
 * Bytes of a segment, uncompressed. Larger ones compress a little better, smaller ones fill a part better.
 */
const SEGMENT_BYTES = 512 * 1024;
/** Segments that zlib's threads work on while the next is being gathered. */
const COMPRESSED_AHEAD = 3;

export class FileSplitter {
  readonly #options: SplitOptions;
  #summary: FileSummary | undefined;

  constructor(options: SplitOptions) {
    this.#options = options;
  }

  /** The file's summary; `undefined` until `parts` has come to its end. */
  get summary(): FileSummary | undefined {
    return this.#summary;
  }

  /**
   * The file's parts, in order. The same file gives the same parts, however it comes in chunks; a file whose
   * first parts are skipped gives the rest of them.
   *
   * @throws PoisonError, possibly after some parts, where the file proves bad.
   * @throws whatever `chunks` throws.
   */
  parts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void, undefined> {
    return this.#options.format === 'json-lines' ? this.#lines(chunks) : this.#documents(chunks);
  }

  async *#lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void, undefined> {
    for await (const batch of this.#batches(chunks, '\n', this.#options.maximumPartBytes)) {
      const { bytes, records, firstRecord } = batch;
      yield { body: bytes, records, firstRecord, ...(records === 1 ? { onlyRecord: bytes } : {}) };
    }
  }

  async *#documents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void, undefined> {
    const { maximumPartBytes } = this.#options;
    const batches = this.#batches(chunks, ',', segmentBytesFor(maximumPartBytes));
    let document = new GzipDocument();
    for await (const segment of mapAhead(batches, COMPRESSED_AHEAD, compressSegment)) {
      const full = document.bytesWith(segment) > maximumPartBytes;
      const follows = segment.firstRecord === document.firstRecord + document.records;
      if (document.records > 0 && (full || !follows)) {
        yield partOf(document);
        document = new GzipDocument();
      }
      document.add(segment);
    }
    if (document.records > 0) {
      yield partOf(document);
    }
  }

  async *#batches(
    chunks: AsyncIterable<Uint8Array>,
    separator: ',' | '\n',
    maximumBytes: number,
  ): AsyncGenerator<Batch, void, undefined> {
    const { skip, expectedBytes, filter } = this.#options;
    const batcher = new RecordBatcher({
      maximumBytes,
      separator,
      skip,
      expectedBytes,
    });
    const scan = new FileScan(batcher, filter);
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

function partOf(document: GzipDocument): Part {
  const { records, firstRecord, onlyRecord } = document;
  return {
    body: document.finish(),
    records,
    firstRecord,
    onlyRecord,
  };
}

/** Brings the content of one object to the destination: as it is where it fits, else in parts. */
import type { PartFormat } from '../vendors/destination.ts';
import { FileScan, type FileSummary } from './file-scan.ts';
import { FileSplitter } from './file-splitter.ts';
import { gunzipSingleMember, isSingleMember, readGzip } from './gzip-reader.ts';
import type { Progress } from './ledger.ts';
import type { StoredFile } from './object-reader.ts';
import type { PartLimit } from './part-limit.ts';
import { PartTooLargeError, PartUploader, type Upload, type UploadOptions } from './part-uploader.ts';
import { countOf } from './record-account.ts';
import type { RecordRanges } from './record-batcher.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSink } from './record-scanner.ts';

export interface DeliveryOptions extends UploadOptions {
  /** Opens the object; again where its parts prove too large and it must be cut anew. */
  readonly open: () => Promise<StoredFile>;
  readonly format: PartFormat;
  readonly limit: PartLimit;
  /** Drops records. Progress, parts and upload count those that it keeps. @default all are kept */
  readonly filter?: RecordFilter;
  /** Told of all progress, so that the caller knows it should the delivery fail. */
  readonly onProgress: (progress: Progress) => void;
}

export interface Delivery extends Upload {
  readonly summary: FileSummary;
}

/** Files up to this size are read and decompressed in one go. */
const SMALL_FILE_BYTES = 1024 * 1024;
/** A small file that holds more than this is streamed after all. */
const SMALL_CONTENT_BYTES = 32 * 1024 * 1024;

const NOTHING: RecordRanges = new Map();
const NO_SINK: RecordSink = { append: () => undefined };

/**
 * @throws PoisonError where the file is bad or refused, possibly after some of its parts were delivered.
 * @throws RetryableError
 * @throws PartTooLargeError where the destination refuses even the smallest parts.
 */
export async function deliverFile(options: DeliveryOptions): Promise<Delivery> {
  const { limit } = options;
  let { from, beyond = NOTHING } = options;
  for (;;) {
    const maximumPartBytes = limit.bytes;
    const uploader = new PartUploader({ ...options, from, beyond });
    try {
      return await deliverAndSettle(options, uploader, maximumPartBytes);
    } catch (error) {
      // Smaller parts may be accepted: go on with what was not, with the limit halved.
      if (!(error instanceof PartTooLargeError) || !limit.halve(maximumPartBytes)) {
        throw error;
      }
      from = uploader.progress;
      beyond = uploader.beyond;
    }
  }
}

async function deliverAndSettle(
  options: DeliveryOptions,
  uploader: PartUploader,
  maximumPartBytes: number,
): Promise<Delivery> {
  try {
    return await deliverOnce(options, uploader, maximumPartBytes);
  } finally {
    // Nothing of this object may be under way when it is cut anew or its lease is given back.
    await uploader.settle();
    options.onProgress(uploader.progress);
  }
}

async function deliverOnce(
  options: DeliveryOptions,
  uploader: PartUploader,
  maximumPartBytes: number,
): Promise<Delivery> {
  const { format, filter } = options;
  const stored = await options.open();
  const small = stored.length <= SMALL_FILE_BYTES ? await collect(stored.chunks) : undefined;
  const content = small === undefined ? undefined : gunzipSingleMember(small, SMALL_CONTENT_BYTES);

  const fits = format === 'records-document' && stored.length <= maximumPartBytes;
  const fresh = uploader.progress.records === 0 && uploader.beyond.size === 0;
  if (small !== undefined && fits && fresh) {
    const unchanged = await deliverUnchanged(small, content, options);
    if (unchanged !== undefined) {
      return unchanged;
    }
  }

  const splitter = new FileSplitter({
    format,
    filter,
    maximumPartBytes,
    skip: new Map([[0, uploader.progress.records], ...uploader.beyond]),
  });
  for await (const part of splitter.parts(contentOf(content, small, stored))) {
    await uploader.add(part);
  }
  const upload = await uploader.finish();
  return { ...upload, summary: splitter.summary as FileSummary };
}

/**
 * Checks a file that fits, and sends its original bytes. `undefined` where it must be packed anew: it has
 * several members or a byte order mark, the filter drops some of its records, or it holds so much beside them that
 * the destination refuses its size.
 */
async function deliverUnchanged(
  file: Buffer,
  content: Buffer | undefined,
  { open: _, ...options }: DeliveryOptions,
): Promise<Delivery | undefined> {
  const scan = new FileScan(NO_SINK, options.filter);
  for await (const chunk of contentOf(content, file)) {
    scan.push(chunk);
  }
  const summary = scan.end();
  const dropped = countOf(summary.dropped);
  if (dropped === summary.records) {
    // Nothing is left to send.
    return { summary, parts: 0, records: 0, refusedRecords: [] };
  }
  if (dropped > 0 || summary.hasByteOrderMark || (content === undefined && !(await isSingleMember(file)))) {
    return undefined;
  }
  const { records } = summary;
  const uploader = new PartUploader({ ...options, from: { parts: 0, records: 0 } });
  try {
    await uploader.add({ body: file, records, firstRecord: 0 });
    return { summary, ...(await uploader.finish()) };
  } catch (error) {
    // Packed anew it is smaller: without what stands beside the records, or in several parts.
    if (error instanceof PartTooLargeError) {
      return undefined;
    }
    throw error;
  }
}

/** The uncompressed bytes, from the best source at hand. */
function contentOf(
  content: Buffer | undefined,
  file: Buffer | undefined,
  stored?: StoredFile,
): AsyncIterable<Buffer> {
  if (content !== undefined) {
    return asChunks([content]);
  }
  return readGzip(file === undefined ? (stored as StoredFile).chunks : asChunks([file]));
}

async function* asChunks(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void, undefined> {
  yield* chunks;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) {
    collected.push(chunk);
  }
  return Buffer.concat(collected);
}

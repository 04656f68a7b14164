/** Decompresses gzip files, of one member or several (RFC 1952), and tells what is wrong with bad ones. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export type GzipProblem =
  /** No bytes at all. */
  | 'EmptyObject'
  | 'NotGzip'
  | 'TruncatedGzip'
  | 'CorruptGzip'
  /** Zeros too, as some tools pad with: zlib stops there, and what follows would be lost silently. */
  | 'TrailingGarbage'
  | 'DecompressionBomb';

/** What is stored is not gzip members and nothing else. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
  readonly problem: GzipProblem;

  constructor(problem: GzipProblem, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.problem = problem;
  }
}

/** Bytes by which gzip data is told. */
export const GZIP_MAGIC_BYTES = 2;

/** Whether a content begins as gzip data does (RFC 1952, section 2.3.1); one that is shorter does not. */
export function isGzip(content: Uint8Array): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

/** Larger chunks save switches between threads; peers use 64 KB and less. */
export const GUNZIP_CHUNK_BYTES = 256 * 1024;
/** Two chunks are decompressed ahead of the reader. */
const GUNZIP_OPTIONS = { chunkSize: GUNZIP_CHUNK_BYTES, readableHighWaterMark: 2 * GUNZIP_CHUNK_BYTES };

/**
 * Decompresses a stream in bounded memory.
 *
 * @param isBomb whether it is not worth reading on, by the bytes that came out and went in so far.
 * @throws GzipError
 * @throws whatever the source throws.
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  isBomb: (inflatedBytes: number, storedBytes: number) => boolean,
): AsyncGenerator<Buffer, void, undefined> {
  const input = new InputMeter(source);
  const gunzip = createGunzip(GUNZIP_OPTIONS);
  // Errors of either side surface in the loop below.
  pipeline(Readable.from(input.chunks(), { objectMode: true, highWaterMark: 1 }), gunzip, () => undefined);
  let inflatedBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflatedBytes += chunk.length;
      if (isBomb(inflatedBytes, input.bytes)) {
        throw new GzipError(
          'DecompressionBomb',
          `It holds ${inflatedBytes} bytes or more in ${input.bytes}, which no log file does.`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    throw problemOf(error, input) ?? error;
  }
  const unread = input.bytes - gunzip.bytesWritten;
  if (unread > 0) {
    throw new GzipError('TrailingGarbage', `${unread} bytes follow the gzip data.`);
  }
}

/** Counts what goes into zlib, which tells less when it fails. */
class InputMeter {
  readonly #source: AsyncIterable<Uint8Array>;
  #start: number[] = [];
  bytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#source) {
      if (this.#start.length < 2) {
        this.#start = [...this.#start, ...chunk.subarray(0, 2)].slice(0, 2);
      }
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  get startsLikeGzip(): boolean {
    return (this.#start[0] ?? 0x1f) === 0x1f && (this.#start[1] ?? 0x8b) === 0x8b;
  }
}

function problemOf(error: unknown, input: InputMeter): GzipError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code?.startsWith('Z_')) {
    return undefined;
  }
  if (input.bytes === 0) {
    return new GzipError('EmptyObject', 'The object holds no bytes.');
  }
  if (!input.startsLikeGzip) {
    return new GzipError('NotGzip', 'The object is not a gzip file: it does not begin with 1f 8b.');
  }
  // A single stray byte behind the last member too: zlib waits for two before it calls them no header, and
  // 1f or 1f 8b may well be all that is left of a further member.
  if (code === 'Z_BUF_ERROR') {
    return new GzipError('TruncatedGzip', `The gzip file is cut off after ${input.bytes} bytes.`);
  }
  // zlib's words for a second member that does not begin like one.
  if (message === 'incorrect header check') {
    return new GzipError('TrailingGarbage', 'Something other than gzip follows the gzip data.');
  }
  return new GzipError('CorruptGzip', `The gzip file is damaged (zlib: ${message}).`);
}

/** Decompresses gzip files, of one member or several (RFC 1952), and tells what is wrong with bad ones. */
import { PassThrough, pipeline, Readable } from 'node:stream';
import { crc32, createGunzip, createInflateRaw, inflateRawSync } from 'node:zlib';
import { PoisonError } from './failures.ts';

/** Larger chunks save switches between threads; peers use 64 KB and less. */
const CHUNK_BYTES = 256 * 1024;
/** Two chunks are decompressed ahead of the reader. */
const GUNZIP_OPTIONS = { chunkSize: CHUNK_BYTES, readableHighWaterMark: 2 * CHUNK_BYTES };

/**
 * CloudTrail's JSON compresses five to thirty times, deflate at most 1,032 times. Memory is bounded whatever
 * the ratio, for nothing is kept; what a bomb costs is time. So the ratio is looked at only once a file has
 * proved large, where no real file comes near it.
 */
const BOMB_RATIO = 200;
const BOMB_BYTES = 64 * 1024 * 1024;

const TRAILER_BYTES = 8;
/** zlib's own least. */
const LEAST_CHUNK_BYTES = 64;

/**
 * Decompresses a stream in bounded memory.
 *
 * @throws PoisonError `EmptyObject`, `NotGzip`, `TruncatedGzip`, `CorruptGzip`, `TrailingGarbage` (also for
 * zeros, as some tools pad with: zlib stops there, and what follows would be lost silently) or
 * `DecompressionBomb`.
 * @throws whatever the source throws.
 */
export async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const input = new InputMeter(source);
  const gunzip = createGunzip(GUNZIP_OPTIONS);
  // Errors of either side surface in the loop below.
  pipeline(Readable.from(input.chunks(), { objectMode: true, highWaterMark: 1 }), gunzip, () => undefined);
  let rawBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      rawBytes += chunk.length;
      if (rawBytes > BOMB_BYTES && rawBytes > BOMB_RATIO * input.bytes) {
        throw new PoisonError(
          'DecompressionBomb',
          `The object holds more than ${BOMB_RATIO} times its ${input.bytes} bytes, which no CloudTrail file does.`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    throw poisonOf(error, input) ?? error;
  }
  const unread = input.bytes - gunzip.bytesWritten;
  if (unread > 0) {
    throw new PoisonError('TrailingGarbage', `${unread} bytes follow the gzip data.`);
  }
}

/**
 * Decompresses a small file of one member at once: without the cost of a stream, which is several times that
 * of the work itself. Returns `undefined` for anything else (several members, a bad file, more than
 * `maximumBytes`): `gunzipped` then finds out what it is.
 */
export function gunzipSingleMember(file: Buffer, maximumBytes: number): Buffer | undefined {
  const header = headerBytes(file);
  if (header === undefined) {
    return undefined;
  }
  const claimedBytes = file.readUInt32LE(file.length - 4);
  if (claimedBytes > maximumBytes) {
    return undefined;
  }
  try {
    const { buffer, engine } = inflateRawSync(file.subarray(header), {
      info: true,
      maxOutputLength: Math.max(1, claimedBytes),
      // One byte more than will come, so that zlib sees its end. In chunks it takes twice the time.
      chunkSize: Math.max(LEAST_CHUNK_BYTES, claimedBytes + 1),
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const trailer = header + engine.bytesWritten;
    const whole =
      trailer + TRAILER_BYTES === file.length &&
      file.readUInt32LE(trailer) === crc32(buffer) &&
      file.readUInt32LE(trailer + 4) === buffer.length;
    return whole ? buffer : undefined;
  } catch {
    // Bad or too large: the stream names it.
    return undefined;
  }
}

/** Whether a file that `gunzipped` found good is of one member. */
export async function isSingleMember(file: Buffer): Promise<boolean> {
  const header = headerBytes(file);
  if (header === undefined) {
    return false;
  }
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  inflate.end(file.subarray(header));
  // Only where the deflate data ends is of interest.
  await new Promise((resolve, reject) => {
    pipeline(inflate, new PassThrough().resume(), (error) => (error ? reject(error) : resolve(undefined)));
  });
  return header + inflate.bytesWritten + TRAILER_BYTES === file.length;
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

function poisonOf(error: unknown, input: InputMeter): PoisonError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!code?.startsWith('Z_')) {
    return undefined;
  }
  if (input.bytes === 0) {
    return new PoisonError('EmptyObject', 'The object holds no bytes.');
  }
  if (!input.startsLikeGzip) {
    return new PoisonError('NotGzip', 'The object is not a gzip file: it does not begin with 1f 8b.');
  }
  // A single stray byte behind the last member too: zlib waits for two before it calls them no header, and
  // 1f or 1f 8b may well be all that is left of a further member.
  if (code === 'Z_BUF_ERROR') {
    return new PoisonError('TruncatedGzip', `The gzip file is cut off after ${input.bytes} bytes.`);
  }
  // zlib's words for a second member that does not begin like one.
  if (message === 'incorrect header check') {
    return new PoisonError('TrailingGarbage', 'Something other than gzip follows the gzip data.');
  }
  return new PoisonError('CorruptGzip', `The gzip file is damaged (zlib: ${message}).`);
}

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const FLAGS_RESERVED = 0xe0;
const FIXED_HEADER_BYTES = 10;

/** Length of a gzip member's header (RFC 1952, section 2.3); `undefined` where it is none. */
function headerBytes(file: Buffer): number | undefined {
  const [magic1, magic2, method, flags = 0] = file;
  if (magic1 !== 0x1f || magic2 !== 0x8b || method !== 8 || flags & FLAGS_RESERVED) {
    return undefined;
  }
  let at = FIXED_HEADER_BYTES;
  if (flags & FLAG_EXTRA) {
    at += 2 + (file[at] ?? 0) + 256 * (file[at + 1] ?? 0);
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (flags & flag) {
      const end = file.indexOf(0, at);
      if (end < 0) {
        return undefined;
      }
      at = end + 1;
    }
  }
  at += flags & FLAG_HEADER_CRC ? 2 : 0;
  return at + TRAILER_BYTES <= file.length ? at : undefined;
}

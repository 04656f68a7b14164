/** Decompresses the gzip files that are forwarded: small ones at once, all others as a stream. */
import { PassThrough, pipeline } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { GUNZIP_CHUNK_BYTES, GzipError, gunzipped } from '../shared/gunzip.ts';
import { PoisonError } from './failures.ts';

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
 * @throws PoisonError with a `GzipProblem` for its reason.
 * @throws whatever the source throws.
 */
export async function* readGzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* gunzipped(source, isBomb);
  } catch (error) {
    throw error instanceof GzipError
      ? new PoisonError(error.problem, error.message, { cause: error })
      : error;
  }
}

function isBomb(inflatedBytes: number, storedBytes: number): boolean {
  return inflatedBytes > BOMB_BYTES && inflatedBytes > BOMB_RATIO * storedBytes;
}

/**
 * Decompresses a small file of one member at once: without the cost of a stream, which is several times that
 * of the work itself. Returns `undefined` for anything else (several members, a bad file, more than
 * `maximumBytes`): `readGzip` then finds out what it is.
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

/** Whether a file that `readGzip` found good is of one member. */
export async function isSingleMember(file: Buffer): Promise<boolean> {
  const header = headerBytes(file);
  if (header === undefined) {
    return false;
  }
  const inflate = createInflateRaw({ chunkSize: GUNZIP_CHUNK_BYTES });
  inflate.end(file.subarray(header));
  // Only where the deflate data ends is of interest.
  await new Promise((resolve, reject) => {
    pipeline(inflate, new PassThrough().resume(), (error) => (error ? reject(error) : resolve(undefined)));
  });
  return header + inflate.bytesWritten + TRAILER_BYTES === file.length;
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

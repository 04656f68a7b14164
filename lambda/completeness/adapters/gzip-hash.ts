import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * What inflates to more is not read to its end: it takes a minute to get so far, and no log file of CloudTrail comes
 * near it.
 */
const MAXIMUM_INFLATED_BYTES = 8 * 1024 ** 3;

/** What is stored is not gzip members and nothing else, or inflates without end. */
class NotGzipError extends Error {
  override readonly name = 'NotGzipError';
}

/** S3 broke off: nothing is known of the file. */
export class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError';
}

/**
 * SHA-256, in lower-case hexadecimal, of what all of a stored file inflates to. Nothing is kept of it, whatever its
 * size.
 *
 * @param length in bytes, as stored.
 * @returns `undefined` where it is no gzip file up to its very end, or inflates without end.
 * @throws BrokenOffError
 */
export async function hashOfGzip(
  chunks: AsyncIterable<Uint8Array>,
  length: number | undefined,
): Promise<string | undefined> {
  const source = new CountedSource(chunks, length);
  const gunzip = createGunzip();
  const hash = createHash('sha256');
  let inflated = 0;
  try {
    await pipeline(Readable.from(source.read()), gunzip, async (output: AsyncIterable<Buffer>) => {
      for await (const chunk of output) {
        inflated += chunk.length;
        if (inflated > MAXIMUM_INFLATED_BYTES) {
          throw new NotGzipError('It inflates without end.');
        }
        hash.update(chunk);
      }
    });
    // Zeros behind a member pad it, and Node.js reads no further, whatever comes behind the zeros.
    return gunzip.bytesWritten === source.bytes ? hash.digest('hex') : undefined;
  } catch (error) {
    if (error instanceof NotGzipError || isOfGunzip(error)) {
      return undefined;
    }
    throw error;
  }
}

class CountedSource {
  /** Read so far. */
  bytes = 0;
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #length: number | undefined;

  constructor(chunks: AsyncIterable<Uint8Array>, length: number | undefined) {
    this.#chunks = chunks;
    this.#length = length;
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of this.#chunks) {
        this.bytes += chunk.length;
        yield chunk;
      }
    } catch (cause) {
      throw new BrokenOffError(`S3 broke off after ${this.bytes} bytes.`, { cause });
    }
    if (this.#length !== undefined && this.bytes !== this.#length) {
      throw new BrokenOffError(`S3 sent ${this.bytes} of ${this.#length} bytes.`);
    }
  }
}

/** zlib's own errors, such as `Z_DATA_ERROR`, and those of a stream that was at its end when more came. */
function isOfGunzip(error: unknown): boolean {
  return /^(Z|ERR_STREAM)_/.test(String((error as { readonly code?: unknown }).code));
}

import { createHash } from 'node:crypto';
import { GzipError, gunzipped } from '../../shared/gunzip.ts';

/**
 * What inflates to more is not read to its end: it takes a minute to get so far, and no log file of CloudTrail comes
 * near it. (The forwarder takes much less for a bomb. Here that would be to call a file tampered with, only because it
 * is not forwarded.)
 */
const MAXIMUM_INFLATED_BYTES = 8 * 1024 ** 3;

/**
 * SHA-256, in lower-case hexadecimal, of what all of a stored file inflates to. Nothing is kept of it, whatever its
 * size.
 *
 * @returns `undefined` where it is no gzip file up to its very end, or inflates without end.
 * @throws whatever the source throws.
 */
export async function hashOfGzip(stored: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of gunzipped(stored, isWithoutEnd)) {
      hash.update(chunk);
    }
  } catch (error) {
    if (error instanceof GzipError) {
      return undefined;
    }
    throw error;
  }
  return hash.digest('hex');
}

function isWithoutEnd(inflatedBytes: number): boolean {
  return inflatedBytes > MAXIMUM_INFLATED_BYTES;
}

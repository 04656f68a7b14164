/** From an object's bytes to text: gzip or not, whole or cut off. */
import { constants, gunzipSync, type InputType, type ZlibOptions } from 'node:zlib';
import { isGzip } from '../../shared/gunzip.ts';

/** What can be read of an object, and what is wrong with the rest. */
export interface ReadableBytes {
  readonly bytes: Buffer;
  /** Why the object is not whole, in a sentence; absent where it is. */
  readonly defect?: string;
}

/**
 * The most that an object may inflate to in memory: some hundred thousand events. What holds more is read as a stream; see
 * large-object.ts.
 */
export const INFLATED_LIMIT_BYTES = 64 * 1024 * 1024;

/** It inflates to more than can be held in memory. */
export class InflatedTooLargeError extends Error {
  override readonly name = 'InflatedTooLargeError';

  constructor(limit: number) {
    super(`The object inflates to more than ${limit} bytes.`);
  }
}

/**
 * An object's content, inflated where it is gzip, of one member or several. Of one that is cut off, what comes before the cut.
 *
 * @throws InflatedTooLargeError
 */
export function readableBytes(content: Buffer, limit = INFLATED_LIMIT_BYTES): ReadableBytes {
  if (!isGzip(content)) {
    return { bytes: content };
  }
  try {
    const { bytes, read } = inflate(content, { maxOutputLength: limit });
    return read === content.length
      ? { bytes }
      : { bytes, defect: `${content.length - read} bytes follow the gzip data.` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new InflatedTooLargeError(limit);
    }
    if (code !== 'Z_BUF_ERROR') {
      return { bytes: Buffer.alloc(0), defect: `The gzip data is damaged (zlib: ${message}).` };
    }
    return {
      bytes: inflate(content, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH }).bytes,
      defect: `The gzip data is cut off after ${content.length} bytes.`,
    };
  }
}

/** zlib's own count of what it has read: it stops without a word at zeros behind the data. */
interface InflatedWithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflate(content: InputType, options: ZlibOptions): { bytes: Buffer; read: number } {
  // The types do not know what `info` changes (Node.js, "Class: Options" of zlib).
  const { buffer, engine } = gunzipSync(content, { ...options, info: true }) as unknown as InflatedWithInfo;
  return { bytes: buffer, read: engine.bytesWritten };
}

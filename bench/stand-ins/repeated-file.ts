/** A gzip file of any size that is never held: one compressed stretch of events, over and over. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { eventText, Randomness } from '../events.ts';

/** So many that no compressor's window reaches from one repetition into the next. */
const EVENTS = 7_000;
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const OPENING = Buffer.from('{"Records":[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']}');

export interface RepeatedFile {
  /** Bytes, compressed. */
  readonly length: number;
  pieces(): Iterable<Buffer>;
}

let stretch: { readonly raw: Buffer; readonly deflated: Buffer } | undefined;

/** One gzip member `{"Records":[…]}` of about `rawBytes` bytes when inflated. */
export function repeatedFile(rawBytes: number): RepeatedFile {
  stretch ??= makeStretch();
  const { raw, deflated } = stretch;
  const times = Math.max(1, Math.round(rawBytes / raw.length));
  const opening = deflatedPiece(OPENING);
  const comma = deflatedPiece(COMMA);
  const closing = deflateRawSync(CLOSING);
  return {
    length:
      HEADER.length +
      opening.length +
      times * (deflated.length + comma.length) -
      comma.length +
      closing.length +
      8,
    *pieces() {
      let crc = crc32(OPENING);
      let size = OPENING.length;
      yield Buffer.concat([HEADER, opening]);
      for (let at = 0; at < times; at += 1) {
        if (at > 0) {
          crc = crc32(COMMA, crc);
          size += COMMA.length;
          yield comma;
        }
        crc = crc32(raw, crc);
        size += raw.length;
        yield deflated;
      }
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(crc32(CLOSING, crc), 0);
      trailer.writeUInt32LE((size + CLOSING.length) % 2 ** 32, 4);
      yield Buffer.concat([closing, trailer]);
    },
  };
}

function makeStretch() {
  const random = new Randomness(4);
  const raw = Buffer.from(Array.from({ length: EVENTS }, (_, index) => eventText(random, index)).join(','));
  return { raw, deflated: deflatedPiece(raw) };
}

/** Deflate data that ends at a byte's border, so that more can follow (RFC 1951; zlib's `Z_SYNC_FLUSH`). */
function deflatedPiece(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

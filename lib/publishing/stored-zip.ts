/**
 * Writes ZIP archives whose bytes depend on nothing but what they hold: no time, no owner, no order of a
 * file system. Files are stored, not compressed: compressed bytes differ from one zlib to the next, and an
 * archive's name is the hash of its bytes, so whoever builds the same source must get the same.
 *
 * Source: PKWARE's APPNOTE.TXT, sections 4.3 (structure) and 4.4 (fields).
 */
import { crc32 } from 'node:zlib';

export interface ArchivedFile {
  /** With forward slashes. */
  readonly name: string;
  readonly bytes: Buffer;
}

const LOCAL_FILE_HEADER = 0x04034b50;
const CENTRAL_DIRECTORY_HEADER = 0x02014b50;
const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
/** 1.0: stored files only. */
const VERSION_NEEDED = 10;
/** In the upper byte "made on Unix", so that the permissions below are read. */
const VERSION_MADE_BY = 0x0300 + VERSION_NEEDED;
const NAMES_ARE_UTF8 = 0x0800;
const STORED = 0;
const MIDNIGHT = 0;
/** 1 January 1980, the first day that the format knows. */
const FIRST_DAY = 0x0021;
/** A regular file that everybody may read: Lambda runs functions as a user of its own. */
const READABLE_FILE = 0o100644;

/** @throws RangeError beyond what the format holds without extensions: 4 GiB, 65,535 files. */
export function storedZip(files: readonly ArchivedFile[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const nameBytes = Buffer.from(name);
    const common = fields([
      [2, NAMES_ARE_UTF8],
      [2, STORED],
      [2, MIDNIGHT],
      [2, FIRST_DAY],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, nameBytes.length],
      // No extra field.
      [2, 0],
    ]);
    const local = [
      fields([
        [4, LOCAL_FILE_HEADER],
        [2, VERSION_NEEDED],
      ]),
      common,
      nameBytes,
      bytes,
    ];
    directory.push(
      fields([
        [4, CENTRAL_DIRECTORY_HEADER],
        [2, VERSION_MADE_BY],
        [2, VERSION_NEEDED],
      ]),
      common,
      // No comment, first disk, binary; then the permissions, in the upper half, and where the file begins.
      fields([
        [2, 0],
        [2, 0],
        [2, 0],
        [2, 0],
        [2, READABLE_FILE],
        [4, offset],
      ]),
      nameBytes,
    );
    locals.push(...local);
    offset += lengthOf(local);
  }
  const end = fields([
    [4, END_OF_CENTRAL_DIRECTORY],
    // This disk is the first and only one.
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, lengthOf(directory)],
    [4, offset],
    // No comment.
    [2, 0],
  ]);
  return Buffer.concat([...locals, ...directory, end]);
}

/** Unsigned integers of two or four bytes, little-endian. */
function fields(values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) {
    at = bytes === 2 ? buffer.writeUInt16LE(value, at) : buffer.writeUInt32LE(value, at);
  }
  return buffer;
}

function lengthOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}

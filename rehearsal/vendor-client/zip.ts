/** A zip archive of one file, stored as it is: all that Lambda needs of the format (PKWARE APPNOTE 4.3). */
import { crc32 } from 'node:zlib';

const VERSION = 20;
const STORED = 0;
/** 1 January 1980, the format's first day. */
const DATE = 0x21;
const READABLE = 0o100644;

export function zipOf(name: string, content: Buffer): Buffer {
  const local = headerOf(0x04034b50, [], name, content, Buffer.alloc(0));
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(READABLE * 0x10000, 6);
  const central = headerOf(0x02014b50, [VERSION | (3 << 8)], name, content, attributes);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length + content.length, 16);
  return Buffer.concat([local, content, central, end]);
}

/** What the local and the central header have in common, with what each has before and after it. */
function headerOf(
  signature: number,
  before: readonly number[],
  name: string,
  content: Buffer,
  after: Buffer,
): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt32LE(signature);
  const shorts = (values: readonly number[]) => Buffer.from(new Uint16Array(values).buffer);
  const longs = (values: readonly number[]) => Buffer.from(new Uint32Array(values).buffer);
  const fileName = Buffer.from(name);
  return Buffer.concat([
    start,
    shorts([...before, VERSION, 0, STORED, 0, DATE]),
    longs([crc32(content), content.length, content.length]),
    shorts([fileName.length, 0]),
    after,
    fileName,
  ]);
}

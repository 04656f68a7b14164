/** The content of a file or of standard input, inflated where it is gzip, as lines. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GZIP_MAGIC_BYTES, isGzip } from '../../lambda/shared/gunzip.ts';

const LINE_FEED = 0x0a;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Without its line feed. */
  readonly bytes: Buffer;
}

/**
 * The lines of a content, as they come: a line is held in memory, and no more.
 *
 * @throws what the input fails with, or zlib where gzip data is damaged or cut off: after the lines before that.
 */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let begun: Buffer[] = [];
  for await (const chunk of inflated(input)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      number += 1;
      yield { number, bytes: Buffer.concat([...begun, chunk.subarray(start, end)]) };
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) {
      begun.push(chunk.subarray(start));
    }
  }
  if (begun.length > 0) {
    yield { number: number + 1, bytes: Buffer.concat(begun) };
  }
}

async function* inflated(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const chunks = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done === true) {
      break;
    }
    head = Buffer.concat([head, next.value]);
  }
  const whole = withHead(head, chunks);
  if (!isGzip(head)) {
    yield* whole;
    return;
  }
  const compressed = Readable.from(whole);
  const gunzip = createGunzip();
  // A pipe does not hand failures on.
  compressed.on('error', (error) => gunzip.destroy(error));
  yield* compressed.pipe(gunzip) as AsyncIterable<Buffer>;
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}

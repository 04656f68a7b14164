/** Reads an object that does not fit into memory, in portions of whole lines. */
import { gunzipped, isGzip } from '../../shared/gunzip.ts';

/** A portion is cut at the last line feed before it reaches this. */
const PORTION_BYTES = 8 * 1024 * 1024;
/** A line beyond this is no event: it is cut, and told. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
/** Logs inflate to some ten times their size; nothing that DEFLATE makes of text inflates to this many. */
const MOST_INFLATION = 500;

/**
 * The content, inflated where it is gzip, cut behind line feeds.
 *
 * @throws GzipError where the gzip data is damaged, after what could be read.
 */
export async function* portionsOf(
  body: AsyncIterable<Uint8Array>,
  portionBytes = PORTION_BYTES,
): AsyncGenerator<Buffer, void, undefined> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of await inflated(body)) {
    held.push(Buffer.from(chunk));
    bytes += chunk.length;
    const cut = bytes < portionBytes ? -1 : chunk.lastIndexOf(0x0a);
    if (cut !== -1 || bytes >= LONGEST_LINE_BYTES) {
      const all = Buffer.concat(held);
      const end = cut === -1 ? all.length : all.length - chunk.length + cut + 1;
      yield all.subarray(0, end);
      held = [all.subarray(end)];
      bytes = all.length - end;
    }
  }
  yield Buffer.concat(held);
}

async function inflated(body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = body[Symbol.asyncIterator]();
  const start = await chunks.next();
  const whole = chain(start.done ? [] : [start.value], chunks);
  return start.done || !isGzip(start.value)
    ? whole
    : gunzipped(whole, (inflatedBytes, storedBytes) => inflatedBytes > MOST_INFLATION * storedBytes);
}

async function* chain(
  first: Iterable<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    yield next.value;
  }
}

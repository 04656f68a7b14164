/** What a destination is sent to see whether it takes what we send, where there is no file to send. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Destination, OutgoingPart } from './destination.ts';

/** CloudTrail's document without records: the smallest, and it shows nowhere as an event. */
export const EMPTY_DOCUMENT = gzipSync('{"Records":[]}');

/**
 * @param words for a destination of lines, which takes nothing that does not show: a key to find or filter such lines
 *   by, and a sentence for who reads them.
 */
export function connectionCheck(
  { format }: Pick<Destination, 'format'>,
  words: { readonly trailbridge: string; readonly message: string },
): OutgoingPart {
  const body =
    format === 'records-document'
      ? EMPTY_DOCUMENT
      : Buffer.from(JSON.stringify({ ...words, time: new Date().toISOString() }));
  return { body, records: 0, idempotencyKey: randomUUID() };
}

import { gunzipSync } from 'node:zlib';

/** `eventID`s in the body of an upload, of either format; empty for a record without. */
export function eventsIn(body: Buffer): string[] {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const records: { readonly eventID?: string }[] = isGzip
    ? JSON.parse(gunzipSync(body).toString()).Records
    : body
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
  return records.map(({ eventID = '' }) => eventID);
}

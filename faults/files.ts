/** CloudTrail files with events that can be counted. */
import { gzipSync } from 'node:zlib';
import { noise } from '../test/stand-ins/noise.ts';

export interface TrailFile {
  readonly body: Buffer;
  /** Of the file when it is inflated; `undefined` where it cannot be. */
  readonly text: string | undefined;
  /** `eventID`s that are to arrive. */
  readonly ids: readonly string[];
}

let files = 0;

export interface FileOptions {
  readonly records?: number;
  /** Characters in each record that hardly compress. */
  readonly padding?: number;
}

export function trailFile({ records = 3, padding = 0 }: FileOptions = {}): TrailFile {
  files += 1;
  const ids = Array.from({ length: records }, (_, index) => `event-${files}-${index}`);
  const texts = ids.map((id, index) => recordText(id, noise(padding, files * 1000 + index)));
  const text = `{"Records":[${texts.join(',')}]}`;
  return { body: gzipSync(text), text, ids };
}

/** A file that fits no single upload: about two megabytes as gzip, in several parts. */
export function largeFile(): TrailFile {
  return trailFile({ records: 24, padding: 150_000 });
}

export function recordText(eventID: string, padding = ''): string {
  return `{"eventVersion":"1.11","eventID":"${eventID}","eventName":"GetObject","n":1.0,"p":"${padding}"}`;
}

/** A file of which nothing is to arrive. */
export function badFile(body: Buffer): TrailFile {
  return { body, text: undefined, ids: [] };
}

/** A raw object: records of one hour, one a line, compressed; and what may be wrong with one. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  type ArchivedRecord,
  type ArchiveHour,
  type AuditSource,
  archivedLine,
  archiveHour,
  hourOf,
  sourceOf,
} from '../../../contract/archive.ts';
import { faultsOf } from '../../../contract/faults.ts';
import { tryParseJson } from '../../shared/remote-words.ts';

/** What is wrong with a raw object, or with one of its lines. */
export interface Damage {
  readonly key: string;
  /** Counted from 1; absent where the whole object is damaged. */
  readonly line?: number;
  /** In a few words. */
  readonly problem: string;
}

export interface RawObject {
  readonly records: readonly ArchivedRecord[];
  readonly damages: readonly Damage[];
}

/** Where a raw object belongs. */
export interface RawPlace {
  readonly key: string;
  readonly source: AuditSource;
  readonly hour: ArchiveHour;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** Of an object, inflated: far beyond what is ever written, so that a forged one does not take all memory. */
const MAXIMUM_INFLATED_BYTES = 512 * 1024 * 1024;
const NEWLINE = 0x0a;

/** @param lines as `lineOf` makes them. */
export function packLines(lines: readonly string[]): Promise<Buffer> {
  return compress(lines.join(''));
}

export function lineOf({ id, time, collectedAt, origin, record }: ArchivedRecord): string {
  return `${JSON.stringify({ id, time, collectedAt, origin, record })}\n`;
}

/**
 * Reads what is whole in an object, and says what is not.
 *
 * A record that does not belong where it lies was not put there by us, and would be found by no search: it is damage, too.
 */
export async function unpackObject(place: RawPlace, body: Buffer): Promise<RawObject> {
  const { key } = place;
  let text: Buffer;
  try {
    text = await decompress(body, { maxOutputLength: MAXIMUM_INFLATED_BYTES });
  } catch (error) {
    // What zlib cannot read is told like any other damage, and the other objects of the hour are read.
    return { records: [], damages: [{ key, problem: `it cannot be decompressed (${wordsOf(error)})` }] };
  }
  const records: ArchivedRecord[] = [];
  const damages: Damage[] = [];
  let line = 0;
  for (const bytes of linesOf(text)) {
    line += 1;
    const read = readLine(place, bytes.toString('utf8'));
    if (typeof read === 'string') {
      damages.push({ key, line, problem: read });
    } else {
      records.push(read);
    }
  }
  return { records, damages };
}

/** Line by line, for one string of the whole may be longer than JavaScript's may be. */
function* linesOf(text: Buffer): Generator<Buffer, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(NEWLINE, start);
    const end = newline === -1 ? text.length : newline;
    yield text.subarray(start, end);
    start = end + 1;
  }
}

/** @returns the record, or what is wrong with the line. */
function readLine({ source, hour }: RawPlace, line: string): ArchivedRecord | string {
  const parsed = archivedLine.safeParse(tryParseJson(line));
  if (!parsed.success) {
    return `it is no archived record (${faultsOf(parsed.error, 'line')})`;
  }
  const { id, time } = parsed.data;
  const belongs = sourceOf(id) === source && hourOf(id) === hour && isInHour(time, hour);
  return belongs ? parsed.data : `the record ${id} does not belong here`;
}

function isInHour(time: number, hour: ArchiveHour): boolean {
  return Math.abs(time) < 8.64e15 && archiveHour(time) === hour;
}

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `${code}: ${message}`;
}

/** The CloudTrail files that a rehearsal forwards, and what must arrive of them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { GivenFilter } from './filter.ts';

export interface InputFile {
  readonly key: string;
  readonly body: Buffer;
}

export interface Corpus {
  /** Told in the report: a folder, or `generated`. */
  readonly name: string;
  readonly files: readonly InputFile[];
  /** How often each event id must arrive: as often as the forwarded files hold it, where no filter drops it. */
  readonly expected: ReadonlyMap<string, number>;
  /** SHA-256 of each event's record, by event id: its JSON without white space between tokens. */
  readonly contents: ReadonlyMap<string, ReadonlySet<string>>;
  /** SHA-256 of the uncompressed file, by the key of each file that must be forwarded. */
  readonly fileHashes: ReadonlyMap<string, string>;
  /** What must become of the records of each such file, by its key. */
  readonly records: ReadonlyMap<string, RecordCounts>;
  /** Keys of files that no destination could take: not gzip, not JSON, without records. */
  readonly poison: ReadonlySet<string>;
}

export interface RecordCounts {
  /** In the file. */
  readonly read: number;
  /** By the name of the rule that drops them. */
  readonly dropped: ReadonlyMap<string, number>;
}

/** Tells which filter is on while a file is forwarded. */
export type FilterOfFile = (key: string) => GivenFilter | undefined;

/** The input folder cannot be used. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const LAYOUT_ROOT = 'AWSLogs';

/**
 * Reads a folder of CloudTrail files. A file's key is its path below the folder.
 *
 * @throws InputError where the folder does not exist or holds no such file.
 */
export async function readCorpus(folder: string): Promise<Corpus> {
  const paths = await listFiles(folder);
  const inLayout = paths.filter((path) => path.split(sep).includes(LAYOUT_ROOT)).sort();
  if (inLayout.length === 0) {
    throw new InputError(
      `${folder} holds no file below a folder ${LAYOUT_ROOT}. Give the folder that contains ${LAYOUT_ROOT}/<account>/CloudTrail/….`,
    );
  }
  const files = await Promise.all(
    inLayout.map(async (path) => ({
      key: path.split(sep).join('/'),
      body: await readFile(join(folder, path)),
    })),
  );
  return corpusOf(folder, files);
}

export function corpusOf(
  name: string,
  files: readonly InputFile[],
  filterOfFile: FilterOfFile = () => undefined,
): Corpus {
  const expected = new Map<string, number>();
  const contents = new Map<string, Set<string>>();
  const fileHashes = new Map<string, string>();
  const recordCounts = new Map<string, RecordCounts>();
  const poison = new Set<string>();
  for (const { key, body } of files.filter(isForwarded)) {
    const content = readLogFile(body);
    if (content === undefined) {
      poison.add(key);
      continue;
    }
    fileHashes.set(key, sha256(content.raw));
    const filter = filterOfFile(key);
    const dropped = new Map<string, number>();
    recordCounts.set(key, { read: content.records.length, dropped });
    for (const record of content.records) {
      const rule = filter?.droppingRule(record);
      if (rule !== undefined) {
        dropped.set(rule, (dropped.get(rule) ?? 0) + 1);
        continue;
      }
      const { eventID } = record as { eventID?: unknown };
      if (typeof eventID === 'string') {
        expected.set(eventID, (expected.get(eventID) ?? 0) + 1);
        contents.set(eventID, (contents.get(eventID) ?? new Set()).add(sha256(JSON.stringify(record))));
      }
    }
  }
  return { name, files, expected, contents, fileHashes, records: recordCounts, poison };
}

/**
 * The same files as if CloudTrail delivered them on a given day: listings look for what was delivered lately in
 * the folders of those days.
 */
export function deliveredOn(day: Date, { name, files }: Corpus): Corpus {
  const [year = '', month = '', date = ''] = day.toISOString().slice(0, 10).split('-');
  return corpusOf(
    name,
    files.map(({ key, body }) => ({
      key: key
        .replace(/\/\d{4}\/\d{2}\/\d{2}\//, `/${year}/${month}/${date}/`)
        .replace(/_\d{8}T/, `_${year}${month}${date}T`),
      body,
    })),
  );
}

/** Whether the product is to forward a file: logs and Insight, no digests. */
export function isForwarded({ key }: InputFile): boolean {
  const parsed = parseCloudTrailKey(key);
  return parsed !== undefined && parsed.kind !== 'CloudTrail-Digest';
}

/** `undefined` where the file is not a CloudTrail log file. */
function readLogFile(
  body: Buffer,
): { readonly raw: Buffer; readonly records: readonly object[] } | undefined {
  try {
    const raw = gunzipSync(body);
    const document: unknown = JSON.parse(withoutByteOrderMark(raw.toString('utf8')));
    const records = (document as { Records?: unknown }).Records;
    return Array.isArray(records) && records.every(isObject) ? { raw, records } : undefined;
  } catch {
    // Not gzip or not JSON: poison, which is what the caller asks about.
    return undefined;
  }
}

function isObject(record: unknown): boolean {
  return typeof record === 'object' && record !== null;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Not JSON's, strictly, but some editors leave one, and every reader of JSON at the destinations skips it. */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    throw new InputError(`The input folder ${folder} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** The CloudTrail files that a rehearsal forwards, and what must arrive of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';

export interface InputFile {
  readonly key: string;
  readonly body: Buffer;
}

export interface Corpus {
  /** Told in the report: a folder, or `generated`. */
  readonly name: string;
  readonly files: readonly InputFile[];
  /** How often each event id must arrive: as often as the forwarded files hold it. */
  readonly expected: ReadonlyMap<string, number>;
  /** Keys of files that no destination could take: not gzip, not JSON, without records. */
  readonly poison: ReadonlySet<string>;
}

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

export function corpusOf(name: string, files: readonly InputFile[]): Corpus {
  const expected = new Map<string, number>();
  const poison = new Set<string>();
  for (const { key, body } of files.filter(isForwarded)) {
    const ids = eventIds(body);
    if (ids === undefined) {
      poison.add(key);
    }
    for (const id of ids ?? []) {
      expected.set(id, (expected.get(id) ?? 0) + 1);
    }
  }
  return { name, files, expected, poison };
}

/** Whether the product is to forward a file: logs and Insight, no digests. */
export function isForwarded({ key }: InputFile): boolean {
  const parsed = parseCloudTrailKey(key);
  return parsed !== undefined && parsed.kind !== 'CloudTrail-Digest';
}

/** The event ids of a file's records; `undefined` where the file is not a CloudTrail log file. */
function eventIds(body: Buffer): string[] | undefined {
  try {
    const document: unknown = JSON.parse(withoutByteOrderMark(gunzipSync(body).toString('utf8')));
    const records = (document as { Records?: unknown }).Records;
    if (!Array.isArray(records)) {
      return undefined;
    }
    return records.flatMap(({ eventID }: { eventID?: unknown }) =>
      typeof eventID === 'string' ? [eventID] : [],
    );
  } catch {
    // Not gzip or not JSON: poison, which is what the caller asks about.
    return undefined;
  }
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

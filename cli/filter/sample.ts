/** Tries a filter on CloudTrail files, with the code that the forwarder runs. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PoisonError } from '../../lambda/forwarding/failures.ts';
import { FileScan } from '../../lambda/forwarding/file-scan.ts';
import { readGzip } from '../../lambda/forwarding/gzip-reader.ts';
import { countOf } from '../../lambda/forwarding/record-account.ts';
import type { RecordFilter } from '../../lambda/forwarding/record-filter.ts';
import { GZIP_MAGIC_BYTES, isGzip } from '../../lambda/shared/gunzip.ts';
import { UserError } from '../errors.ts';

/** What a filter does to some files. */
export interface SampleResult {
  readonly files: number;
  readonly records: number;
  readonly forwarded: number;
  readonly dropped: number;
  /** By the name of the rule; a rule that dropped none is left out. */
  readonly droppedByRule: Readonly<Record<string, number>>;
  /** By call, such as `kms.amazonaws.com Decrypt`, the most frequent first. */
  readonly droppedByCall: Readonly<Record<string, number>>;
  /** Files that the forwarder would dead-letter, and why: not among those counted. */
  readonly unusable: Readonly<Record<string, string>>;
}

/** Shown of what is dropped. */
const MOST_FREQUENT_CALLS = 20;

/**
 * @param paths CloudTrail files, compressed or not, and folders of them. Digest files in a folder are passed over, as
 *   the forwarder does.
 * @throws UserError where none of them can be used.
 */
export async function trySample(paths: readonly string[], filter: RecordFilter): Promise<SampleResult> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const byRule = new Map<string, number>();
  const byCall = new Map<string, number>();
  const unusable: Record<string, string> = {};
  let records = 0;
  for (const file of files) {
    const scanned = await scan(file, filter);
    if (typeof scanned === 'string') {
      unusable[file] = scanned;
    } else {
      records += scanned.records;
      addAll(byRule, scanned.dropped);
      addAll(byCall, scanned.calls);
    }
  }
  const [[file, why] = []] = Object.entries(unusable);
  if (file !== undefined && Object.keys(unusable).length === files.length) {
    throw new UserError(`${file} is no sample to try a filter on: ${why}`);
  }
  const dropped = countOf(byRule);
  const mostFrequent = [...byCall].sort(([, left], [, right]) => right - left);
  return {
    files: files.length - Object.keys(unusable).length,
    records,
    forwarded: records - dropped,
    dropped,
    droppedByRule: Object.fromEntries(byRule),
    droppedByCall: Object.fromEntries(mostFrequent.slice(0, MOST_FREQUENT_CALLS)),
    unusable,
  };
}

function addAll(counts: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) {
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
}

function callOf(record: Buffer): string {
  const { eventSource = '?', eventName = '?' } = JSON.parse(record.toString('utf8')) as Record<
    string,
    unknown
  >;
  return `${eventSource} ${eventName}`;
}

/** @returns what is in the file, or why it cannot be used. */
async function scan(file: string, filter: RecordFilter) {
  const calls = new Map<string, number>();
  const observed: Pick<RecordFilter, 'dropping'> = {
    dropping: (record) => {
      const rule = filter.dropping(record);
      if (rule !== undefined) {
        addAll(calls, new Map([[callOf(record), 1]]));
      }
      return rule;
    },
  };
  const scanned = new FileScan({ append: () => undefined }, observed);
  try {
    const bytes = createReadStream(file);
    for await (const chunk of (await isGzipFile(file)) ? readGzip(bytes) : bytes) {
      scanned.push(chunk);
    }
    return { ...scanned.end(), calls };
  } catch (error) {
    if (error instanceof PoisonError || isFromFileSystem(error)) {
      // One that cannot be used must not hide what the others show.
      return error.message;
    }
    throw error;
  }
}

async function isGzipFile(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(GZIP_MAGIC_BYTES), 0, GZIP_MAGIC_BYTES, 0);
    return isGzip(buffer);
  } finally {
    await handle.close();
  }
}

/** @throws UserError where there is nothing at the path, or no file in the folder. */
async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) {
      return [path];
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.json(\.gz)?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !file.includes('CloudTrail-Digest'));
    if (files.length === 0) {
      throw new UserError(`${path} holds no CloudTrail file: none ends with .json or .json.gz.`);
    }
    return files.sort();
  } catch (error) {
    if (isFromFileSystem(error)) {
      throw new UserError(
        `${path} cannot be read: ${error.message}. Give a CloudTrail file or a folder of them.`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function isFromFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

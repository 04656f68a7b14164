/** Log files that a verified digest lists, held against what is stored and what was acknowledged. */
import type { LogFileVerdict, StoredCopy } from '../../contract/completeness.ts';
import { ledgerKeyOf } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import type { ListedLogFile } from './digest-document.ts';
import {
  type CompletenessServices,
  LEDGER_BATCH,
  type LedgerEntry,
  type LedgerLookup,
  OutOfReachError,
  type StoredLogFile,
} from './ports.ts';

export interface JudgedLogFile {
  readonly file: ListedLogFile;
  readonly verdict: LogFileVerdict;
  /** What a reader of the key gets now; told of files that are forwarded, or a gap. */
  readonly copy: StoredCopy;
  /** Sentence for a person; empty where the file is forwarded and intact. */
  readonly detail: string;
  /** With the verdict `Gap`: what is to be queued. */
  readonly toQueue: readonly StoredLogFile[];
  /** All that is stored under its key and was not acknowledged, also what is none of CloudTrail's. */
  readonly unacknowledged: readonly StoredLogFile[];
}

/** What is found out of a file whose versions are known. */
type Judgement = Omit<JudgedLogFile, 'file' | 'unacknowledged'>;

/** One stored version, and what is known of it. */
interface KnownVersion {
  readonly stored: StoredLogFile;
  readonly entry: LedgerEntry | undefined;
}

type FoundVersions = readonly KnownVersion[] | 'OutOfReach';

/** After an outage every file is read; each read is mostly waiting. */
const READS_AT_ONCE = 10;

type JudgingServices = Pick<CompletenessServices, 'logFiles' | 'ledger'>;

/**
 * Judges a digest's log files, in batches of at most `LEDGER_BATCH`.
 *
 * The ledger holds the hash of what was forwarded, so nothing is read of a file that was. Only a file without an
 * acknowledgement of the right hash is read, to tell a gap from tampering.
 *
 * @throws whatever the services throw.
 */
export async function* judgeLogFiles(
  files: readonly ListedLogFile[],
  services: JudgingServices,
): AsyncGenerator<readonly JudgedLogFile[], void, undefined> {
  // What is listed twice is one file.
  const distinct = [...new Map(files.map((file) => [`${placeOf(file)}#${file.sha256}`, file])).values()];
  for (let start = 0; start < distinct.length; start += LEDGER_BATCH) {
    const batch = distinct.slice(start, start + LEDGER_BATCH);
    const versions = await versionsOf(batch, services);
    const judged: JudgedLogFile[] = [];
    for (let first = 0; first < batch.length; first += READS_AT_ONCE) {
      const group = batch.slice(first, first + READS_AT_ONCE);
      const verdicts = group.map(async (file) => {
        const found = versions.get(placeOf(file)) ?? [];
        return { file, unacknowledged: unacknowledgedOf(found), ...(await judge(file, found, services)) };
      });
      judged.push(...(await Promise.all(verdicts)));
    }
    yield judged;
  }
}

/** The ledger's entries of any number of versions. */
export async function entriesOf(
  versions: readonly ObjectReference[],
  ledger: LedgerLookup,
): Promise<ReadonlyMap<string, LedgerEntry>> {
  const keys = [...new Set(versions.map(ledgerKeyOf))];
  const entries = new Map<string, LedgerEntry>();
  for (let start = 0; start < keys.length; start += LEDGER_BATCH) {
    for (const [key, entry] of await ledger.entries(keys.slice(start, start + LEDGER_BATCH))) {
      entries.set(key, entry);
    }
  }
  return entries;
}

async function versionsOf(
  files: readonly ListedLogFile[],
  { logFiles, ledger }: JudgingServices,
): Promise<ReadonlyMap<string, FoundVersions>> {
  const outOfReach = new Map<string, 'OutOfReach'>();
  const found = new Map<string, readonly StoredLogFile[]>();
  // One bucket, except where the trail's was changed within the hour.
  for (const [bucket, ofBucket = []] of Map.groupBy(files, (file) => file.bucket)) {
    const keys = [...new Set(ofBucket.map(({ key }) => key))];
    try {
      for (const [key, versions] of await logFiles.versionsOf(bucket, keys)) {
        found.set(placeOf({ bucket, key }), versions);
      }
    } catch (error) {
      if (!(error instanceof OutOfReachError)) {
        throw error;
      }
      for (const key of keys) {
        outOfReach.set(placeOf({ bucket, key }), 'OutOfReach');
      }
    }
  }
  const entries = await entriesOf([...found.values()].flat(), ledger);
  const known = [...found].map(([place, versions]): [string, FoundVersions] => [
    place,
    versions.map((stored) => ({ stored, entry: entries.get(ledgerKeyOf(stored)) })),
  ]);
  return new Map([...known, ...outOfReach]);
}

async function judge(
  file: ListedLogFile,
  versions: FoundVersions,
  { logFiles }: JudgingServices,
): Promise<Judgement> {
  if (versions === 'OutOfReach') {
    const detail = `The bucket ${file.bucket} may not be read.`;
    return { verdict: 'OutOfReach', copy: 'Intact', detail, toQueue: [] };
  }
  if (versions.length === 0) {
    const detail = 'Nothing is stored under its key; whether it was forwarded before cannot be told.';
    return { verdict: 'Deleted', copy: 'Deleted', detail, toQueue: [] };
  }
  const acknowledged = versions.filter(({ entry }) => entry?.state === 'acknowledged');
  const genuine = acknowledged.filter(({ entry }) => entry?.sha256 === file.sha256);
  let unread: readonly KnownVersion[] = [];
  if (genuine.length === 0) {
    // What the ledger has no hash of, or of an unfinished try, is read.
    const unhashed = versions.filter(
      (version) => !(acknowledged.includes(version) && version.entry?.sha256 !== undefined),
    );
    const hashes = new Map<KnownVersion, Hash>();
    for (const version of unhashed) {
      hashes.set(version, await hashOf(version, logFiles));
    }
    genuine.push(...unhashed.filter((version) => hashes.get(version) === file.sha256));
    unread = unhashed.filter((version) => hashes.get(version) === UNREADABLE);
  }
  if (genuine.length === 0 && unread.length > 0) {
    const detail =
      'It was never acknowledged, and cannot be read to tell whether it is as CloudTrail delivered it.';
    return { verdict: 'Gap', copy: 'Intact', detail, toQueue: unread.map(({ stored }) => stored) };
  }
  if (genuine.length === 0) {
    const detail =
      acknowledged.length > 0
        ? 'What was forwarded is not what CloudTrail delivered.'
        : 'What is stored is not what CloudTrail delivered; nothing of it was forwarded.';
    return { verdict: 'Altered', copy: 'Overwritten', detail, toQueue: [] };
  }
  const copy = await copyOf(file, versions, genuine, logFiles);
  if (genuine.some((version) => acknowledged.includes(version))) {
    return { verdict: 'Forwarded', copy, detail: COPY_DETAIL[copy], toQueue: [] };
  }
  const failures = [...new Set(genuine.flatMap(({ entry }) => entry?.failure ?? []))];
  const detail = failures.length === 0 ? 'It was never acknowledged.' : `It failed: ${failures.join(', ')}.`;
  return { verdict: 'Gap', copy, detail, toQueue: genuine.map(({ stored }) => stored) };
}

function unacknowledgedOf(versions: FoundVersions): readonly StoredLogFile[] {
  const known = versions === 'OutOfReach' ? [] : versions;
  return known.filter(({ entry }) => entry?.state !== 'acknowledged').map(({ stored }) => stored);
}

const COPY_DETAIL: Readonly<Record<StoredCopy, string>> = {
  Intact: '',
  Overwritten: 'Another content lies under its key now.',
  Deleted: 'It was deleted from the bucket, which keeps its earlier version.',
};

/** Only a versioned bucket can hold a genuine version beside another one. */
async function copyOf(
  file: ListedLogFile,
  versions: readonly KnownVersion[],
  genuine: readonly KnownVersion[],
  logFiles: JudgingServices['logFiles'],
): Promise<StoredCopy> {
  const current = versions.find(({ stored }) => stored.isCurrent);
  if (current === undefined) {
    return 'Deleted';
  }
  const isGenuine = genuine.includes(current) || (await hashOf(current, logFiles)) === file.sha256;
  return isGenuine ? 'Intact' : 'Overwritten';
}

const UNREADABLE = Symbol('The bytes may not be read.');

/** As `LogFileStore.hashOf` says it, or that the bytes are out of reach. */
type Hash = string | undefined | typeof UNREADABLE;

async function hashOf({ stored }: KnownVersion, logFiles: JudgingServices['logFiles']): Promise<Hash> {
  try {
    return await logFiles.hashOf(stored);
  } catch (error) {
    if (error instanceof OutOfReachError) {
      return UNREADABLE;
    }
    throw error;
  }
}

function placeOf({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `${bucket}/${key}`;
}

/**
 * What the check needs of the world: the interfaces that `adapters/` puts AWS behind, and what crosses them.
 *
 * A call that fails for a passing reason throws, and the check goes on later.
 */
import type { DigestSeries } from '../../contract/completeness.ts';
import type { LedgerItem } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';

/**
 * It may be there, and cannot be read from here, now or later, which is nobody's fault: it lies in somebody else's
 * bucket, in an archive, or in a region that is not enabled.
 */
export class OutOfReachError extends Error {
  override readonly name = 'OutOfReachError';
}

/** A span of time; see each use for which of its ends belongs to it. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export interface DigestReference {
  readonly bucket: string;
  readonly key: string;
}

export interface StoredDigest extends DigestReference {
  /** As stored: gzip. */
  readonly body: Uint8Array;
  /** User metadata by lower-case name, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DigestStore {
  /** Keys in the region's digest folder whose time is in `(from, to]`, in any order; others are left out. */
  list(series: DigestSeries, span: Span): AsyncIterable<string>;
  /**
   * `undefined` where the bucket holds no such object, or there is no such bucket any more.
   *
   * @throws OutOfReachError
   */
  get(digest: DigestReference): Promise<StoredDigest | undefined>;
}

/** As CloudTrail's `ListPublicKeys` tells it. */
export interface DigestPublicKey {
  readonly fingerprint: string;
  /** DER. */
  readonly value: Uint8Array;
  readonly validFrom: Date;
  readonly validUntil: Date;
}

export interface PublicKeySource {
  /**
   * The keys in use in the span, both ends included. Each region has its own, and tells only those.
   *
   * @throws OutOfReachError
   */
  publicKeys(region: string, span: Span): Promise<readonly DigestPublicKey[]>;
}

/** One version of a stored log file; delete markers are none. */
export interface StoredLogFile extends ObjectReference {
  /** It is what a reader of the key gets. */
  readonly isCurrent: boolean;
}

/** A version as a listing tells it. */
export interface DatedLogFile extends StoredLogFile {
  readonly storedAt: Date;
}

export interface LogFileStore {
  /**
   * The versions that are stored under each key; a key under which nothing is stored may be absent. At most 100 keys.
   *
   * @throws OutOfReachError where the bucket may not be read.
   */
  versionsOf(bucket: string, keys: readonly string[]): Promise<ReadonlyMap<string, readonly StoredLogFile[]>>;
  /**
   * SHA-256 of the file's uncompressed bytes in lower-case hexadecimal, to the very end of what is stored; `undefined`
   * where it is no gzip file, or gone since.
   *
   * @throws OutOfReachError where its bytes may not be read, or are in an archive.
   */
  hashOf(file: StoredLogFile): Promise<string | undefined>;
  /** Pages of what was stored in the region's folders of log files in `[from, to)`, every version. */
  list(series: DigestSeries, span: Span): AsyncIterable<readonly DatedLogFile[]>;
}

export type LedgerEntry = Pick<LedgerItem, 'state' | 'sha256' | 'failure'>;

/** As many keys as DynamoDB's BatchGetItem takes. */
export const LEDGER_BATCH = 100;

export interface LedgerLookup {
  /** Entries by key, see `ledgerKeyOf`; those that the ledger does not have are absent. At most `LEDGER_BATCH` keys. */
  entries(keys: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
}

export interface CompletenessServices {
  readonly digests: DigestStore;
  readonly keys: PublicKeySource;
  readonly logFiles: LogFileStore;
  readonly ledger: LedgerLookup;
}

/** How a person, and every finding, writes a place. */
export function s3Url({ bucket, key }: DigestReference): string {
  return `s3://${bucket}/${key}`;
}

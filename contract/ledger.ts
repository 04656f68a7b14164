/**
 * The ledger: one DynamoDB item for each object version, written before and after it is forwarded.
 *
 * It is what suppresses duplicates, lets a crashed object resume after its acknowledged parts, shows
 * progress, and what the completeness check compares CloudTrail's digests with.
 */
import type { ObjectReference } from './object-message.ts';

/** Days that an item is kept after its last change, by DynamoDB's time to live. */
export const LEDGER_DAYS = 400;

/** The name of the partition key. There is no sort key. */
export const LEDGER_PARTITION_KEY = 'object';

/** The attribute that DynamoDB's time to live reads, seconds since 1970. */
export const LEDGER_EXPIRY_ATTRIBUTE = 'expiresAt';

export interface LedgerItem {
  /** See `ledgerKeyOf`. */
  readonly object: string;
  readonly state: 'forwarding' | 'acknowledged';
  /** Who holds the object while its state is `forwarding`: a Lambda request id and message id. */
  readonly leaseOwner?: string;
  /** Milliseconds since 1970; after it another invocation may take the object over. */
  readonly leaseUntil?: number;
  /** Parts acknowledged so far, without a gap; with the state `acknowledged`, all of them. */
  readonly parts: number;
  /**
   * Records in those parts. A resumed object goes on after this many records rather than parts, so that
   * nothing depends on parts being cut alike twice. Those that the filter drops are not among them.
   */
  readonly records: number;
  /** Records in the file: `records` and `droppedRecords` together. */
  readonly readRecords?: number;
  /** Records that the filter dropped, in all and by the name of the rule. */
  readonly droppedRecords?: number;
  readonly droppedByRule?: Readonly<Record<string, number>>;
  /**
   * Fingerprint of the filter that was on, the first 16 digits of its text's SHA-256, or `none`. Absent before the
   * first acknowledgement; what was counted behind another filter counts for nothing.
   */
  readonly filter?: string;
  /** Bytes of the uncompressed file. */
  readonly rawBytes?: number;
  /** SHA-256 of the uncompressed file in lower-case hexadecimal, as CloudTrail's digest files list it. */
  readonly sha256?: string;
  /** ISO 8601, with milliseconds. */
  readonly acknowledgedAt?: string;
  /**
   * Who acknowledged those parts. Absent before the first; what another destination acknowledged counts for
   * nothing at this one.
   */
  readonly destination?: string;
  /**
   * Claims since an invocation last gave the object back or acknowledged it. More than one: the invocations
   * before died at it, or could not say that they failed.
   */
  readonly claims?: number;
  /**
   * Tries that failed for what may lie with the object (see `WAITING_REASONS`) since it was last acknowledged or
   * given up. Receives cannot tell: an outage makes many.
   */
  readonly failedTries?: number;
  /** Code of the latest failure, such as `NotGzip`; absent once acknowledged. */
  readonly failure?: string;
  readonly expiresAt: number;
}

/**
 * The ledger's key of an object: its version where the bucket is versioned, else its ETag, so that an object
 * overwritten under the same key is a new one.
 *
 * The sequencer of S3's events counts only where there is no ETag. A listing has no sequencer, and would
 * otherwise not recognise what an event brought; and the same ETag under the same key means the same bytes.
 */
export function ledgerKeyOf(object: ObjectReference): string {
  return `${object.bucket}/${object.key}#${versionMark(object)}`;
}

/**
 * Whether the reference names content that can never change. S3 calls what it stores while versioning is
 * suspended the version "null", and overwrites it (Amazon S3 User Guide, "Working with objects in a
 * versioning-suspended bucket").
 */
export function namesVersion({ versionId }: ObjectReference): boolean {
  return versionId !== undefined && versionId !== 'null';
}

function versionMark(object: ObjectReference): string {
  const { versionId, etag, sequencer } = object;
  if (namesVersion(object)) {
    return `version=${versionId}`;
  }
  return etag === undefined ? `sequencer=${sequencer ?? ''}` : `etag=${etag}`;
}

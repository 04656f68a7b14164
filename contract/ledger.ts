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
  /** Parts acknowledged so far; with the state `acknowledged`, all of them. */
  readonly parts: number;
  readonly records?: number;
  /** Bytes of the uncompressed file. */
  readonly rawBytes?: number;
  /** SHA-256 of the uncompressed file in lower-case hexadecimal, as CloudTrail's digest files list it. */
  readonly sha256?: string;
  /** ISO 8601. */
  readonly acknowledgedAt?: string;
  readonly destination: string;
  readonly expiresAt: number;
}

/**
 * The ledger's key of an object: its version where the bucket is versioned, else its ETag and sequencer,
 * so that an object overwritten under the same key is a new one.
 */
export function ledgerKeyOf(object: ObjectReference): string {
  const version =
    object.versionId === undefined
      ? `etag=${object.etag ?? ''};sequencer=${object.sequencer ?? ''}`
      : `version=${object.versionId}`;
  return `${object.bucket}/${object.key}#${version}`;
}

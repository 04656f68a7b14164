/**
 * What the completeness check says: CloudTrail's own signed lists of what it delivered, held against the ledger of
 * what a destination acknowledged.
 *
 * The words are stable: people, alarms and scripts select by them.
 */
import * as z from 'zod';

/** Why a digest file is no proof of anything. */
export const DIGEST_PROBLEMS = [
  /** Not gzip, not JSON, or larger than any digest. */
  'Unreadable',
  /** Without what every digest states. */
  'Malformed',
  /** It states another bucket or key than it lies under. */
  'Moved',
  /** It states another account than its key. */
  'OtherAccount',
  /** The object's metadata holds no signature. */
  'SignatureMissing',
  /** Signed, or so it says, by an algorithm that CloudTrail is not known to use. */
  'AlgorithmUnknown',
  /** CloudTrail lists no public key of that fingerprint in the region. */
  'KeyUnknown',
  /** The key is CloudTrail's, but was not in use at that time. */
  'KeyNotValidThen',
  /** What CloudTrail lists under the fingerprint is no RSA key. */
  'KeyUnusable',
  /** The digest or its signature was changed. */
  'SignatureWrong',
  /** CloudTrail's keys of that region cannot be asked for from here: nothing is said for or against the digest. */
  'KeysOutOfReach',
] as const;

export type DigestProblem = (typeof DIGEST_PROBLEMS)[number];

/** How a digest is tied to the one before it. */
export const DIGEST_LINKS = [
  /** It states the hash and the signature of the digest before it, and they are right. */
  'Linked',
  /** It states that there is none: validation or logging was started. */
  'Started',
  /** The digest before it ends before the time that is checked. */
  'BeforeWindow',
  /** The digest before it is not there any more. */
  'PreviousMissing',
  /** The digest before it is there, and is no proof. */
  'PreviousInvalid',
  /** The digest before it is genuine, but not the one that it states. */
  'PreviousReplaced',
  /** The digest before it lies in a bucket that may not be read: the trail wrote to another one before. */
  'PreviousOutOfReach',
] as const;

export type DigestLink = (typeof DIGEST_LINKS)[number];

/** Why no verified digest speaks for a time. */
export const UNCOVERED_REASONS = [
  /** One digest or several that a later one proves to have existed. */
  'DigestMissing',
  /** See `DigestProblem`. */
  'DigestInvalid',
  /**
   * A chain begins anew after it: logging or validation was off. Digests that stood last before the new beginning could
   * have been deleted, too; nothing would tell.
   */
  'ChainRestarted',
  /** What a bucket holds that may not be read: the trail wrote to another one before. */
  'DigestOutOfReach',
  /** Genuine neighbours that do not meet. */
  'DigestsApart',
  /** No digest came after it, though one was due: stopped, deleted, or late. */
  'DigestOverdue',
  /** Not one digest: log file validation is off, or all were deleted. */
  'NoDigests',
] as const;

export type UncoveredReason = (typeof UNCOVERED_REASONS)[number];

/** What is said of one log file that a verified digest lists. */
export const LOG_FILE_VERDICTS = [
  /** A destination acknowledged exactly the bytes that CloudTrail delivered. */
  'Forwarded',
  /** Stored as CloudTrail delivered it, and not acknowledged by a destination. It must be queued again. */
  'Gap',
  /** What is stored, or what was forwarded, is not what CloudTrail delivered: tampered with, or overwritten. */
  'Altered',
  /**
   * Nothing is stored under its key. Whether it was forwarded before cannot be told: the ledger goes by version or
   * ETag, and both are gone.
   */
  'Deleted',
  /** It lies in a bucket that may not be read: the trail wrote to another one before. */
  'OutOfReach',
] as const;

export type LogFileVerdict = (typeof LOG_FILE_VERDICTS)[number];

/** What became, in the bucket, of a file whose bytes are known to have been delivered unchanged. */
export type StoredCopy = 'Intact' | 'Overwritten' | 'Deleted';

/** The result in a word; of several that hold, the gravest. */
export const COMPLETENESS_VERDICTS = [
  /**
   * All that CloudTrail signed for in that time was forwarded unchanged, and nothing else that lies there is unacknowledged.
   */
  'Proven',
  /** Nothing is known to be lacking, but no verified digest speaks for a part of the time. */
  'Unproven',
  /** Files that were not forwarded. */
  'Gaps',
  /** Digests or log files that were changed, deleted or replaced. */
  'Tampered',
] as const;

export type CompletenessVerdict = (typeof COMPLETENESS_VERDICTS)[number];

/** What the result rests on. */
export const PROOF_BASES = ['Digests', 'DigestsAndListing', 'Listing'] as const;

export type ProofBasis = (typeof PROOF_BASES)[number];

/** What each basis proves and what it cannot, in a sentence for a person. */
export const BASIS_MEANING: Readonly<Record<ProofBasis, string>> = {
  Digests:
    'Every log file that CloudTrail signed for was compared, by its hash, with what the destination acknowledged; whatever ' +
    'else lies in the bucket was looked up in the ledger.',
  DigestsAndListing:
    'Where no verified digest speaks, what lies in the bucket was compared with the ledger instead: files that were ' +
    'deleted or changed before they were seen are not noticed there.',
  Listing:
    'No verified digest speaks for this time, so what lies in the bucket was compared with the ledger: files that were ' +
    'deleted or changed before they were seen are not noticed. Log file validation of the trail gives a proof.',
};

/** One region of one account in one bucket: what CloudTrail keeps digests of. */
export interface DigestSeries {
  readonly bucket: string;
  /** The trail's own key prefix, without a trailing slash; empty if it has none. */
  readonly prefix: string;
  /** `o-…`, for an organisation trail. */
  readonly organizationId?: string | undefined;
  readonly accountId: string;
  readonly region: string;
}

/** ISO 8601, UTC; `from` is part of it, `to` is not. */
export interface TimeSpan {
  readonly from: string;
  readonly to: string;
}

export interface UncoveredSpan extends TimeSpan {
  readonly reason: UncoveredReason;
  /** With `DigestMissing`: the newest of those that are missing, and about how many, as one is due every hour. */
  readonly missing?: { readonly newest: string; readonly about: number } | undefined;
}

/** Time as one trail's digests prove it. */
export interface TrailCoverage {
  /** Its name and home region, as the newest digest's key has them: `management-events, us-east-1`. */
  readonly trail: string;
  readonly covered: readonly TimeSpan[];
  readonly uncovered: readonly UncoveredSpan[];
}

/** What somebody should look at. */
export type CompletenessFinding =
  | {
      readonly kind: 'Digest';
      readonly digest: string;
      readonly problem: DigestProblem;
      readonly detail: string;
    }
  | { readonly kind: 'Chain'; readonly digest: string; readonly link: DigestLink; readonly previous: string }
  | {
      readonly kind: 'LogFile';
      readonly file: string;
      readonly verdict: Exclude<LogFileVerdict, 'Forwarded'>;
      /** Of the digest that lists it. */
      readonly digest: string;
      readonly detail: string;
    }
  | {
      readonly kind: 'StoredCopy';
      readonly file: string;
      readonly copy: Exclude<StoredCopy, 'Intact'>;
      readonly digest: string;
    }
  | { readonly kind: 'Unacknowledged'; readonly file: string };

/** The result for one region of one account. Places are written as `s3://bucket/key`. */
export interface CompletenessResult {
  readonly series: DigestSeries;
  readonly from: string;
  readonly to: string;
  readonly verdict: CompletenessVerdict;
  readonly basis: ProofBasis;
  readonly trails: readonly TrailCoverage[];
  /** `missing` is about how many, see `UncoveredSpan`. */
  readonly digests: {
    readonly verified: number;
    readonly backfill: number;
    readonly invalid: number;
    /** Those whose keys are out of reach: neither a proof nor a fault. */
    readonly unverifiable: number;
    readonly missing: number;
    readonly replaced: number;
  };
  /** Log files that verified digests list, by verdict. */
  readonly files: Readonly<Record<LogFileVerdict, number>>;
  /** Of the forwarded files: those whose copy in the bucket is not what CloudTrail delivered any more. */
  readonly storedCopies: { readonly overwritten: number; readonly deleted: number };
  /**
   * Objects seen by listing: acknowledged ones that were stored while no digest speaks, and unacknowledged ones that no
   * verified digest lists, whenever they were stored.
   */
  readonly listed: { readonly acknowledged: number; readonly unacknowledged: number };
  /** The first of them, in the order of time. */
  readonly findings: readonly CompletenessFinding[];
  readonly findingsLeftOut: number;
}

const examinedDigestSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  /** Of the uncompressed digest, lower-case hexadecimal. */
  sha256: z.string(),
  /** SHA-256 of its signature's hexadecimal text in lower case: the signature itself would be 512 characters. */
  signatureSha256: z.string(),
});

/** A digest that was verified, as far as the one after it is compared with it. */
export type ExaminedDigest = z.infer<typeof examinedDigestSchema>;

/**
 * Where a check of a region's digests stands: what it needs to go on, in another process, an hour or a month later.
 * A few kilobytes.
 */
export const digestPositionSchema = z.object({
  /** One for each trail that writes to the region's folder. */
  chains: z.array(
    z.object({
      trail: z.string(),
      /** Up to when time has been judged, covered or not. */
      judgedUntil: z.iso.datetime(),
      /** End of the newest digest that was examined, whatever came of it. */
      seenUntil: z.iso.datetime(),
      /** Up to when its silence has been told. */
      toldUntil: z.iso.datetime().optional(),
      /** The newest verified digest. */
      head: examinedDigestSchema.optional(),
      /** The newest digest that is no proof: `s3://…`. */
      invalid: z.string().optional(),
    }),
  ),
  /** Names under which one of the chains went on before, as long as a check may meet their digests. */
  formerTrails: z.array(z.object({ trail: z.string(), seenUntil: z.iso.datetime() })),
  /** Backfill digests that were verified lately. */
  backfills: z.array(examinedDigestSchema),
  /** Backfill digests of that time which are no proof: they are told once. */
  invalidBackfills: z.array(z.string()),
});

export type DigestPosition = z.infer<typeof digestPositionSchema>;

export const NO_POSITION: DigestPosition = {
  chains: [],
  formerTrails: [],
  backfills: [],
  invalidBackfills: [],
};

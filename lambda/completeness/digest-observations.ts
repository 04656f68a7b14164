/** What is checked, and what is seen of the digests. */
import type {
  DigestLink,
  DigestPosition,
  DigestProblem,
  DigestSeries,
  TimeSpan,
  UncoveredSpan,
} from '../../contract/completeness.ts';
import type { DigestDocument } from './digest-document.ts';
import type { Span } from './ports.ts';

/**
 * What is checked. `to` is a time by which CloudTrail has delivered what was due: an hour or two ago, or any time in the
 * past. `from` counts for trails of which the position knows nothing.
 */
export interface CheckWindow extends Span {
  readonly series: DigestSeries;
  /**
   * Whether a later check goes on from this one's position: what is silent at the end for less than an hour is left to
   * that, and so is what digests after the end prove. A check by itself says both.
   *
   * @default false
   */
  readonly goesOn?: boolean;
}

/** What was seen. */
export type DigestObservation =
  | {
      readonly kind: 'VerifiedDigest';
      readonly digest: string;
      readonly trail: string;
      /** What it covers that no digest before it did; a backfill digest adds files, not time. */
      readonly covers: TimeSpan | undefined;
      readonly link: DigestLink;
      /** `s3://…` of the digest before it. */
      readonly previous: string | undefined;
      /** With `PreviousMissing`: about how many are. */
      readonly missing: number;
      readonly document: DigestDocument;
    }
  | {
      readonly kind: 'InvalidDigest';
      readonly digest: string;
      readonly trail: string;
      readonly problem: DigestProblem;
      readonly detail: string;
    }
  | { readonly kind: 'Uncovered'; readonly trail: string; readonly span: UncoveredSpan }
  | {
      /** A verified digest of a later time, which says that there were others before it. Its files are not looked at. */
      readonly kind: 'LaterDigest';
      readonly digest: string;
      readonly link: DigestLink;
      readonly previous: string | undefined;
      /** About how many are missing of the time that is checked. */
      readonly missing: number;
    };

/** All that is to be said of one digest, and where to go on once it has been. */
export interface WalkStep {
  readonly observations: readonly DigestObservation[];
  readonly position: DigestPosition;
  /** Whether it is the window's end. */
  readonly isLast: boolean;
}

/**
 * What a result adds up to. The verdict, the metrics and the command's text all count by these, so that they cannot
 * contradict each other.
 */
import type { CompletenessResult } from './completeness.ts';

const HOUR_MS = 3_600_000;

/** Digests and log files that were changed, deleted or replaced; any makes the verdict `Tampered`. */
export function tamperedIn({
  digests,
  files,
  storedCopies,
}: Pick<CompletenessResult, 'digests' | 'files' | 'storedCopies'>): number {
  const { invalid, missing, replaced } = digests;
  // That a forwarded file's copy was deleted is no tampering: life-cycle rules do it.
  return invalid + missing + replaced + files.Altered + files.Deleted + storedCopies.overwritten;
}

/** Files that were delivered and not forwarded; any makes the verdict `Gaps`, if not a graver one. */
export function gapsIn({ files, listed }: Pick<CompletenessResult, 'files' | 'listed'>): number {
  return files.Gap + listed.unacknowledged;
}

/** Digests that are proven to be CloudTrail's. */
export function verifiedIn({ digests }: CompletenessResult): number {
  return digests.verified + digests.backfill;
}

/**
 * Whether nothing was ever seen of the region in that time: no digest, of whatever kind, and no file. It has nothing to
 * prove, and says nothing about the others.
 */
export function isSilent(result: CompletenessResult): boolean {
  const { trails, listed, digests, verdict } = result;
  return (
    // Nothing tampered with and no gaps, then.
    verdict === 'Unproven' &&
    verifiedIn(result) + digests.unverifiable + listed.acknowledged === 0 &&
    trails.every(({ uncovered }) => uncovered.every(({ reason }) => reason === 'NoDigests'))
  );
}

/** Hours that no verified digest speaks for, of each trail; none where nothing was to be proven. */
export function unprovenHoursOf(result: CompletenessResult): number {
  const spans = isSilent(result) ? [] : result.trails.flatMap(({ uncovered }) => uncovered);
  return spans.reduce((hours, { from, to }) => hours + (Date.parse(to) - Date.parse(from)) / HOUR_MS, 0);
}

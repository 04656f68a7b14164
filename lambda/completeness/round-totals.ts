/** What a round adds up to. */
import type { CompletenessResult } from '../../contract/completeness.ts';
import type { RoundTotals } from '../../contract/completeness-round.ts';
import type { SeriesOutcome } from './series-check.ts';

const HOUR_MS = 3_600_000;

/** Adds a region's part; of one that ran out of time, only what will not be met again. */
export function addSeries(
  totals: RoundTotals,
  { result, gaps, memory, stopped }: SeriesOutcome,
): RoundTotals {
  const { digests, files } = result;
  const sum = {
    ...totals,
    digests: totals.digests + digests.verified + digests.backfill,
    files: totals.files + files.Forwarded,
    tampered: totals.tampered + countTampered(result),
    unprovenHours: totals.unprovenHours + countUnprovenHours(result),
  };
  if (stopped === 'OutOfTime') {
    return sum;
  }
  return {
    ...sum,
    series: sum.series + 1,
    behind: sum.behind + (stopped === undefined ? 0 : 1),
    gaps: sum.gaps + gaps.count,
    remaining: sum.remaining + gaps.remaining,
    checkedUntil: earlier(totals.checkedUntil, memory.checkedUntil),
  };
}

/** Adds a region that could not be checked. */
export function addBehind(totals: RoundTotals, checkedUntil: string): RoundTotals {
  return {
    ...totals,
    series: totals.series + 1,
    behind: totals.behind + 1,
    checkedUntil: earlier(totals.checkedUntil, checkedUntil),
  };
}

/** Digests and log files that were changed, deleted or replaced. */
export function countTampered({ digests, files, storedCopies }: CompletenessResult): number {
  const { invalid, missing, replaced } = digests;
  return invalid + missing + replaced + files.Altered + files.Deleted + storedCopies.overwritten;
}

/** A region where nothing was written proves nothing, and has nothing to prove. */
function countUnprovenHours({ trails, listed, digests }: CompletenessResult): number {
  const isSilent =
    listed.acknowledged +
      listed.unacknowledged +
      digests.verified +
      digests.invalid +
      digests.unverifiable ===
      0 && trails.every(({ uncovered }) => uncovered.every(({ reason }) => reason === 'NoDigests'));
  if (isSilent) {
    return 0;
  }
  const spans = trails.flatMap(({ uncovered }) => uncovered);
  return spans.reduce((hours, { from, to }) => hours + (Date.parse(to) - Date.parse(from)) / HOUR_MS, 0);
}

function earlier(one: string | undefined, other: string): string {
  return one !== undefined && one < other ? one : other;
}

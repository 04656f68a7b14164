/** What a round adds up to. */
import type { RoundTotals } from '../../contract/completeness-round.ts';
import { tamperedIn, unprovenHoursOf, verifiedIn } from '../../contract/completeness-sums.ts';
import type { SeriesOutcome } from './series-check.ts';

/** Adds a region's part; of one that ran out of time, only what will not be met again. */
export function addSeries(
  totals: RoundTotals,
  { result, gaps, memory, stopped }: SeriesOutcome,
): RoundTotals {
  const sum = {
    ...totals,
    digests: totals.digests + verifiedIn(result),
    files: totals.files + result.files.Forwarded,
    tampered: totals.tampered + tamperedIn(result),
    unprovenHours: totals.unprovenHours + unprovenHoursOf(result),
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

function earlier(one: string | undefined, other: string): string {
  return one !== undefined && one < other ? one : other;
}

/** Which digests there are, in a window and around it. */
import { earlierOf, laterOf } from './digest-chains.ts';
import { type DigestKey, parseDigestKey, trailOf } from './digest-key.ts';
import type { CheckWindow } from './digest-observations.ts';
import type { DigestReference, DigestStore } from './ports.ts';
import { DIGEST_PERIOD_MS } from './silence.ts';

/**
 * How late a digest may come, a backfill above all; assumed: unpublished. A trail that wrote none for so long before the
 * window, and none for so long after, is not known to a check that remembers nothing.
 */
export const LOOKBACK_MS = 7 * 24 * 60 * 60 * 1000;

export interface FoundDigest extends DigestReference {
  readonly parsed: DigestKey;
}

/** In the order of time: S3's order is that of the trails' names within a day. */
export interface FoundDigests {
  /** To be examined. */
  readonly inWindow: readonly FoundDigest[];
  /** Those of the hours before, without backfills. */
  readonly before: readonly FoundDigest[];
  /** Those of the hours after, without backfills; none are looked for where the check goes on. */
  readonly after: readonly FoundDigest[];
}

/**
 * @param heard end of the newest digest that was examined, of the chain that is furthest behind.
 * @throws whatever the store throws.
 */
export async function findDigests(
  { series, from, to, goesOn = false }: CheckWindow,
  digests: DigestStore,
  heard: Date,
): Promise<FoundDigests> {
  const lookback = new Date(from.getTime() - LOOKBACK_MS);
  const earliest = laterOf(earlierOf(heard, from), lookback);
  // The digest that covers the window's end is made up to an hour after it.
  const latest = new Date(to.getTime() + DIGEST_PERIOD_MS);
  const found: FoundDigest[] = [];
  const span = { from: lookback, to: goesOn ? latest : new Date(to.getTime() + LOOKBACK_MS) };
  for await (const key of digests.list(series, span)) {
    const parsed = parseDigestKey(key);
    if (parsed !== undefined) {
      found.push({ bucket: series.bucket, key, parsed });
    }
  }
  found.sort((a, b) => a.parsed.end.getTime() - b.parsed.end.getTime() || (a.key < b.key ? -1 : 1));
  const hourly = found.filter(({ parsed }) => !parsed.isBackfill);
  return {
    inWindow: found.filter(
      ({ parsed }) => parsed.end <= latest && (parsed.isBackfill || parsed.end > earliest),
    ),
    before: hourly.filter(({ parsed }) => parsed.end <= from),
    after: hourly.filter(({ parsed }) => parsed.end > latest),
  };
}

/** The first of each trail. */
export function firstOfEach(digests: readonly FoundDigest[]): ReadonlyMap<string, FoundDigest> {
  return new Map(digests.toReversed().map((digest) => [trailOf(digest.parsed), digest]));
}

/** The last of each trail. */
export function lastOfEach(digests: readonly FoundDigest[]): ReadonlyMap<string, FoundDigest> {
  return new Map(digests.map((digest) => [trailOf(digest.parsed), digest]));
}

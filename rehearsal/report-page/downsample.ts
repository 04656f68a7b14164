/** Fewer points than samples, so that a page with ten thousand files stays light and looks the same. */

/** The share of samples (above 0, up to 1) that are at most `value`. */
export interface CumulativePoint {
  readonly value: number;
  readonly share: number;
}

/** The cumulative distribution in at most `limit` points, the smallest and the largest sample among them. */
export function cumulative(samples: readonly number[], limit: number): CumulativePoint[] {
  const sorted = samples.toSorted((a, b) => a - b);
  const points = sorted.map((value, index) => ({ value, share: (index + 1) / sorted.length }));
  if (points.length <= limit) return points;
  const kept = new Set(
    Array.from({ length: limit }, (_, index) => Math.round((index * (points.length - 1)) / (limit - 1))),
  );
  return points.filter((_, index) => kept.has(index));
}

/** Neighbouring samples as one: nothing between `low` and `high` is hidden. */
export interface Band {
  /** Index of its middle among all samples, from 0. */
  readonly index: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Samples in their order, as at most `limit` bands; as many bands as samples where they are fewer. */
export function bands(samples: readonly number[], limit: number): Band[] {
  const size = Math.max(1, Math.ceil(samples.length / limit));
  const found: Band[] = [];
  for (let start = 0; start < samples.length; start += size) {
    const some = samples.slice(start, start + size).toSorted((a, b) => a - b);
    const median = some[Math.floor((some.length - 1) / 2)];
    const [low, high] = [some[0], some.at(-1)];
    if (low === undefined || median === undefined || high === undefined) continue;
    found.push({ index: start + (some.length - 1) / 2, low, median, high });
  }
  return found;
}

/** When a message comes back. Pure: time and chance come in as arguments. */

/**
 * Seconds until the next receive, by the number of receives so far. Without it a message comes back only
 * after the queue's visibility time-out, which is made for a function that died: too long for a hiccup, and
 * all at once.
 */
const DELAYS_SECONDS = [60, 240, 720, 1800];
/** So that what failed together does not come back together. */
const JITTER = 0.25;
/** The longest `Retry-After` that is heeded: a mistaken one must not hold files for a year. */
export const LONGEST_ASKED_WAIT_MS = 60 * 60_000;
/** While the destination is tried, it is known within a moment whether it is back. */
const LONGEST_WAIT_FOR_TRY_MS = 15_000;
/** Messages that waited together come back over so long a time, or over half of what they waited, if that is less. */
const MAXIMUM_SPREAD_MS = 60_000;
const MINIMUM_SPREAD_MS = 5_000;
/**
 * The queue gives a message up after 1000 receives (`MAXIMUM_QUEUE_RECEIVES`). From this one on it comes back
 * every half hour at most, which makes the rest suffice for the 13 days that it may wait.
 */
const THRIFTY_FROM_RECEIVES = 500;
const THRIFTY_WAIT_MS = 30 * 60_000;

/**
 * @param receives how often the message has been received, 1 or more.
 * @param askedMs what the destination asked to wait.
 */
export function retryDelaySeconds(receives: number, askedMs = 0, random: () => number = Math.random): number {
  const delay = DELAYS_SECONDS[Math.min(receives, DELAYS_SECONDS.length) - 1] ?? 0;
  const asked = Math.min(LONGEST_ASKED_WAIT_MS, askedMs) / 1000;
  return Math.round(Math.max(delay * (1 - JITTER * random()), asked * (1 + JITTER * random())));
}

/**
 * For a message that was not tried because the circuit is open: soon after the next try is due, however long it has
 * waited before.
 *
 * @param openMs until the next try is due.
 * @param probing whether that end depends on a try that is under way.
 */
export function postponementSeconds(
  receives: number,
  { openMs, probing }: { readonly openMs: number; readonly probing: boolean },
  random: () => number = Math.random,
): number {
  const ms = Math.max(0, probing ? Math.min(openMs, LONGEST_WAIT_FOR_TRY_MS) : openMs);
  const least = receives >= THRIFTY_FROM_RECEIVES ? Math.max(ms, THRIFTY_WAIT_MS) : ms;
  const spread = Math.min(MAXIMUM_SPREAD_MS, Math.max(MINIMUM_SPREAD_MS, least / 2));
  return Math.ceil((least + spread * random()) / 1000);
}

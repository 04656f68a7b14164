/** What is known of an AppDynamics controller's audit history from run to run, and which time is asked for next. */
import * as z from 'zod';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The longest that the controller answers for. Source: Splunk AppDynamics documentation, "Controller Audit Log". */
export const LONGEST_WINDOW_MS = DAY_MS;
/** What the controller keeps. Source: the same, `audit.log.retention.period`: 720 hours. */
export const RETENTION_MS = 720 * HOUR_MS;
/** How far back every round looks for events that appeared late; the daily one asks for all that the controller keeps. */
const OVERLAP_MS = HOUR_MS;
const FAR_BACK_EVERY_MS = DAY_MS;
/** A clock that is further off is not believed: some proxy's, or one that was never set. */
export const MOST_SKEW_MS = DAY_MS;
/** Where a controller does not tell its clock: by how much it may be behind ours. */
export const UNKNOWN_CLOCK_MS = 10 * 60_000;
/** Our own clocks do not differ by more from one run to the next. */
const OUR_TOLERANCE_MS = 60_000;
const REMEMBERED_GAPS = 20;

/** Times are milliseconds since the epoch, by the controller's clock where nothing else is said. */
export const appDynamicsState = z.object({
  /** All before is collected, gaps aside. */
  collectedUntil: z.number().optional(),
  /** The way to the present that is under way. */
  round: z.object({ position: z.number(), isFarBack: z.boolean() }).optional(),
  /** When the last round began that went far back; by our clock. */
  farBackAt: z.number().optional(),
  /** Milliseconds of the next window: halved where an answer is too large, doubled after each that is not. */
  windowMs: z.number().default(LONGEST_WINDOW_MS),
  /** Milliseconds by which the controller's clock is ahead of ours. */
  aheadMs: z.number().default(0),
  /** Times whose events the controller had probably forgotten before they were asked for; `noticedAt` by our clock. */
  gaps: z.array(z.object({ from: z.number(), to: z.number(), noticedAt: z.number() })).default([]),
  /** Short hashes of what could not be parsed, so that it is not kept again at every overlap. */
  unreadable: z.array(z.string()).default([]),
});
export type AppDynamicsState = z.infer<typeof appDynamicsState>;
export type Round = NonNullable<AppDynamicsState['round']>;
export type Gap = AppDynamicsState['gaps'][number];

/**
 * What is complete, where the controller's clock was put back: what it says to happen from then on may yet come.
 *
 * @param ours our clock
 */
export function withPresent(state: AppDynamicsState, ours: number): AppDynamicsState {
  const { collectedUntil, aheadMs } = state;
  return collectedUntil === undefined
    ? state
    : { ...state, collectedUntil: Math.min(collectedUntil, ours + aheadMs) };
}

/**
 * The first round begins where the controller's memory does. The others go back a little behind what is collected, for
 * events that appeared late; once a day, one begins there again, which takes some thirty requests.
 *
 * @param ours our clock
 */
export function planRound({ collectedUntil, farBackAt, aheadMs }: AppDynamicsState, ours: number): Round {
  const oldest = ours + aheadMs - RETENTION_MS;
  if (collectedUntil === undefined) {
    return { position: oldest, isFarBack: true };
  }
  const isFarBack = ours - (farBackAt ?? 0) >= FAR_BACK_EVERY_MS;
  const overlap = collectedUntil - OVERLAP_MS;
  return { position: isFarBack ? Math.min(overlap, oldest) : overlap, isFarBack };
}

/**
 * Whether the state says that the future is collected, as it does after a clock was believed that was ahead, ours or the
 * controller's. Then nothing of it is to be relied upon but the gaps.
 *
 * @param ours our clock
 */
export function isInFuture({ collectedUntil = 0 }: AppDynamicsState, ours: number): boolean {
  return collectedUntil > ours + OUR_TOLERANCE_MS;
}

/**
 * The state with the gap that there is because nothing was collected for longer than the controller remembers. The time is asked
 * for all the same: some controllers are set to keep more.
 *
 * @param ours our clock
 */
export function withGap(state: AppDynamicsState, ours: number): AppDynamicsState {
  const { collectedUntil = Number.POSITIVE_INFINITY, aheadMs, gaps } = state;
  const forgottenUntil = ours + aheadMs - RETENTION_MS;
  if (collectedUntil >= forgottenUntil) {
    return state;
  }
  const latest = gaps.at(-1);
  if (latest !== undefined && collectedUntil <= latest.to) {
    // The same gap, which has grown since it was noticed.
    const grown = { ...latest, to: Math.max(latest.to, forgottenUntil) };
    return { ...state, gaps: [...gaps.slice(0, -1), grown] };
  }
  const gap = { from: collectedUntil, to: forgottenUntil, noticedAt: ours };
  return { ...state, gaps: [...gaps, gap].slice(-REMEMBERED_GAPS) };
}

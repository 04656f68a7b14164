/**
 * Collects an AppDynamics controller's audit history, window by window, from the oldest that it remembers to the present.
 *
 * The state is saved after every window. What is asked for again, because of an overlap or an interruption, is recognised.
 */
import { logger } from '../../shared/logger.ts';
import {
  type AuditHistory,
  type HistoryWindow,
  UnparsableHistoryError,
  WindowTooLargeError,
} from '../../vendors/appdynamics/audit-history.ts';
import { isStatus, VendorError } from '../../vendors/vendor-call.ts';
import {
  type AppDynamicsState,
  appDynamicsState,
  isInFuture,
  LONGEST_WINDOW_MS,
  MOST_SKEW_MS,
  planRound,
  type Round,
  UNKNOWN_CLOCK_MS,
  withGap,
  withPresent,
} from './appdynamics/plan.ts';
import type { CollectOutcome, Collector, CollectSession } from './collector.ts';
import { Occurrences } from './occurrences.ts';
import { fixedPlace } from './place.ts';
import { UnreadableRecords } from './unreadable-records.ts';

/** @throws WindowTooLargeError, UnparsableHistoryError, VendorError */
export type ReadHistory = (window: HistoryWindow, signal: AbortSignal) => Promise<AuditHistory>;

/** The events of a single millisecond are more than can be read. */
export class MillisecondTooLargeError extends Error {
  override readonly name = 'MillisecondTooLargeError';

  constructor(at: number, cause: unknown) {
    super(
      `The AppDynamics controller has more events at ${new Date(at).toISOString()} than can be read at once, and a millisecond ` +
        'cannot be parted. Leave out what need not be archived with the filters for including and excluding.',
      { cause },
    );
  }
}

const TOO_MANY_REQUESTS = 429;
const GATEWAY_TIMEOUT = 504;
/** A controller that gives no answer for a minute's events has other troubles than their number. */
const SHORTEST_AFTER_SILENCE_MS = 60_000;
/** Clocks that differ by more are told: the events' times are the controller's. */
const NOTABLE_SKEW_MS = 5 * 60_000;

/** @param place the controller and the account, in words. */
export function appDynamicsCollector(readHistory: ReadHistory, place: string): Collector<AppDynamicsState> {
  return {
    source: 'appdynamics',
    arrive: fixedPlace(place),
    state: appDynamicsState,
    collect: (session) => new AppDynamicsRun(readHistory, session).run(),
  };
}

class AppDynamicsRun {
  readonly #readHistory: ReadHistory;
  readonly #session: CollectSession<AppDynamicsState>;
  readonly #unreadable: UnreadableRecords;
  #state: AppDynamicsState;
  #hasDoubted = false;

  constructor(readHistory: ReadHistory, session: CollectSession<AppDynamicsState>) {
    this.#readHistory = readHistory;
    this.#session = session;
    this.#state = session.state ?? appDynamicsState.parse({});
    this.#unreadable = new UnreadableRecords(session.archive, this.#state.unreadable);
  }

  async run(): Promise<CollectOutcome> {
    this.#leaveFuture();
    this.#tellGap();
    let caughtUp = false;
    while (!caughtUp) {
      if (this.#session.timeIsUp()) {
        return this.#outcome(false);
      }
      try {
        caughtUp = await this.#nextWindow();
      } catch (error) {
        if (isStatus(error, TOO_MANY_REQUESTS)) {
          // The controller has had enough for now: the next run goes on, and the age of what is complete tells if that lasts.
          return this.#outcome(false);
        }
        throw error;
      }
      await this.#save();
    }
    return this.#outcome(true);
  }

  /** @returns whether the present is reached. */
  async #nextWindow(): Promise<boolean> {
    const ours = this.#session.now().getTime();
    if (this.#state.round === undefined) {
      this.#state = withPresent(this.#state, ours);
    }
    const round = this.#state.round ?? planRound(this.#state, ours);
    const present = ours + this.#state.aheadMs;
    const window = {
      from: round.position,
      // A millisecond at least, where a clock was put back: by the answer we know when it is right again.
      to: Math.max(round.position, Math.min(round.position + this.#state.windowMs - 1, present)),
    };
    const history = await this.#read(round, window);
    if (history === undefined) {
      return false;
    }
    await this.#keep(history);
    const answeredAt = this.#believable(history.answeredAt);
    const reached = this.#reached(window, answeredAt ?? ours - UNKNOWN_CLOCK_MS);
    this.#advance(round, reached);
    this.#noteClock(answeredAt);
    this.#state = { ...this.#state, windowMs: Math.min(this.#state.windowMs * 2, LONGEST_WINDOW_MS) };
    return window.to >= present && this.#endRound(round, ours);
  }

  /** @returns `undefined` where the window was too long, and the next one is shorter. */
  async #read(round: Round, window: HistoryWindow): Promise<AuditHistory | undefined> {
    const span = window.to - window.from + 1;
    const half = Math.floor(span / 2);
    try {
      return await this.#readHistory(window, this.#session.signal);
    } catch (error) {
      const isTooLarge = error instanceof WindowTooLargeError;
      if ((isTooLarge || error instanceof UnparsableHistoryError) && half > 0) {
        this.#state = { ...this.#state, windowMs: half };
        return undefined;
      }
      if (isTooLarge) {
        throw new MillisecondTooLargeError(window.from, error);
      }
      if (error instanceof UnparsableHistoryError) {
        // One millisecond's answer: it is kept as it came, and does not stand in the way of those behind it. The run fails.
        const origin = `the audit history of ${new Date(window.from).toISOString()}`;
        await this.#unreadable.add(error.body, error.message, origin);
        this.#advance(round, window.to + 1);
        await this.#save();
      }
      if (isSilence(error)) {
        // Perhaps a day's events are more than it can gather in time: the next run asks for fewer.
        const windowMs = Math.min(this.#state.windowMs, Math.max(half, SHORTEST_AFTER_SILENCE_MS));
        this.#state = { ...this.#state, windowMs };
        await this.#save();
      }
      throw error;
    }
  }

  async #keep({ records }: AuditHistory): Promise<void> {
    const occurrences = new Occurrences();
    for (const { text, time, readable } of records) {
      if (readable) {
        await this.#session.archive.add({ time, text, occurrence: occurrences.countOf(text) });
      } else {
        const why = 'it is not JSON, although the answer around it is whole';
        await this.#unreadable.add(Buffer.from(text), why, 'the audit history');
      }
    }
  }

  /**
   * Where to go on: at the window's end, which is asked for a second time in case it is not part of the window; but not in the
   * controller's future, where more may happen.
   *
   * @param clock the controller's, when it answered, or a little before.
   */
  #reached({ from, to }: HistoryWindow, clock: number): number {
    const end = to === from ? to + 1 : to;
    return Math.max(from, Math.min(end, clock));
  }

  #advance(round: Round, reached: number): void {
    const { collectedUntil = reached } = this.#state;
    this.#state = {
      ...this.#state,
      round: { ...round, position: reached },
      // Of what the controller dates ahead of us there may come more, should its clock be put right.
      collectedUntil: Math.max(collectedUntil, Math.min(reached, this.#session.now().getTime())),
    };
  }

  #endRound({ isFarBack }: Round, ours: number): true {
    this.#state = {
      ...this.#state,
      round: undefined,
      farBackAt: isFarBack ? ours : this.#state.farBackAt,
    };
    return true;
  }

  #believable(answeredAt: number | undefined): number | undefined {
    const aheadMs = (answeredAt ?? 0) - this.#session.now().getTime();
    if (answeredAt === undefined || Math.abs(aheadMs) <= MOST_SKEW_MS) {
      return answeredAt;
    }
    if (!this.#hasDoubted) {
      this.#hasDoubted = true;
      logger.warn("The AppDynamics controller's clock is too far from ours to be believed", { aheadMs });
    }
    return undefined;
  }

  #noteClock(answeredAt: number | undefined): void {
    if (answeredAt === undefined) {
      return;
    }
    const aheadMs = answeredAt - this.#session.now().getTime();
    if (Math.abs(aheadMs) > NOTABLE_SKEW_MS && Math.abs(this.#state.aheadMs) <= NOTABLE_SKEW_MS) {
      logger.warn("The AppDynamics controller's clock is not ours", { aheadMs });
    }
    this.#state = { ...this.#state, aheadMs };
  }

  /** All that the controller still has is asked for again: since when something is lacking, nobody knows. */
  #leaveFuture(): void {
    const { collectedUntil = 0, gaps, unreadable } = this.#state;
    if (isInFuture(this.#state, this.#session.now().getTime())) {
      logger.warn('More was taken for collected than can have happened: a clock was wrong. Begun anew', {
        collectedUntil: new Date(collectedUntil).toISOString(),
      });
      this.#state = appDynamicsState.parse({ gaps, unreadable });
    }
  }

  #tellGap(): void {
    const before = this.#state;
    this.#state = withGap(before, this.#session.now().getTime());
    const gap = this.#state.gaps.at(-1);
    if (this.#state !== before && gap !== undefined) {
      this.#session.tell('eventsLost');
      logger.error(
        'Audit events are probably lost: nothing was collected for longer than the AppDynamics controller remembers',
        { from: new Date(gap.from).toISOString(), to: new Date(gap.to).toISOString() },
      );
    }
  }

  async #outcome(caughtUp: boolean): Promise<CollectOutcome> {
    await this.#save();
    const { collectedUntil: completeUntil, gaps } = this.#state;
    return { caughtUp, completeUntil, gaps: gaps.map(({ from, to }) => ({ from, to })) };
  }

  async #save(): Promise<void> {
    this.#state = { ...this.#state, unreadable: this.#unreadable.hashes };
    await this.#session.save(this.#state);
  }
}

/** Whether there was no answer in time, by the controller or by what stands before it. */
function isSilence(error: unknown): boolean {
  return error instanceof VendorError && (error.status === undefined || error.status === GATEWAY_TIMEOUT);
}

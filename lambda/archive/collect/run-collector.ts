/** One run of a collector: lease, session, what is told of it. */
import { wordsOf } from '../../shared/aws-errors.ts';
import { settleBy } from '../../shared/deadline.ts';
import type { ArchiveCounts, RawArchive } from '../raw/raw-archive.ts';
import { LeaseLostError } from '../table/lease.ts';
import type { Checkpoint, Opening, Standing } from './checkpoint.ts';
import type { CollectionMetrics } from './collection-metrics.ts';
import type { CollectOutcome, Collector } from './collector.ts';

export interface RunServices<State> {
  readonly checkpoint: Checkpoint<State>;
  readonly archive: RawArchive;
  readonly metrics: CollectionMetrics;
  readonly log: RunLog;
  readonly now: () => Date;
  /** When nothing of the run is left, however it goes, in milliseconds since the epoch. */
  readonly leaseUntil: number;
  readonly timeIsUp: () => boolean;
  readonly signal: AbortSignal;
}

/** One line of structured fields for each run. */
export interface RunLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** How a run ended that did not fail. */
export type RunEnd =
  | ({ readonly kind: 'Collected' } & CollectOutcome & ArchiveCounts)
  /** Another run is at it: nothing was done. */
  | { readonly kind: 'LeaseTaken' }
  /** Another run has taken over meanwhile. What was stored is stored; the other goes on from the last state. */
  | { readonly kind: 'LeaseLost' };

/**
 * Runs a collector, if no other run of it is under way.
 *
 * However it ends, it tells how old the newest time is up to which everything is collected.
 *
 * @throws what the collector, the store or the table throws.
 */
export async function runCollector<State>(
  collector: Collector<State>,
  services: RunServices<State>,
): Promise<RunEnd> {
  const { checkpoint, metrics, log, now, leaseUntil } = services;
  const { source } = collector;
  const run = new Run(collector, services);
  try {
    const opening = await checkpoint.open(leaseUntil, now().getTime());
    run.standing = opening.standing;
    if (!opening.isOurs) {
      log.info('Another run is collecting: nothing to do', { source });
      return { kind: 'LeaseTaken' };
    }
    const end = await run.collect(opening);
    metrics.failed(false);
    log.info('Collected', { ...end, source });
    return end;
  } catch (error) {
    if (error instanceof LeaseLostError) {
      // The other run does what is left.
      log.warn(error.message, { source });
      return { kind: 'LeaseLost' };
    }
    metrics.failed(true);
    log.error('The run failed', { source, ...services.archive.counts, problem: wordsOf(error) });
    await run.giveBack();
    throw error;
  } finally {
    const { counts } = services.archive;
    metrics.counts(counts);
    if (counts.undated > 0) {
      log.warn('Records have no time that is understood: they are filed under 2000-01-01', {
        source,
        undated: counts.undated,
      });
    }
    if (run.standing !== undefined) {
      metrics.age(ageOf(run.standing, now()));
    }
  }
}

type OurOpening<State> = Opening<State> & { readonly isOurs: true };

class Run<State> {
  readonly #collector: Collector<State>;
  readonly #services: RunServices<State>;
  /** `undefined` until the table has told it. */
  standing: Standing | undefined;

  constructor(collector: Collector<State>, services: RunServices<State>) {
    this.#collector = collector;
    this.#services = services;
  }

  async collect(opening: OurOpening<State>): Promise<RunEnd & { readonly kind: 'Collected' }> {
    const { archive, checkpoint, metrics, now, timeIsUp, signal } = this.#services;
    const state = await this.#arrive(opening);
    const collected = this.#collector.collect({
      state,
      archive,
      tell: (finding) => metrics.finding(finding),
      now,
      timeIsUp,
      signal,
      save: async (next) => {
        await archive.flush();
        await checkpoint.save(next);
      },
    });
    // A collector that disregards its signal must not keep the failure from being told.
    const outcome = await settleBy(collected, signal);
    // What was added behind the last state is found again by the next run; it need not wait for that.
    await archive.flush();
    await checkpoint.close({
      endedAt: now().getTime(),
      hasFailed: false,
      completeUntil: outcome.completeUntil,
      gaps: outcome.gaps,
    });
    if (this.standing !== undefined && outcome.completeUntil !== undefined) {
      this.standing = { ...this.standing, completeUntil: outcome.completeUntil };
    }
    return { kind: 'Collected', ...outcome, ...archive.counts };
  }

  /** @returns the state, if it is of the place that is collected from now. */
  async #arrive({ place: former, readState, standing }: OurOpening<State>): Promise<State | undefined> {
    const { checkpoint, log, now, signal } = this.#services;
    const { source, arrive } = this.#collector;
    const { place, isAnother } = await settleBy(arrive(former, signal), signal);
    if (isAnother) {
      log.warn('Collected from another place from now on, from the beginning of its history', {
        source,
        place,
        former,
        formerCompleteUntil: standing.completeUntil,
      });
      this.standing = await checkpoint.beginAnew(place, now().getTime());
      return undefined;
    }
    const state = readState();
    if (place !== former) {
      await checkpoint.notePlace(place);
    }
    return state;
  }

  /** After a failure, so that the next run need not wait for the lease's end. */
  async giveBack(): Promise<void> {
    const { checkpoint, log, now } = this.#services;
    try {
      await checkpoint.close({ endedAt: now().getTime(), hasFailed: true });
    } catch (error) {
      // It ends by itself, and what is to be told is the failure before it.
      log.warn('The lease could not be given back', {
        source: this.#collector.source,
        problem: wordsOf(error),
      });
    }
  }
}

/** Of clocks of ours. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Where nothing was ever complete, or what is said to be cannot be, since it was first tried. */
function ageOf({ completeUntil = Number.POSITIVE_INFINITY, since }: Standing, now: Date): number {
  const isPossible = completeUntil <= now.getTime() + CLOCK_TOLERANCE_MS;
  return now.getTime() - (isPossible ? completeUntil : since);
}

/** Brings the derived files up to the raw records: rebuilds what is stale, whatever became stale first. */
import { AUDIT_SOURCES, type AuditSource, startOfHour } from '../../../contract/archive.ts';
import type { OcsfEvent } from '../../../contract/ocsf.ts';
import { logger } from '../../shared/logger.ts';
import { ConditionFailedError } from '../store/object-store.ts';
import type { StaleHour, StaleHours } from '../table/stale-hours.ts';
import type { Day } from './day-files.ts';
import { type RebuildServices, type Rebuilt, rebuild } from './rebuild.ts';

export interface DerivationServices extends Omit<RebuildServices, 'onEvent'> {
  readonly staleHours: Pick<StaleHours, 'list' | 'clear' | 'tried'>;
  /** In the layout of the derived files. */
  readonly awsRegion: string;
  /** Whether the catalogue has the event's type. */
  readonly isKnown: (event: OcsfEvent) => boolean;
  readonly now: () => Date;
  /** Whether to end at the next opportunity; the next run goes on. */
  readonly timeIsUp: () => boolean;
}

export interface DerivationOutcome {
  readonly hoursDone: number;
  /** Stale when the run began, and still so. */
  readonly hoursLeft: number;
  /** Milliseconds since the oldest of them became stale; 0 where none is left. */
  readonly oldestAge: number;
  /** Events of types that the catalogue does not know, in the hours that were stale. */
  readonly unknownEvents: Readonly<Record<AuditSource, number>>;
}

/** Some days could not be derived. The others were. */
export class DerivationError extends Error {
  override readonly name = 'DerivationError';
}

/** A day that cannot be derived must not hold up the others; but where AWS does not answer, none can be. */
const MOST_FAILURES = 3;

/** @throws DerivationError after the others are done, so that what failed is seen, and tried again by the next run. */
export async function derive(
  services: DerivationServices,
  tell: (outcome: DerivationOutcome) => void,
): Promise<void> {
  // Before the marks are read: what was stored until then is seen by whoever reads the records after them.
  const began = services.now().getTime();
  const stale = await allStale(services.staleHours);
  const unknownEvents: Record<AuditSource, number> = { cloudone: 0, appdynamics: 0, ibmcloud: 0 };
  const done = new Set<StaleHour>();
  const failures: unknown[] = [];
  for (const day of byDay(stale)) {
    if (services.timeIsUp() || failures.length >= MOST_FAILURES) {
      break;
    }
    try {
      await deriveDay(day, services, { began, done, unknownEvents });
    } catch (error) {
      logger.error('A day could not be derived', { day: day[0]?.hour, error: error as Error });
      failures.push(error);
    }
  }
  const left = stale.filter((hour) => !done.has(hour));
  tell({
    hoursDone: done.size,
    hoursLeft: left.length,
    oldestAge: left.reduce((age, { since }) => Math.max(age, services.now().getTime() - since), 0),
    unknownEvents,
  });
  if (failures.length > 0) {
    throw new DerivationError(
      `${failures.length} of the archive's days could not be derived; the hours stay marked, and the next run tries again.`,
      { cause: new AggregateError(failures) },
    );
  }
}

interface Progress {
  /** When the marks were read, in milliseconds since the epoch. */
  readonly began: number;
  readonly done: Set<StaleHour>;
  readonly unknownEvents: Record<AuditSource, number>;
}

/**
 * Rebuilds a source's day, several stale hours of one file at once.
 *
 * An hour in which something is being stored is rebuilt, too, with what is there; its mark stays.
 */
async function deriveDay(
  stale: readonly StaleHour[],
  services: DerivationServices,
  { began, done, unknownEvents }: Progress,
): Promise<void> {
  let waiting = stale;
  for (let [first] = waiting; first !== undefined && !services.timeIsUp(); [first] = waiting) {
    const { source, hour } = first;
    const day: Day = { source, awsRegion: services.awsRegion, day: hour.slice(0, 8) };
    const isStale = new Set(waiting.map((each) => each.hour));
    let unknown = 0;
    await services.staleHours.tried(first, services.now().getTime());
    const rebuilt = await withRetries(() => {
      unknown = 0;
      return rebuild(day, hour, {
        ...services,
        onEvent: (event, eventHour) => {
          unknown += isStale.has(eventHour) && !services.isKnown(event) ? 1 : 0;
        },
      });
    });
    unknownEvents[source] += unknown;
    for (const each of waiting.filter((other) => isIn(rebuilt, other) && other.storingUntil <= began)) {
      await services.staleHours.clear(each);
      done.add(each);
    }
    waiting = waiting.filter((other) => !isIn(rebuilt, other));
  }
}

/** The lease keeps others away, but for a function that outlives its own: a few attempts are many. */
const ATTEMPTS = 3;

async function withRetries(attempt: () => Promise<Rebuilt>): Promise<Rebuilt> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      // Another writer came first: what it wrote is listed the next time.
      if (!(error instanceof ConditionFailedError) || tried >= ATTEMPTS) {
        throw error;
      }
    }
  }
}

function isIn({ from, to }: Rebuilt, { hour }: StaleHour): boolean {
  const time = startOfHour(hour);
  return from <= time && time < to;
}

async function allStale(staleHours: Pick<StaleHours, 'list'>): Promise<readonly StaleHour[]> {
  const found: StaleHour[] = [];
  for (const source of AUDIT_SOURCES) {
    for await (const hour of staleHours.list(source)) {
      found.push(hour);
    }
  }
  return found;
}

/**
 * Each source's days, that first which has been stale the longest: so no day waits for ever, be it the newest or the oldest.
 *
 * Days that were tried and are stale nevertheless come last, in turn: whatever it is that they fail of, or that nothing survives,
 * the others do not wait for it.
 */
function byDay(stale: readonly StaleHour[]): readonly (readonly StaleHour[])[] {
  const days = Map.groupBy(stale, ({ source, hour }) => `${source}/${hour.slice(0, 8)}`);
  const since = (hours: readonly StaleHour[]) => Math.min(...hours.map((each) => each.since));
  const triedAt = (hours: readonly StaleHour[]) => Math.max(...hours.map((each) => each.triedAt));
  return [...days.values()]
    .map((hours) => hours.toSorted((a, b) => (a.hour < b.hour ? -1 : 1)))
    .toSorted((a, b) => triedAt(a) - triedAt(b) || since(a) - since(b));
}

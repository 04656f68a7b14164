/** What a span of time lacks of a source's events, as far as the archive knows. */
import {
  type AuditSource,
  type CollectionGap,
  rawDayPrefix,
  UNDATED_DAY,
} from '../../../contract/archive.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Period } from './period.ts';
import { timeInWords } from './zoned-time.ts';

/** How far a source had been collected. Times are milliseconds since the epoch. */
export interface Collected {
  readonly source: AuditSource;
  /** `undefined` where the source has never been collected to an end. */
  readonly completeUntil: number | undefined;
  /** When it was first collected. */
  readonly since?: number | undefined;
  /** Before `completeUntil`, spans whose events are not all collected, or probably not. */
  readonly gaps?: readonly CollectionGap[];
  /** Whether it has records without a time that is understood, which no span of time holds. */
  readonly hasUndated?: boolean;
}

const DAY_MS = 86_400_000;
/**
 * How far back the first collection reaches. Source: Trend Cloud One documentation, "Audit logs" (a year); Splunk AppDynamics
 * documentation, "Controller Audit Log" (720 hours, as it is set at first). A bucket promises nothing.
 */
const REACH_MS: Readonly<Record<AuditSource, number>> = {
  cloudone: 365 * DAY_MS,
  appdynamics: 30 * DAY_MS,
  ibmcloud: 0,
};

/** @returns what is to be told, each a clause; none where everything of the period is collected. */
export function lacksInWords(
  standing: Collected | undefined,
  { from, to }: Period,
  timeZone: string,
): readonly string[] {
  if (standing === undefined) {
    return ['not collected'];
  }
  const { source, completeUntil, since = Number.NEGATIVE_INFINITY, gaps = [], hasUndated = false } = standing;
  const time = (at: number) => timeInWords(at, timeZone);
  const gapsWithin = gaps.filter((gap) => gap.from < to && gap.to > from);
  return [
    ...lackAtEnd(completeUntil, to, time),
    // Who asks for everything asks for no more than there is.
    ...(Number.isFinite(from) && from < since - REACH_MS[source]
      ? [`collected since ${time(since)}: of the time before, what was still to be had then`]
      : []),
    ...gapsWithin.map((gap) => `incomplete from ${time(gap.from)} to ${time(gap.to)}`),
    ...(hasUndated
      ? [
          'has records without a time that is understood, which are kept under 2000-01-01 and in no other time range',
        ]
      : []),
  ];
}

function lackAtEnd(
  completeUntil: number | undefined,
  to: number,
  time: (at: number) => string,
): readonly string[] {
  if (completeUntil === undefined) {
    return ['not yet collected to an end'];
  }
  return completeUntil < to ? [`collected only until ${time(completeUntil)}`] : [];
}

/** The same, with whether there are undated records, which the raw bucket tells. Throws what the store throws. */
export function withUndated<Standing extends Collected>(
  standings: readonly Standing[],
  store: ObjectStore,
): Promise<readonly Standing[]> {
  return Promise.all(
    standings.map(async (standing) => ({
      ...standing,
      hasUndated: await hasAny(store, rawDayPrefix(standing.source, UNDATED_DAY)),
    })),
  );
}

async function hasAny(store: ObjectStore, prefix: string): Promise<boolean> {
  for await (const _object of store.list(prefix)) {
    return true;
  }
  return false;
}

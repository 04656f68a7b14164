/** What IBM Cloud's collector remembers from one run to the next. It stays below DynamoDB's 400 KB whatever the bucket holds. */
import * as z from 'zod';
import { type FolderHour, folderHour } from '../../ibmcloud/object-key.ts';

/** A way through all keys, in their order. */
const sweepState = z.object({
  /** The last key that is dealt with. */
  after: z.string(),
  /** Hours from here on are the recent ones', which are looked at in every run. */
  before: z.string(),
  /** Of the hours from here on every object is read; of those before, what was stored late, and since `storedSince`. */
  allFrom: z.string(),
  storedSince: z.number(),
  startedAt: z.number(),
  pages: z.number(),
  /** Objects that are not laid out as Event Routing's. */
  foreign: z.number(),
});

export type SweepState = z.infer<typeof sweepState>;

export const ibmCloudState = z.object({
  /** `2026-03-01T10`: the first of the recent hours. */
  recentFrom: z.string(),
  /** Of the recent hours: what is read already; see read-objects.ts. */
  read: z.record(z.string(), z.string()).default({}),
  /** Objects that could not be read, in the same way: they stay where they are, and sweeps try them again. */
  setAside: z.record(z.string(), z.string()).default({}),
  /** Those that the sweep under way has not come to yet. */
  setAsideBefore: z.record(z.string(), z.string()).default({}),
  /** The sweep under way. */
  sweep: sweepState.optional(),
  /** The last sweep that was finished. */
  swept: z.object({ startedAt: z.number(), endedAt: z.number(), pages: z.number() }).optional(),
  /** Hours from here on have left the recent ones unfinished: the next sweep reads all of them. */
  owedFrom: z.string().optional(),
  events: z.number().default(0),
  accountEvents: z.number().default(0),
  /** Since when it is known that no events of account management arrive; and when it was last warned of. */
  setupProblemSince: z.number().optional(),
  warnedAt: z.number().optional(),
});

export type IbmCloudState = z.infer<typeof ibmCloudState>;

/** Sorts before every hour. */
export const EVER: FolderHour = '';

const HOUR_MS = 3_600_000;
/** So many hours back are listed in every run: what a writer delivers late comes within minutes as a rule. */
const RECENT_HOURS = 6;

export function recentSince(now: Date): FolderHour {
  return folderHour(now.getTime() - RECENT_HOURS * HOUR_MS);
}

export function beginningState(now: Date): IbmCloudState {
  return {
    recentFrom: recentSince(now),
    read: {},
    setAside: {},
    setAsideBefore: {},
    events: 0,
    accountEvents: 0,
  };
}

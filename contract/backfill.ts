/**
 * A backfill that was asked for by command: what is to be listed, and how far the lister has come with it.
 *
 * Both are kept in an item of the ledger's table, so that a backfill outlives the terminal it was begun in, the
 * invocations that work on it, and the messages that call them.
 */
import * as z from 'zod';
import { listingPositionSchema } from './listing.ts';

/** What the lister's queue carries to have a backfill gone on with. */
export const backfillTurnSchema = z.object({
  /** Its id. */
  backfill: z.string().min(1),
  /** Which chain of messages this one is of; see `Backfill.chain`. */
  chain: z.number().int().positive(),
});

export type BackfillTurn = z.infer<typeof backfillTurnSchema>;

export const backfillOrderSchema = z.object({
  bucket: z.string().min(3),
  /**
   * Days of CloudTrail's folders to list, both included, `YYYY-MM-DD`, UTC. CloudTrail puts a file into the folder
   * of the day on which it delivers it.
   */
  days: z.object({ first: z.iso.date(), last: z.iso.date() }),
  /** Only what S3 stored in that time, `before` excluded. Everything in the folders where there is none. */
  stored: z.object({ from: z.iso.datetime(), before: z.iso.datetime() }).optional(),
  /** Those alone; all where there is none. */
  accounts: z.array(z.string()),
  regions: z.array(z.string()),
  /** Objects a second that are queued on average; as fast as can be where there is none. */
  ratePerSecond: z.number().positive().optional(),
  /** Whether everything is counted before anything is queued. */
  countFirst: z.boolean(),
  /** Counts only. */
  dryRun: z.boolean(),
  /** ISO 8601. */
  orderedAt: z.iso.datetime(),
});

export type BackfillOrder = z.infer<typeof backfillOrderSchema>;

const tallySchema = z.object({
  objects: z.number().int().nonnegative(),
  /** As stored: compressed. */
  bytes: z.number().int().nonnegative(),
});

export type Tally = z.infer<typeof tallySchema>;

export const NOTHING: Tally = { objects: 0, bytes: 0 };

export const backfillProgressSchema = z.object({
  phase: z.enum(['counting', 'queueing', 'complete']),
  /** What the listing holds; final when the phase is no longer `counting`, absent where nothing was counted. */
  counted: tallySchema.optional(),
  /** What was queued. After a crash some of it is queued twice, and counted once. */
  queued: tallySchema,
  /** Where the phase goes on; absent at its beginning. */
  position: listingPositionSchema.optional(),
  /** With a rate: when the next object may be forwarded, milliseconds since 1970. */
  nextSlotAt: z.number().optional(),
  /** Why the last attempt failed; absent once another has come further. */
  failure: z.string().optional(),
  /** ISO 8601. */
  updatedAt: z.iso.datetime(),
});

export type BackfillProgress = z.infer<typeof backfillProgressSchema>;

export interface Backfill {
  readonly id: string;
  readonly order: BackfillOrder;
  readonly progress: BackfillProgress;
  /** Grows when a backfill is gone on with by command: messages of former chains are dropped. */
  readonly chain: number;
  /** Grows with every note of progress, so that of two who work on it one stops. */
  readonly revision: number;
}

/** What a backfill's partition key begins with. No object's key begins so. */
export const BACKFILL_KEY_PREFIX = '#backfill/';

export function backfillKey(id: string): string {
  return `${BACKFILL_KEY_PREFIX}${id}`;
}

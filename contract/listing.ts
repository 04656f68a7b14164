/** What asks for files to be listed and queued, and what lists them, agree on. */
import * as z from 'zod';

/** The most days that can be asked for at deployment: ten years. */
export const MAXIMUM_BACKFILL_DAYS = 3650;

/** Has what was stored before the deployment listed and queued. */
export const deploymentBackfillProperties = z.object({
  BucketName: z.string().min(3),
  BackfillDays: z.coerce.number().int().min(0).max(MAXIMUM_BACKFILL_DAYS),
});

export const deploymentBackfillEnvironment = z.object({ LATE_OBJECTS_QUEUE_URL: z.url() });

/** Lists objects, and queues them to be forwarded. */
export const listerEnvironment = z.object({
  BUCKET_REGION: z.string().min(1),
  FORWARDING_QUEUE_URL: z.url(),
  /** Its own queue: where a listing goes on that does not fit into one invocation. */
  LATE_OBJECTS_QUEUE_URL: z.url(),
  /** The table that keeps how far a backfill has come: the ledger's. */
  LEDGER_TABLE: z.string(),
  /** Key prefixes of the trails that are known to write to the bucket: a JSON array. */
  TRAIL_PREFIXES: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

/** How far a listing has come: what is yet to be listed begins there. */
export const listingPositionSchema = z.object({
  /** Where the walk through the folders began that was under way. */
  start: z.string().optional(),
  folder: z.string(),
  /** The version that was listed last in that folder. */
  key: z.string().optional(),
  versionId: z.string().optional(),
});

export type ListingPosition = z.infer<typeof listingPositionSchema>;

/** What the lister's queue carries: one bucket and a span of time to list; or see `backfillTurnSchema`. */
export const listingRequestSchema = z.object({
  bucket: z.string().min(3),
  /** Objects stored at or after this time, ISO 8601, UTC. */
  storedFrom: z.iso.datetime(),
  /** Objects stored before this time. */
  storedBefore: z.iso.datetime(),
  resumeAt: listingPositionSchema.optional(),
});

export type ListingRequest = z.infer<typeof listingRequestSchema>;

/** What the scheduled completeness check, its construct and the command line tool agree on. */
import * as z from 'zod';
import { digestPositionSchema } from './completeness.ts';

/** The function that checks, on a schedule. */
export const completenessEnvironment = z.object({
  STACK_NAME: z.string(),
  BUCKET_NAME: z.string().min(3),
  BUCKET_REGION: z.string().min(1),
  /** Holds what was acknowledged, and beside it how far the check has come. */
  LEDGER_TABLE: z.string(),
  FORWARDING_QUEUE_URL: z.url(),
  /** Key prefixes of the trails that are known to write to the bucket: a JSON array. */
  TRAIL_PREFIXES: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

const HOUR_MS = 3_600_000;

/** Digests come up to an hour after what they list, and late: by then they are there. */
export const DUE_AFTER_MS = 2 * HOUR_MS;

/** Regions of an account that are checked at once; each is mostly waiting. */
export const SERIES_AT_ONCE = 8;

/** Up to when a round checks that begins then: on the hour. */
export function dueUntil(now: Date): Date {
  return new Date(Math.floor((now.getTime() - DUE_AFTER_MS) / HOUR_MS) * HOUR_MS);
}

/** Every partition key, in the ledger's table, of what the check remembers begins so. No object's key does. */
export const COMPLETENESS_KEYS = '#completeness/';

/** Of what is remembered of a bucket as a whole. */
export function roundMemoryKey(bucket: string): string {
  return `${COMPLETENESS_KEYS}round/${bucket}`;
}

/**
 * Of what is remembered of one region of one account.
 *
 * @param folder of its digests, see `digestFolderOf`.
 */
export function seriesMemoryKey(bucket: string, folder: string): string {
  return `${COMPLETENESS_KEYS}series/${bucket}/${folder}`;
}

/** Of which accounts are known in a bucket. */
export function accountsMemoryKey(bucket: string): string {
  return `${COMPLETENESS_KEYS}accounts/${bucket}`;
}

/**
 * Of which regions of an account are known.
 *
 * @param folder of the account, without a trailing slash.
 */
export function regionsMemoryKey(bucket: string, folder: string): string {
  return `${COMPLETENESS_KEYS}account/${bucket}/${folder}`;
}

/** The attribute that holds what is remembered, as JSON. */
export const MEMORY_ATTRIBUTE = 'memory';

/** How often something was queued again, and when last. */
const queueingShape = { queued: z.number().int().nonnegative(), queuedAt: z.iso.datetime().optional() };

/** A file that was delivered, and had not been acknowledged when it was last looked at. */
export const openGapSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  etag: z.string().optional(),
  size: z.number().optional(),
  createdAt: z.string().optional(),
  /** When the check came upon it. */
  noticedAt: z.iso.datetime(),
  ...queueingShape,
});

export type OpenGap = z.infer<typeof openGapSchema>;

export const seriesMemorySchema = z.object({
  /** End of the last window that was checked to its end. */
  checkedUntil: z.iso.datetime(),
  position: digestPositionSchema,
  gaps: z.array(openGapSchema),
  /** Where one digest lists more gaps than are remembered: the first of them, and how often all were queued again. */
  surplus: z.object({ first: z.string(), ...queueingShape }).optional(),
});

export type SeriesMemory = z.infer<typeof seriesMemorySchema>;

/** Accounts that a round has come by: some 20 bytes each, of the 400 KB that an item of DynamoDB takes. */
export const accountsMemorySchema = z.object({
  trails: z.array(
    z.object({
      prefix: z.string(),
      organizationId: z.string().optional(),
      /** By account id: end of the last round that came by, in hours since 1970. */
      accounts: z.record(z.string(), z.number()),
    }),
  ),
});

export type AccountsMemory = z.infer<typeof accountsMemorySchema>;

/** Regions of an account whose digests or files have been seen, until their trails are taken to be gone. */
export const regionsMemorySchema = z.object({ regions: z.array(z.string()) });

export type RegionsMemory = z.infer<typeof regionsMemorySchema>;

/** What a round through all series adds up to. */
export const roundTotalsSchema = z.object({
  /** Regions of accounts that were checked. */
  series: z.number(),
  /** Those that could not be checked to the window's end: it is told in the log why. */
  behind: z.number(),
  /** Digests that were verified. */
  digests: z.number(),
  /** Log files in them that are proven to be forwarded unchanged. */
  files: z.number(),
  /** Files that are open gaps. */
  gaps: z.number(),
  /** Of them, those that are still open an hour or more after they were queued again. */
  remaining: z.number(),
  /** Digests and log files that were changed, deleted or replaced. */
  tampered: z.number(),
  unprovenHours: z.number(),
  /** Up to when every series has been checked. */
  checkedUntil: z.iso.datetime().optional(),
});

export type RoundTotals = z.infer<typeof roundTotalsSchema>;

export const NO_TOTALS: RoundTotals = {
  series: 0,
  behind: 0,
  digests: 0,
  files: 0,
  gaps: 0,
  remaining: 0,
  tampered: 0,
  unprovenHours: 0,
};

export const roundMemorySchema = z.object({
  /** From when on files are known to be forwarded: what was delivered before is nobody's gap. */
  since: z.iso.datetime(),
  /** Key prefixes under which a search has found trails that are not known otherwise. */
  foundPrefixes: z.array(z.string()),
  searchedAt: z.iso.datetime().optional(),
  /** The round under way. */
  round: z
    .object({
      to: z.iso.datetime(),
      /** Whether it searches the whole bucket. */
      everywhere: z.boolean(),
      /** Folders that were searched, and the prefixes that were found in them. */
      searched: z.number(),
      foundPrefixes: z.array(z.string()),
      resumeAt: z.object({ start: z.string(), folder: z.string() }).optional(),
      totals: roundTotalsSchema,
    })
    .optional(),
  /** The last round that came to its end. */
  last: z.object({ to: z.iso.datetime(), endedAt: z.iso.datetime(), totals: roundTotalsSchema }).optional(),
});

export type RoundMemory = z.infer<typeof roundMemorySchema>;

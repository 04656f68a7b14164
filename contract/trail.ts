/** What the trail constructs and their functions agree on. */
import * as z from 'zod';
import { optionalText } from './environment.ts';
import { FORWARDING_DESTINATIONS } from './forwarding.ts';

/** Where the user says that an existing bucket is: its region and its account, each only where it is not the stack's. */
const bucketHomeProperties = { BucketRegion: optionalText, BucketAccountId: optionalText };

/**
 * Looks at an existing bucket before anything is registered. Attributes: `KeyArns`, `TrailArns` (ARNs with commas
 * between them, never empty, so that they can stand as a policy's resources), `TrailCount`, `KeyPrefixes` (JSON),
 * `SampleKey`, `FormerBucketName`, `VendorClient`.
 */
export const cloudTrailBucketProperties = z.object({
  BucketName: z.string().min(3),
  ...bucketHomeProperties,
  Destination: z.enum(FORWARDING_DESTINATIONS),
  /** What the user says the files are encrypted with; it is believed. */
  TrailKeyArn: optionalText,
});

/** Last part of an ARN that names nothing: policies need a resource also where there is none. */
export const NO_SUCH_RESOURCE = 'trailbridge-found-none';

/** Reads and decrypts one file, and asks whether the trails are logging. Attributes: `Sample`, `Logging`. */
export const trailSampleProperties = z.object({
  BucketName: z.string().min(3),
  ...bucketHomeProperties,
  /** Of a file that is there; empty where the bucket has none yet. */
  SampleKey: optionalText,
  /** As `cloudTrailBucketProperties` tells them. */
  TrailArns: z.string(),
  /** Given back as an attribute: whoever needs the region so waits for the look at the bucket. */
  CloudOneRegion: z.string(),
});

/** Switches EventBridge notifications on for an existing bucket, and off again if it did. Elsewhere it only looks. */
export const bucketNotificationProperties = z.object({
  BucketName: z.string().min(3),
  ...bucketHomeProperties,
});

/** Of what remembers when a bucket's notifications were last seen to be on. */
const notificationMemoryEnvironment = z.object({
  STACK_NAME: z.string(),
  /** The table that holds the memory: the ledger's. */
  LEDGER_TABLE: z.string(),
  /** Takes the request to list the objects of which no event may have come. */
  LATE_OBJECTS_QUEUE_URL: z.url(),
});

/**
 * Keeps the vendor's client from overwriting notifications of others, and removes what it leaves behind. Attribute:
 * `BucketName`, for what must come after the look at the bucket.
 */
export const bucketNotificationGuardProperties = z.object({
  BucketName: z.string().min(3),
});

export const bucketNotificationEnvironment = notificationMemoryEnvironment.extend({
  /** Name of this stack's own event rule, which does not count as somebody else's. */
  EVENT_RULE_NAME: z.string(),
});

/** The function that looks, on a schedule, whether the notifications are still on. */
export const notificationWatchEnvironment = notificationMemoryEnvironment.extend({
  BUCKET_NAME: z.string().min(3),
  BUCKET_REGION: z.string().min(1),
  BUCKET_ACCOUNT_ID: z.string().min(1),
  STACK_ID: z.string().startsWith('arn:'),
  REPAIR: z.stringbool(),
});

/** Partition key, in the ledger's table, of what is remembered of a bucket. No object's key begins so. */
export function notificationMemoryKey(bucket: string): string {
  return `#notification/${bucket}`;
}

/**
 * Empties and deletes the new trail's buckets when the stack goes. Attribute: `TrailBucketName`, for what must be gone
 * before the trail's bucket is.
 */
export const trailBucketTeardownProperties = z.object({
  /** The trail's bucket first, then the bucket of its access logs. */
  BucketNames: z.array(z.string().min(3)).nonempty(),
  /** What the user chose with `LogBucketOnDelete`. */
  OnDelete: z.enum(['Delete', 'Retain']).default('Delete'),
  /** The trail's own key, which goes with the buckets. */
  TrailKeyArn: z.string().startsWith('arn:').optional(),
});

/** What the trail constructs and their functions agree on. */
import * as z from 'zod';

/** Switches EventBridge notifications on for an existing bucket, and off again if it did. */
export const bucketNotificationProperties = z.object({
  BucketName: z.string().min(3),
});

export const bucketNotificationEnvironment = z.object({
  /** Takes the request to list the objects that arrive while the change takes effect. */
  LATE_OBJECTS_QUEUE_URL: z.url(),
});

/**
 * Keeps the vendor's client from overwriting notifications of others, and removes what it leaves behind. Attribute:
 * `BucketName`, for what must come after the look at the bucket.
 */
export const bucketNotificationGuardProperties = z.object({
  BucketName: z.string().min(3),
});

/** Lists objects by the time they arrived, and queues them to be forwarded. */
export const lateObjectsEnvironment = z.object({
  FORWARDING_QUEUE_URL: z.url(),
  /** Its own queue: where a listing goes on that does not fit into one invocation. */
  LATE_OBJECTS_QUEUE_URL: z.url(),
});

/** What the late-objects queue carries: one bucket and a span of time to list. */
export const listingRequestSchema = z.object({
  bucket: z.string().min(3),
  /** Objects stored at or after this time, ISO 8601, UTC. */
  storedFrom: z.iso.datetime(),
  /** Objects stored before this time. */
  storedBefore: z.iso.datetime(),
  /** How far an earlier invocation came: the folder it was in, and the version it queued last. */
  resumeAt: z
    .object({
      folder: z.string(),
      key: z.string().optional(),
      versionId: z.string().optional(),
    })
    .optional(),
});

export type ListingRequest = z.infer<typeof listingRequestSchema>;

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

/** What the trail constructs and their functions agree on. */
import { z } from 'zod';

/** Switches EventBridge notifications on for an existing bucket (B2), and off again if it did. */
export const bucketNotificationProperties = z.object({
  BucketName: z.string().min(3),
});

/** Empties and deletes the new trail's buckets when the stack goes (A13). */
export const trailBucketTeardownProperties = z.object({
  /** The trail's bucket first, then the bucket of its access logs. */
  BucketNames: z.array(z.string().min(3)).nonempty(),
});

/** What the health check's construct and its function agree on. */
import * as z from 'zod';
import { optionalText } from './environment.ts';
import { destinationEnvironment } from './forwarding.ts';

export const healthEnvironment = destinationEnvironment.extend({
  STACK_NAME: z.string().min(1),
  STACK_ID: z.string().startsWith('arn:'),
  /** Trailbridge's own, which the heartbeat tells. */
  VERSION: z.string().min(1),
  /** The trails that are known to write to the bucket, with commas between them; see `cloudTrailBucketProperties`. */
  TRAIL_ARNS: z.string(),
  /** The new trail's bucket. Empty where the bucket was there before: its notifications have a watch of their own. */
  NEW_BUCKET_NAME: optionalText,
  /** Holds the circuit, beside the ledger. */
  LEDGER_TABLE: z.string().min(1),
  QUEUE_URL: z.url(),
  /** Its name, by which CloudWatch knows it. */
  QUEUE_NAME: z.string().min(1),
  DEAD_LETTER_QUEUE_URL: z.url(),
  EVENT_DEAD_LETTER_QUEUE_URL: z.url(),
  /** Of the requests to list objects. */
  LATE_OBJECTS_DEAD_LETTER_QUEUE_URL: z.url(),
});

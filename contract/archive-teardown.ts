/** What the archive's custom resource and its function agree on. */
import * as z from 'zod';

/** Empties and deletes the derived bucket when the stack goes. Attribute: `BucketName`. */
export const derivedBucketTeardownProperties = z.object({ BucketName: z.string().min(3) });

/**
 * What a published template, its publisher and the copier of its function code agree on.
 *
 * The schema is written with Zod's small variant: the copier's code stands in the template itself.
 */
import * as z from 'zod/mini';

/**
 * Parameters of a published template that `cdk deploy` does not have: where it finds the functions' code.
 * The names and patterns are those of Trend Micro's own onboarding solution, and of AWS's Quick Starts.
 */
export const CODE_PARAMETERS = {
  bucketName: 'QSS3BucketName',
  keyPrefix: 'QSS3KeyPrefix',
  bucketRegion: 'QSS3BucketRegion',
} as const;

export const CODE_BUCKET_PATTERN = '^[0-9a-zA-Z]([0-9a-zA-Z-]*[0-9a-zA-Z])?$';
export const KEY_PREFIX_PATTERN = '^[0-9a-zA-Z-/.]*$';
export const AWS_REGION_PATTERN = '^[a-z]{2}(-[a-z]+)+-[0-9]+$';

/** S3's own limit (Amazon S3 User Guide, "Bucket naming rules"). */
export const MAXIMUM_BUCKET_NAME_LENGTH = 63;
/** The copier's role names each object with its prefix, and IAM bounds the policies in a role (10,240 characters). */
export const MAXIMUM_KEY_PREFIX_LENGTH = 128;

/** Folder of the functions' code, below the prefix. */
export const CODE_FOLDER = 'functions/';

/** Name of a code archive: the SHA-256 of its bytes, so that a name can never stand for other code. */
export function archiveName(sha256: string): string {
  return `${sha256}.zip`;
}

/** Copies the functions' code into a bucket of the stack's own region, from which Lambda takes it. */
export const functionCodeProperties = z.object({
  SourceBucket: z.string().check(z.minLength(1)),
  /** Empty, or ends in a slash. */
  SourcePrefix: z.string(),
  SourceRegion: z.string().check(z.minLength(1)),
  StagingBucket: z.string().check(z.minLength(1)),
  /** SHA-256 of each archive, in hexadecimal. */
  Archives: z.array(z.string().check(z.regex(/^[0-9a-f]{64}$/))).check(z.minLength(1)),
});

export type FunctionCodeProperties = z.infer<typeof functionCodeProperties>;

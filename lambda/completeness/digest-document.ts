/** A digest file's content. Source: AWS CloudTrail User Guide, "CloudTrail digest file structure". */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { DigestReference } from './ports.ts';

/** A log file, as a digest lists it. */
export interface ListedLogFile extends DigestReference {
  /** SHA-256 of the uncompressed file, lower-case hexadecimal. */
  readonly sha256: string;
}

/** What a digest states of the digest before it. */
export interface PreviousDigest extends DigestReference {
  /** SHA-256 of the uncompressed digest, lower-case hexadecimal. */
  readonly sha256: string;
}

export interface DigestDocument extends DigestReference {
  readonly accountId: string;
  readonly start: Date;
  readonly end: Date;
  /** As it is written: it is signed so. */
  readonly endText: string;
  readonly keyFingerprint: string;
  readonly signatureAlgorithm: string;
  /** `undefined` in the first digest of a chain. */
  readonly previous: PreviousDigest | undefined;
  /** As it is written, hexadecimal; `null` in the first digest of a chain. */
  readonly previousSignature: string | null;
  readonly logFiles: readonly ListedLogFile[];
  /** Of the uncompressed digest, lower-case hexadecimal. */
  readonly sha256: string;
}

/** A stored object is not a digest. `code` is a `DigestProblem`. */
export class DigestUnreadableError extends Error {
  override readonly name = 'DigestUnreadableError';
  readonly code: 'Unreadable' | 'Malformed';

  constructor(code: 'Unreadable' | 'Malformed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A digest of 100,000 log files has some 40 MB. */
const MAXIMUM_BYTES = 128 * 1024 * 1024;

const sha256Text = z
  .string()
  .regex(/^[0-9a-f]{64}$/i)
  .transform((text) => text.toLowerCase());
/** The only one that the documentation knows. */
const hashAlgorithm = z.literal('SHA-256');

const documentSchema = z.object({
  awsAccountId: z.string(),
  digestStartTime: z.iso.datetime(),
  digestEndTime: z.iso.datetime(),
  digestS3Bucket: z.string().min(1),
  digestS3Object: z.string().min(1),
  digestPublicKeyFingerprint: z.string().min(1),
  digestSignatureAlgorithm: z.string().min(1),
  previousDigestS3Bucket: z.string().min(1).nullish(),
  previousDigestS3Object: z.string().min(1).nullish(),
  previousDigestHashValue: sha256Text.nullish(),
  previousDigestHashAlgorithm: hashAlgorithm.nullish(),
  previousDigestSignature: z.string().min(1).nullish(),
  logFiles: z
    .array(
      z.object({
        s3Bucket: z.string().min(1),
        s3Object: z.string().min(1),
        hashValue: sha256Text,
        hashAlgorithm,
      }),
    )
    .nullish(),
});

type RawDocument = z.infer<typeof documentSchema>;

/**
 * Reads a digest as it is stored. Fields that are not known are passed over; a signature covers them all the same.
 *
 * @throws DigestUnreadableError where it is not gzip, not JSON, or lacks what a digest states.
 */
export function readDigest(body: Uint8Array): DigestDocument {
  const bytes = inflate(body);
  const { error, data } = documentSchema.safeParse(parseJson(bytes));
  if (error !== undefined) {
    const [issue] = error.issues;
    throw malformed(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a digest'}`);
  }
  return {
    bucket: data.digestS3Bucket,
    key: data.digestS3Object,
    accountId: data.awsAccountId,
    start: new Date(data.digestStartTime),
    end: new Date(data.digestEndTime),
    endText: data.digestEndTime,
    keyFingerprint: data.digestPublicKeyFingerprint,
    signatureAlgorithm: data.digestSignatureAlgorithm,
    previous: previousOf(data),
    previousSignature: data.previousDigestSignature ?? null,
    logFiles: (data.logFiles ?? []).map(({ s3Bucket, s3Object, hashValue }) => ({
      bucket: s3Bucket,
      key: s3Object,
      sha256: hashValue,
    })),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** All five fields are null in the first digest of a chain, and none in any other. */
function previousOf(data: RawDocument): PreviousDigest | undefined {
  const fields = [
    data.previousDigestS3Bucket,
    data.previousDigestS3Object,
    data.previousDigestHashValue,
    data.previousDigestHashAlgorithm,
    data.previousDigestSignature,
  ];
  const [bucket, key, sha256] = fields;
  const given = fields.filter((field) => field !== undefined && field !== null).length;
  if (given === 0) {
    return undefined;
  }
  if (given < fields.length || typeof bucket !== 'string' || typeof key !== 'string') {
    throw malformed('it states a part of what there is to state of the digest before it');
  }
  return { bucket, key, sha256: String(sha256) };
}

function inflate(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: MAXIMUM_BYTES });
  } catch (error) {
    throw new DigestUnreadableError('Unreadable', `It is no gzip file: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DigestUnreadableError('Unreadable', 'It is no JSON document.', { cause: error });
  }
}

function malformed(what: string): DigestUnreadableError {
  return new DigestUnreadableError('Malformed', `It is no digest: ${what}.`);
}

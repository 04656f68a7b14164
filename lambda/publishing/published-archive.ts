/** Reads a code archive from where the templates were published to, and proves it to be the one that is meant. */
import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { archiveName, CODE_FOLDER, CODE_PARAMETERS } from '../../contract/publishing.ts';
import { withIamPatience } from '../shared/aws-patience.ts';
import { isDenied, isMissingBucket, regionIn, wasRedirected } from '../shared/s3-failures.ts';

/** An archive cannot be had as it must be; the message says which, why, and the cure. */
export class FunctionCodeError extends Error {
  override readonly name = 'FunctionCodeError';
}

/** Where the templates and their code were published to. */
export interface Source {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly region: string;
  readonly signal: AbortSignal;
  /** Milliseconds; see `withIamPatience`. */
  readonly baseDelayMs?: number | undefined;
}

const { bucketName, keyPrefix, bucketRegion } = CODE_PARAMETERS;

/**
 * Reads an archive and checks its bytes against its name.
 *
 * @param sha256 of the archive's bytes, in hexadecimal, which is its name.
 * @throws FunctionCodeError where it is not there, refused, in another region, or other than it must be.
 */
export async function readArchive(source: Source, sha256: string): Promise<Uint8Array> {
  const key = source.prefix + CODE_FOLDER + archiveName(sha256);
  const bytes = await withIamPatience(() => read(source, key), { ...source, isDenied }).catch(
    (error: unknown) => {
      throw new FunctionCodeError(`${placeOf(source, key)} ${causeOf(source, error)}`, { cause: error });
    },
  );
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== sha256) {
    throw new FunctionCodeError(
      `${placeOf(source, key)} is not what was published: its SHA-256 is ${actual}. Publish the templates again, ` +
        'or give the bucket and prefix of an unchanged copy.',
    );
  }
  return bytes;
}

async function read({ s3, bucket, signal }: Source, key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

function placeOf({ bucket, region }: Source, key: string): string {
  return `the object ${key} of bucket ${bucket} in ${region}`;
}

/** The end of a sentence that begins with the object's place. */
function causeOf({ region }: Source, error: unknown): string {
  const { name, message } = error as Error;
  const actualRegion = regionIn(error);
  if (wasRedirected(error) || (actualRegion !== undefined && actualRegion !== region)) {
    const where = actualRegion ?? "the bucket's own region";
    return `cannot be read: the bucket is in another region. Set ${bucketRegion} to ${where}.`;
  }
  if (isMissingBucket(error)) {
    return `cannot be read: there is no such bucket. Set ${bucketName} to where the templates were published to.`;
  }
  if (name === 'NoSuchKey') {
    return `is not found. Set ${keyPrefix} to where this template lies, and upload all that was published with it.`;
  }
  if (isDenied(error)) {
    return (
      `is refused (${name}: ${message}), which S3 also says of objects that are not there. Check ${bucketName} and ` +
      `${keyPrefix}; and the bucket's policy must let this account read its objects (s3:GetObject).`
    );
  }
  return `cannot be read (${name}: ${message}).`;
}

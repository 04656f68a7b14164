/** The stack's own bucket with its functions' code, and a note in it of what is in use. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { archiveName } from '../../contract/publishing.ts';
import { withIamPatience } from '../shared/aws-patience.ts';
import { isDenied, isMissingBucket } from '../shared/s3-failures.ts';

/** The bucket does not do as it must; the message says what, and the cure. */
export class StagingBucketError extends Error {
  override readonly name = 'StagingBucketError';
}

/** The version that the functions run, or are about to. */
export interface InUse {
  readonly version: string;
  /** SHA-256 of each archive. */
  readonly archives: readonly string[];
}

export interface StagingBucketProps {
  readonly s3: S3Client;
  readonly bucket: string;
  /** The stack's account: a bucket of the same name that belongs to someone else is not touched. */
  readonly accountId: string;
  readonly signal: AbortSignal;
  /** Milliseconds; see `withIamPatience`. */
  readonly baseDelayMs?: number | undefined;
}

/** As many as S3 takes in one request. */
const DELETED_AT_A_TIME = 1000;
const IN_USE_KEY = 'in-use.json';
const ARCHIVE_KEY = /^([0-9a-f]{64})\.zip$/;

const inUseSchema = z.object({ version: z.string(), archives: z.array(z.string()) });

/** A bucket that is gone holds nothing, and there is nothing in it to delete. */
export class StagingBucket {
  readonly #props: StagingBucketProps;

  constructor(props: StagingBucketProps) {
    this.#props = props;
  }

  /** SHA-256 of each archive that is there. */
  async archives(): Promise<string[]> {
    return (await this.#keys()).flatMap((key) => ARCHIVE_KEY.exec(key)?.[1] ?? []);
  }

  /** S3 checks the bytes once more. */
  async putArchive(sha256: string, bytes: Uint8Array): Promise<void> {
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    await this.#call((s3, where, options) =>
      s3.send(
        new PutObjectCommand({ ...where, Key: archiveName(sha256), Body: bytes, ChecksumSHA256 }),
        options,
      ),
    );
  }

  async writeInUse(inUse: InUse): Promise<void> {
    const Body = JSON.stringify(inUse);
    await this.#call((s3, where, options) =>
      s3.send(new PutObjectCommand({ ...where, Key: IN_USE_KEY, Body }), options),
    );
  }

  /** `undefined` where nothing has been noted yet, or no more. */
  async readInUse(): Promise<InUse | undefined> {
    try {
      const { Body } = await this.#call((s3, where, options) =>
        s3.send(new GetObjectCommand({ ...where, Key: IN_USE_KEY }), options),
      );
      return z.parse(inUseSchema, JSON.parse((await Body?.transformToString()) ?? ''));
    } catch (error) {
      // Before the first version, and after the last.
      if (isMissingBucket(error) || (error as Error).name === 'NoSuchKey') {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Deletes everything else; without archives to keep, the note too.
   *
   * @throws StagingBucketError where S3 keeps an object.
   */
  async keepOnly(archives: readonly string[]): Promise<void> {
    const kept = new Set(archives.length === 0 ? [] : [...archives.map(archiveName), IN_USE_KEY]);
    const superfluous = (await this.#keys()).filter((key) => !kept.has(key));
    for (let start = 0; start < superfluous.length; start += DELETED_AT_A_TIME) {
      await this.#delete(superfluous.slice(start, start + DELETED_AT_A_TIME));
    }
  }

  async #keys(): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    try {
      do {
        const page = await this.#call((s3, where, options) =>
          s3.send(new ListObjectsV2Command({ ...where, ContinuationToken }), options),
        );
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return keys;
    } catch (error) {
      // Deleted by somebody else: then nothing is left to delete, and putting something there will say so.
      if (isMissingBucket(error)) {
        return [];
      }
      throw error;
    }
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await this.#call((s3, where, options) =>
      s3.send(new DeleteObjectsCommand({ ...where, Delete }), options),
    );
    const [first] = Errors;
    if (first !== undefined) {
      throw new StagingBucketError(
        `S3 does not let ${Errors.length} objects of ${this.#props.bucket} be deleted, among them ${first.Key} ` +
          `(${first.Code}: ${first.Message}). Look for a bucket policy that somebody else has put there.`,
      );
    }
  }

  /** A refusal is tried again for a while, for the function's role may be new. */
  #call<T>(
    send: (
      s3: S3Client,
      where: { readonly Bucket: string; readonly ExpectedBucketOwner: string },
      options: { readonly abortSignal: AbortSignal },
    ) => Promise<T>,
  ): Promise<T> {
    const { s3, bucket, accountId, signal, baseDelayMs } = this.#props;
    return withIamPatience(
      () => send(s3, { Bucket: bucket, ExpectedBucketOwner: accountId }, { abortSignal: signal }),
      { isDenied, signal, baseDelayMs },
    );
  }
}

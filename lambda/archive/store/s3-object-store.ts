import {
  DeleteObjectCommand,
  GetObjectCommand,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { explainAwsError, wordsOf } from '../../shared/aws-errors.ts';
import { withRetries } from '../../shared/retry.ts';
import { wholeBody } from '../../shared/stored-version.ts';
import {
  ConditionFailedError,
  type ListedObject,
  ObjectFrozenError,
  ObjectMissingError,
  type ObjectStore,
  type PutOptions,
} from './object-store.ts';

export interface S3Place {
  /** With the patience of `S3_READING_PATIENCE`: it reads bodies as fast as they come. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** Ends every call. @default none */
  readonly signal?: AbortSignal | undefined;
}

/** S3 broke off in the middle of an object, several times over. */
export class BodyBrokenOffError extends Error {
  override readonly name = 'BodyBrokenOffError';
}

/** The SDK tries calls again by itself, but not a body that breaks off. */
const BODY_ATTEMPTS = 3;
/** Nor a write that another one is in the way of. */
const CONFLICT_ATTEMPTS = 4;

/**
 * A bucket.
 *
 * What it throws beyond the port's own errors is an AwsCallError, made for the user.
 */
export class S3ObjectStore implements ObjectStore {
  readonly place: string;
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #signal: AbortSignal | undefined;

  constructor({ s3, bucket, signal }: S3Place) {
    this.place = `s3://${bucket}`;
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#signal = signal;
  }

  async *list(prefix: string, after?: string): AsyncGenerator<ListedObject, void, undefined> {
    for await (const { Contents = [] } of this.#pages({ Prefix: prefix, StartAfter: after })) {
      for (const { Key, Size = 0, ETag = '', LastModified = new Date(0) } of Contents) {
        if (Key !== undefined) {
          yield { key: Key, bytes: Size, etag: unquoted(ETag), modified: LastModified };
        }
      }
    }
  }

  async folders(prefix: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes = [] } of this.#pages({ Prefix: prefix, Delimiter: '/' })) {
      found.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []));
    }
    return found;
  }

  async get(key: string): Promise<Buffer> {
    try {
      return await withRetries(() => this.#read(key), {
        attempts: BODY_ATTEMPTS,
        signal: this.#signal,
        decide: (error) => ({ retry: error instanceof BodyBrokenOffError }),
      });
    } catch (error) {
      switch ((error as Error).name) {
        case 'NoSuchKey':
          throw new ObjectMissingError(this.place, key, { cause: error });
        case 'InvalidObjectState':
          throw new ObjectFrozenError(this.place, key, { cause: error });
        default:
          throw this.#explained('GetObject', key, error);
      }
    }
  }

  async put(key: string, body: Buffer, { contentType, ifAbsent, ifMatch }: PutOptions): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      ...(ifAbsent === true ? { IfNoneMatch: '*' } : {}),
      ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
    });
    try {
      const { ETag = '' } = await withRetries(() => this.#s3.send(command, { abortSignal: this.#signal }), {
        attempts: CONFLICT_ATTEMPTS,
        signal: this.#signal,
        // The other write may yet fail: only the next answer says whether the condition holds.
        decide: (error) => ({ retry: (error as Error).name === 'ConditionalRequestConflict' }),
      });
      return unquoted(ETag);
    } catch (error) {
      if (saysConditionFailed(error, ifMatch !== undefined)) {
        throw new ConditionFailedError(this.place, key, { cause: error });
      }
      throw this.#explained('PutObject', key, error);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
      await this.#s3.send(command, { abortSignal: this.#signal });
    } catch (error) {
      throw this.#explained('DeleteObject', key, error);
    }
  }

  async *#pages(which: {
    readonly Prefix: string;
    readonly StartAfter?: string | undefined;
    readonly Delimiter?: string;
  }): AsyncGenerator<ListObjectsV2CommandOutput, void, undefined> {
    try {
      yield* paginateListObjectsV2(
        { client: this.#s3 },
        { Bucket: this.#bucket, ...which },
        { abortSignal: this.#signal },
      );
    } catch (error) {
      throw this.#explained('ListBucket', which.Prefix, error);
    }
  }

  async #read(key: string): Promise<Buffer> {
    const { Body, ContentLength } = await this.#s3.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      { abortSignal: this.#signal },
    );
    const chunks: Uint8Array[] = [];
    const brokenOff = (words: string, options?: ErrorOptions) => new BodyBrokenOffError(words, options);
    if (Body !== undefined) {
      const body = Body as AsyncIterable<Uint8Array>;
      for await (const chunk of wholeBody(body, ContentLength ?? 0, brokenOff)) {
        chunks.push(chunk);
      }
    }
    return Buffer.concat(chunks);
  }

  #explained(action: string, key: string, error: unknown): Error {
    const what = error instanceof BodyBrokenOffError ? new Error(wordsOf(error), { cause: error }) : error;
    return explainAwsError(`s3:${action} on ${this.place}/${key}`, what, this.#signal);
  }
}

/**
 * 412 where the condition does not hold, 409 where another write is under way, and 404 where the object to be replaced is gone
 * (Amazon S3 User Guide, "Prevent object overwrites with conditional writes").
 */
function saysConditionFailed(error: unknown, replaces: boolean): boolean {
  const { name } = error as Error;
  return (
    name === 'PreconditionFailed' ||
    name === 'ConditionalRequestConflict' ||
    (replaces && name === 'NoSuchKey')
  );
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

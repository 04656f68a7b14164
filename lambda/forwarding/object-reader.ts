import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectReference } from '../../contract/object-message.ts';
import { wordsOf } from '../shared/aws-errors.ts';
import { versionOf, wholeBody } from '../shared/stored-version.ts';
import { PoisonError, RetryableError } from './failures.ts';

export interface StoredFile {
  /** Bytes, as stored. */
  readonly length: number;
  /** To be read once. Throws RetryableError `ObjectUnreadable` where S3 breaks off. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens exactly the object that a message names: its version, or, where the bucket keeps no versions, the
 * content with that ETag.
 *
 * @throws PoisonError `ObjectGone`, `ObjectOverwritten` or `ObjectArchived`: it will never be readable.
 * @throws RetryableError `ObjectUnreadable` for everything else, missing permissions included: those get
 * repaired.
 */
export async function openObject(
  client: Pick<S3Client, 'send'>,
  object: ObjectReference,
  signal: AbortSignal,
): Promise<StoredFile> {
  try {
    const { Body, ContentLength } = await client.send(new GetObjectCommand(versionOf(object)), {
      abortSignal: signal,
    });
    if (Body === undefined || ContentLength === undefined) {
      throw brokenOff('S3 answered without a body or without its length.');
    }
    // In Node.js the SDK's body is a stream.Readable.
    const chunks = wholeBody(Body as AsyncIterable<Uint8Array>, ContentLength, brokenOff);
    return { length: ContentLength, chunks };
  } catch (error) {
    throw failureOf(error);
  }
}

function brokenOff(words: string, options?: ErrorOptions): RetryableError {
  return new RetryableError('ObjectUnreadable', words, options);
}

function failureOf(error: unknown): Error {
  if (error instanceof RetryableError) {
    return error;
  }
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const name = (error as Error).name;
  // 405: the version is a delete marker.
  if (status === 404 || status === 405 || name === 'NoSuchKey' || name === 'NoSuchVersion') {
    return new PoisonError('ObjectGone', 'The object was deleted before it was read.', { cause: error });
  }
  if (status === 412) {
    return new PoisonError(
      'ObjectOverwritten',
      'The object was overwritten before it was read. What replaced it has a message of its own.',
      { cause: error },
    );
  }
  if (name === 'InvalidObjectState') {
    return new PoisonError(
      'ObjectArchived',
      'The object is in an archive storage class. Restore it, then redrive the message.',
      { cause: error },
    );
  }
  return new RetryableError('ObjectUnreadable', `S3 did not give the object (${wordsOf(error)}).`, {
    cause: error,
  });
}

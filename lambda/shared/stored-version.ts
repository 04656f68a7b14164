/** Reading from S3 exactly what a message or a listing names, and all of it. */
import type { GetObjectCommandInput } from '@aws-sdk/client-s3';
import { namesVersion } from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';

/**
 * What GetObject is asked for: the object's version, or, where the bucket keeps no versions, the content with that ETag
 * (S3 answers 412 where another lies there now).
 */
export function versionOf(object: ObjectReference): GetObjectCommandInput {
  const { bucket, key, versionId, etag } = object;
  return {
    Bucket: bucket,
    Key: key,
    VersionId: versionId,
    ...(!namesVersion(object) && etag !== undefined ? { IfMatch: `"${etag}"` } : {}),
  };
}

/**
 * A body up to its end. One that ends early without an error would look like a truncated file, which is for ever.
 *
 * @param length in bytes, as S3 tells it.
 * @param brokenOff makes the error to throw where S3 broke off; nothing is known of the object then.
 */
export async function* wholeBody(
  body: AsyncIterable<Uint8Array>,
  length: number,
  brokenOff: (words: string, options?: ErrorOptions) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw brokenOff(`S3 broke off after ${bytes} of ${length} bytes.`, { cause });
  }
  if (bytes !== length) {
    throw brokenOff(`S3 sent ${bytes} of ${length} bytes.`);
  }
}

import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { DigestSeries } from '../../../contract/completeness.ts';
import type { BucketListing } from '../../shared/listing/folder-walk.ts';
import {
  daysOfFolders,
  type StoredObject,
  storedObjectOf,
  type VersionMarker,
  versionPage,
} from '../../shared/listing/stored-objects.ts';
import { versionOf, wholeBody } from '../../shared/stored-version.ts';
import { digestFolderOf } from '../digest-key.ts';
import { type DatedLogFile, type LogFileStore, type Span, type StoredLogFile, s3Url } from '../ports.ts';
import { hashOfGzip } from './gzip-hash.ts';
import { failureOf, isAbsent } from './reach.ts';

/** Kinds of files that are forwarded, each with a folder of its own beside that of the digests. */
const KINDS = ['CloudTrail', 'CloudTrail-Insight'];

/** S3 broke off: nothing is known of the file. */
class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError';
}

/** Log files in S3; `home` is the bucket that is looked after, whose refusals are faults. */
export class S3LogFiles implements LogFileStore {
  readonly #home: BucketListing;

  constructor(home: BucketListing) {
    this.#home = home;
  }

  /**
   * What a digest lists was stored within the hour and lies close together: a page of a listing tells of many keys at
   * once. Where it does not reach to the next key, the listing leaps there, so there is never more than one a key.
   */
  async versionsOf(
    bucket: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, readonly StoredLogFile[]>> {
    const found = new Map<string, StoredLogFile[]>(keys.map((key) => [key, []]));
    for (const [folder, inFolder] of Map.groupBy(keys, folderIn)) {
      const wanted = inFolder.toSorted();
      let after = justBefore(wanted[0]);
      while (after !== undefined) {
        const { objects, next } = await this.#page(bucket, folder, after);
        for (const object of objects) {
          found.get(object.key)?.push(object);
        }
        after = next && leap(next, wanted);
      }
    }
    return found;
  }

  async hashOf(file: StoredLogFile): Promise<string | undefined> {
    const { s3, signal } = this.#home;
    try {
      const { Body, ContentLength } = await s3.send(new GetObjectCommand(versionOf(file)), {
        abortSignal: signal,
      });
      if (Body === undefined || ContentLength === undefined) {
        throw brokenOff('S3 answered without a body or without its length.');
      }
      // In Node.js the SDK's body is a stream.Readable.
      return await hashOfGzip(wholeBody(Body as AsyncIterable<Uint8Array>, ContentLength, brokenOff));
    } catch (error) {
      if (isAbsent(error) || (error as Error).name === 'PreconditionFailed') {
        return undefined;
      }
      throw failureOf(`s3:GetObject of ${s3Url(file)}`, error, signal, true);
    }
  }

  async *list(series: DigestSeries, span: Span): AsyncGenerator<readonly DatedLogFile[], void, undefined> {
    const days = daysOfFolders(span.from, span.to);
    for (const kind of KINDS) {
      const folder = digestFolderOf(series).replace(/CloudTrail-Digest(?=\/[^/]+\/$)/, kind);
      let after: VersionMarker | undefined;
      do {
        const page = await this.#explained(series.bucket, () =>
          versionPage({ ...this.#home, bucket: series.bucket }, folder, days, { after }),
        );
        const inSpan = page.objects.filter(
          ({ key, storedAt }) => key.endsWith('.json.gz') && storedAt >= span.from && storedAt < span.to,
        );
        if (inSpan.length > 0) {
          yield inSpan;
        }
        after = page.next;
      } while (after !== undefined);
    }
  }

  async #page(
    bucket: string,
    folder: string,
    after: VersionMarker,
  ): Promise<{ readonly objects: readonly StoredObject[]; readonly next: VersionMarker | undefined }> {
    const { s3, signal } = this.#home;
    const page = await this.#explained(bucket, () =>
      s3.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: folder,
          KeyMarker: after.key,
          VersionIdMarker: after.versionId,
        }),
        { abortSignal: signal },
      ),
    );
    return {
      objects: (page?.Versions ?? []).flatMap((version) => storedObjectOf(bucket, version)),
      next:
        page?.IsTruncated === true
          ? { key: page.NextKeyMarker, versionId: page.NextVersionIdMarker }
          : undefined,
    };
  }

  async #explained<T>(bucket: string, list: () => Promise<T>): Promise<T> {
    try {
      return await list();
    } catch (error) {
      const { signal } = this.#home;
      throw failureOf(`s3:ListBucketVersions of ${bucket}`, error, signal, bucket !== this.#home.bucket);
    }
  }
}

function brokenOff(words: string, options?: ErrorOptions): BrokenOffError {
  return new BrokenOffError(words, options);
}

/** A marker that everything about the key comes after: no key of a log file ends there. */
function justBefore(key: string | undefined): VersionMarker | undefined {
  return key === undefined ? undefined : { key: key.slice(0, -1) };
}

/** Where to go on: at the next page, or further on where it would end before anything that is wanted. */
function leap({ key = '', versionId }: VersionMarker, wanted: readonly string[]): VersionMarker | undefined {
  const next = wanted.find((each) => each >= key);
  return next === key ? { key, versionId } : justBefore(next);
}

function folderIn(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

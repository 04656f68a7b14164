import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { DigestSeries } from '../../../contract/completeness.ts';
import type { BucketListing } from '../../shared/listing/folder-walk.ts';
import { dayOf, folderOf } from '../../shared/listing/stored-objects.ts';
import { digestFolderOf, parseDigestKey } from '../digest-key.ts';
import { type DigestReference, type DigestStore, type Span, type StoredDigest, s3Url } from '../ports.ts';
import { failureOf, isAbsent } from './reach.ts';

/** As stored. A digest of 100,000 log files has some 10 MB: what is larger is none, and is not read. */
const MAXIMUM_STORED_BYTES = 32 * 1024 * 1024;

/** Digests in S3; `home` is the bucket that is looked after, whose refusals are faults. */
export class S3Digests implements DigestStore {
  readonly #home: BucketListing;

  constructor(home: BucketListing) {
    this.#home = home;
  }

  async *list(series: DigestSeries, { from, to }: Span): AsyncGenerator<string, void, undefined> {
    const folder = digestFolderOf(series);
    const last = folder + folderOf(dayOf(to.getTime()));
    let token: string | undefined;
    do {
      const page = await this.#page(series.bucket, {
        Prefix: folder,
        StartAfter: folder + folderOf(dayOf(from.getTime())),
        ContinuationToken: token,
      });
      const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      for (const key of keys) {
        const end = parseDigestKey(key)?.end;
        if (end !== undefined && end > from && end <= to) {
          yield key;
        }
      }
      // A folder's name is the beginning of what is in it.
      const isBeyond = (keys.at(-1) ?? '').slice(0, last.length) > last;
      token = isBeyond ? undefined : page.NextContinuationToken;
    } while (token !== undefined);
  }

  async get({ bucket, key }: DigestReference): Promise<StoredDigest | undefined> {
    const { s3, signal } = this.#home;
    try {
      const { Body, ContentLength, Metadata } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
        { abortSignal: signal },
      );
      const body =
        Body === undefined || (ContentLength ?? 0) > MAXIMUM_STORED_BYTES
          ? undefined
          : await Body.transformToByteArray();
      // No bytes are no gzip file, which is what there is to say of one that is too large.
      return { bucket, key, body: body ?? new Uint8Array(), metadata: Metadata ?? {} };
    } catch (error) {
      if (isAbsent(error)) {
        return undefined;
      }
      throw failureOf(
        `s3:GetObject of ${s3Url({ bucket, key })}`,
        error,
        signal,
        bucket !== this.#home.bucket,
      );
    }
  }

  async #page(
    bucket: string,
    query: Omit<ListObjectsV2CommandInput, 'Bucket'>,
  ): Promise<ListObjectsV2CommandOutput> {
    const { s3, signal } = this.#home;
    try {
      return await s3.send(new ListObjectsV2Command({ Bucket: bucket, ...query }), { abortSignal: signal });
    } catch (error) {
      throw failureOf(`s3:ListBucket of ${bucket}`, error, signal, false);
    }
  }
}

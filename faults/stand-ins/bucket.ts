import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AwsAnswer, s3Failure } from './aws-answer.ts';

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

/** The most that a page of a listing holds. */
const PAGE = 1000;

/**
 * A bucket that is written, read and listed, with conditional writes. Its keys are kept in order, so that a listing costs what it
 * shows, however much there is. Keys are ASCII.
 *
 * Source: Amazon S3 API Reference, of each call.
 */
export class BucketStandIn {
  readonly #objects = new Map<string, Stored>();
  /** In order. */
  readonly #keys: string[] = [];
  readonly #now: () => number;

  /** @param now milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get size(): number {
    return this.#keys.length;
  }

  *entries(): Generator<readonly [key: string, body: Buffer], void, undefined> {
    for (const key of this.#keys) {
      yield [key, this.#objects.get(key)?.body ?? Buffer.alloc(0)];
    }
  }

  /** @param body must not change afterwards. */
  store(key: string, body: Buffer): string {
    if (!this.#objects.has(key)) {
      this.#keys.splice(this.#placeOf(key), 0, key);
    }
    const etag = createHash('md5').update(body).digest('hex');
    this.#objects.set(key, { body, etag, modified: new Date(this.#now()) });
    return etag;
  }

  get(key: string): AwsAnswer {
    const stored = this.#objects.get(key);
    return stored === undefined
      ? s3Failure(404, 'NoSuchKey', 'It does not exist.')
      : { status: 200, headers: { etag: `"${stored.etag}"` }, body: stored.body };
  }

  put(key: string, body: Buffer, headers: IncomingHttpHeaders): AwsAnswer {
    const stored = this.#objects.get(key);
    const ifMatch = headers['if-match'];
    if (ifMatch !== undefined && stored === undefined) {
      return s3Failure(404, 'NoSuchKey', 'It does not exist.');
    }
    const mustBeAbsent = headers['if-none-match'] === '*';
    if (
      (mustBeAbsent && stored !== undefined) ||
      (ifMatch !== undefined && ifMatch !== `"${stored?.etag}"`)
    ) {
      return s3Failure(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold.');
    }
    return { status: 200, headers: { etag: `"${this.store(key, body)}"` }, body: '' };
  }

  delete(key: string): AwsAnswer {
    if (this.#objects.delete(key)) {
      this.#keys.splice(this.#placeOf(key), 1);
    }
    return { status: 204, body: '' };
  }

  /** ListObjectsV2: keys and common prefixes together make up a page. */
  list(query: URLSearchParams): AwsAnswer {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? undefined;
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const limit = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
    const entries: string[] = [];
    let last = after;
    let at = this.#placeOf(after > prefix ? behind(after, delimiter) : prefix);
    for (let key = this.#keys[at]; key?.startsWith(prefix); key = this.#keys[at]) {
      if (entries.length === limit) {
        break;
      }
      const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
      last = end === -1 ? key : key.slice(0, end + 1);
      entries.push(
        end === -1 ? this.#entry(key) : `<CommonPrefixes><Prefix>${last}</Prefix></CommonPrefixes>`,
      );
      at = this.#placeOf(behind(last, delimiter));
    }
    const isMore = this.#keys[at]?.startsWith(prefix) ?? false;
    const next = isMore ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
    return {
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${entries.join('')}${next}</ListBucketResult>`,
    };
  }

  #entry(key: string): string {
    const { body, etag, modified } = this.#objects.get(key) as Stored;
    return (
      `<Contents><Key>${key}</Key><Size>${body.length}</Size><ETag>"${etag}"</ETag>` +
      `<LastModified>${modified.toISOString()}</LastModified></Contents>`
    );
  }

  /** Where a key is, or would be. */
  #placeOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** The first key that may follow one, or follow all that lies in a folder. */
function behind(key: string, delimiter: string | undefined): string {
  return delimiter !== undefined && key.endsWith(delimiter) ? `${key}\uffff` : `${key}\0`;
}

/**
 * A trail with validation, the buckets that it writes to, a forwarder and its ledger: as much of the world as the check
 * sees. The stores are strict: more keys at once than the real ones take are refused.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CompletenessResult, DigestPosition, DigestSeries } from '../../../contract/completeness.ts';
import { ledgerKeyOf } from '../../../contract/ledger.ts';
import {
  type CompletenessEvent,
  checkCompleteness,
} from '../../../lambda/completeness/completeness-check.ts';
import { CompletenessTally } from '../../../lambda/completeness/completeness-tally.ts';
import { digestFolderOf, parseDigestKey } from '../../../lambda/completeness/digest-key.ts';
import type {
  CompletenessServices,
  DatedLogFile,
  DigestReference,
  LedgerEntry,
  Span,
  StoredDigest,
  StoredLogFile,
} from '../../../lambda/completeness/ports.ts';
import {
  type DigestObject,
  DigestWriter,
  type LogFileToList,
  type SigningKey,
  signingKey,
  type TrailPlace,
} from '../../../rehearsal/input/digests.ts';

export const HOUR = 3_600_000;
export const START = new Date('2026-03-01T10:04:04Z');

const VALID = { from: new Date('2026-02-20T00:00:00Z'), until: new Date('2026-03-22T00:00:00Z') };
/** Making a pair takes long; the tests share these. */
export const KEYS: readonly [SigningKey, SigningKey] = [signingKey(VALID), signingKey(VALID)];

export const PLACE: TrailPlace = {
  bucket: 'logs-of-111122223333',
  accountId: '111122223333',
  region: 'eu-central-1',
  trailName: 'management_events',
  homeRegion: 'us-east-1',
};

export interface StoredVersion {
  readonly body: Buffer;
  readonly versionId: string | undefined;
  readonly etag: string;
  readonly storedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whatever is stored under a key, oldest first; `deleted` where a delete marker is the newest. */
export interface StoredKey {
  readonly bucket: string;
  readonly key: string;
  versions: StoredVersion[];
  deleted: boolean;
}

export interface DeliveredFile extends LogFileToList {
  readonly digest: DigestObject;
}

export class World {
  readonly writer: DigestWriter;
  readonly isVersioned: boolean;
  readonly digests: DigestObject[] = [];
  readonly files: DeliveredFile[] = [];
  readonly publicKeys: SigningKey[] = [...KEYS];
  readonly ledger = new Map<string, LedgerEntry>();
  place: TrailPlace;
  /** Calls that read a log file. */
  reads = 0;
  readonly #objects = new Map<string, StoredKey>();
  #serial = 0;

  constructor(options: { readonly isVersioned?: boolean; readonly place?: TrailPlace } = {}) {
    this.isVersioned = options.isVersioned ?? false;
    this.place = options.place ?? PLACE;
    this.writer = new DigestWriter(this.place, KEYS[0], START);
  }

  get series(): DigestSeries {
    const { bucket, prefix = '', organizationId, accountId, region } = this.place;
    return { bucket, prefix, organizationId, accountId, region };
  }

  /** Whatever is stored, in the order of buckets and keys. */
  get objects(): readonly StoredKey[] {
    return [...this.#objects.values()].toSorted((a, b) =>
      `${a.bucket}/${a.key}` < `${b.bucket}/${b.key}` ? -1 : 1,
    );
  }

  /** From the start of logging to the end of the newest digest. */
  get window() {
    return { series: this.series, from: START, to: this.writer.time };
  }

  /** An hour in which CloudTrail delivers files, and the digest of it. */
  hour(files = 1): DigestObject {
    const stored = this.#deliver(files);
    const digest = this.writer.next(stored);
    this.#keep(digest, stored);
    return digest;
  }

  backfill(files = 1, hourEnd = this.writer.time): DigestObject {
    const stored = this.#deliver(files);
    const digest = this.writer.backfill(stored, hourEnd, new Date(hourEnd.getTime() + 20 * HOUR));
    this.#keep(digest, stored);
    return digest;
  }

  move(change: Partial<Pick<TrailPlace, 'bucket' | 'prefix' | 'trailName'>>): void {
    this.place = { ...this.place, ...change };
    this.writer.move(change);
  }

  /** Stored by CloudTrail, and by nobody forwarded. */
  put(bucket: string, key: string, body: Buffer, storedAt: Date, metadata = {}): StoredLogFile {
    const place = `${bucket}/${key}`;
    const object = this.#objects.get(place) ?? { bucket, key, versions: [], deleted: false };
    this.#serial += 1;
    const versionId = this.isVersioned ? `v${this.#serial}` : undefined;
    const etag = createHash('md5').update(body).digest('hex');
    const version = { body, versionId, etag, storedAt, metadata };
    object.versions = this.isVersioned ? [...object.versions, version] : [version];
    object.deleted = false;
    this.#objects.set(place, object);
    return this.#fileOf(object, version);
  }

  /** A delete marker in a versioned bucket, unless `permanently`. */
  delete({ bucket, key }: DigestReference, permanently = false): void {
    const object = this.#objects.get(`${bucket}/${key}`);
    if (object === undefined) {
      throw new Error(`There is no ${key} to delete.`);
    }
    object.deleted = true;
    if (permanently || !this.isVersioned) {
      object.versions = [];
    }
  }

  /** What the forwarder notes when the destination has acknowledged what is stored now. */
  forward({ bucket, key }: DigestReference): void {
    const object = this.#objects.get(`${bucket}/${key}`);
    const version = object?.versions.at(-1);
    if (object !== undefined && version !== undefined) {
      const sha256 = hash(gunzipSync(version.body));
      this.ledger.set(ledgerKeyOf(this.#fileOf(object, version)), { state: 'acknowledged', sha256 });
    }
  }

  forwardAll(): this {
    for (const file of this.files) {
      this.forward(file);
    }
    return this;
  }

  replaceDigest(digest: DigestObject, change: Partial<Pick<DigestObject, 'body' | 'metadata'>>): void {
    const { bucket, key, body, metadata } = { ...digest, ...change };
    this.put(bucket, key, body, START, metadata);
  }

  readonly services: CompletenessServices = {
    digests: {
      list: (series, span) => this.#listDigests(series, span),
      get: async (digest) => this.#getDigest(digest),
    },
    keys: {
      publicKeys: async (_region, { from, to }) =>
        this.publicKeys.filter(({ validFrom, validUntil }) => validFrom <= to && validUntil >= from),
    },
    logFiles: {
      versionsOf: async (bucket, keys) => {
        atMostABatch(keys);
        return new Map(keys.map((key) => [key, this.#versionsOf(bucket, key)]));
      },
      hashOf: async (file) => {
        this.reads += 1;
        return this.#hashOf(file);
      },
      list: (series, span) => this.#listFiles(series, span),
    },
    ledger: {
      entries: async (keys) => {
        atMostABatch(keys);
        const entries = keys.map((key) => [key, this.ledger.get(key)] as const);
        return new Map(entries.filter((entry): entry is [string, LedgerEntry] => entry[1] !== undefined));
      },
    },
  };

  #deliver(count: number): LogFileToList[] {
    return Array.from({ length: count }, () => {
      this.#serial += 1;
      const { bucket, prefix = '', accountId, region } = this.place;
      const start = prefix === '' ? '' : `${prefix}/`;
      const name = `${accountId}_CloudTrail_${region}_20260301T1005Z_${this.#serial}.json.gz`;
      const key = `${start}AWSLogs/${accountId}/CloudTrail/${region}/2026/03/01/${name}`;
      const content = Buffer.from(JSON.stringify({ Records: [{ eventID: `event-${this.#serial}` }] }));
      this.put(bucket, key, gzipSync(content), new Date(this.writer.time.getTime() + HOUR / 2));
      return { bucket, key, content };
    });
  }

  #keep(digest: DigestObject, files: readonly LogFileToList[]): void {
    this.put(digest.bucket, digest.key, digest.body, this.writer.time, digest.metadata);
    this.digests.push(digest);
    this.files.push(...files.map((file) => ({ ...file, digest })));
  }

  async *#listDigests(series: DigestSeries, { from, to }: Span): AsyncGenerator<string> {
    for (const { bucket, key, deleted } of this.#objects.values()) {
      const end = parseDigestKey(key)?.end;
      const isThere = bucket === series.bucket && key.startsWith(digestFolderOf(series)) && !deleted;
      if (isThere && end !== undefined && end > from && end <= to) {
        yield key;
      }
    }
  }

  #getDigest({ bucket, key }: DigestReference): StoredDigest | undefined {
    const object = this.#objects.get(`${bucket}/${key}`);
    const version = object?.deleted ? undefined : object?.versions.at(-1);
    return version && { bucket, key, body: version.body, metadata: version.metadata };
  }

  async *#listFiles(series: DigestSeries, { from, to }: Span): AsyncGenerator<readonly DatedLogFile[]> {
    const folder = digestFolderOf(series).replace('/CloudTrail-Digest/', '/CloudTrail/');
    for (const object of this.#objects.values()) {
      if (object.bucket === series.bucket && object.key.startsWith(folder)) {
        const inSpan = object.versions.filter(({ storedAt }) => storedAt >= from && storedAt < to);
        yield inSpan.map((version) => ({ ...this.#fileOf(object, version), storedAt: version.storedAt }));
      }
    }
  }

  #versionsOf(bucket: string, key: string): readonly StoredLogFile[] {
    const object = this.#objects.get(`${bucket}/${key}`);
    return object?.versions.map((version) => this.#fileOf(object, version)) ?? [];
  }

  #hashOf(file: StoredLogFile): string | undefined {
    const object = this.#objects.get(`${file.bucket}/${file.key}`);
    const version = object?.versions.find(
      ({ versionId, etag }) => versionId === file.versionId && etag === file.etag,
    );
    try {
      return version && hash(gunzipSync(version.body));
    } catch {
      // As the store's interface says of what is no gzip file.
      return undefined;
    }
  }

  #fileOf(object: StoredKey, version: StoredVersion): StoredLogFile {
    const { bucket, key, versions, deleted } = object;
    const { versionId, etag } = version;
    return { bucket, key, versionId, etag, isCurrent: !deleted && versions.at(-1) === version };
  }
}

export async function eventsOf(
  world: World,
  window: { readonly series: DigestSeries; readonly from: Date; readonly to: Date } = world.window,
  position?: DigestPosition,
): Promise<readonly CompletenessEvent[]> {
  const events: CompletenessEvent[] = [];
  for await (const event of checkCompleteness(window, world.services, position)) {
    events.push(event);
  }
  return events;
}

export async function resultOf(world: World, window = world.window): Promise<CompletenessResult> {
  return talliedOf(world, await eventsOf(world, window), window);
}

export function talliedOf(
  world: World,
  events: readonly CompletenessEvent[],
  window = world.window,
): CompletenessResult {
  const tally = new CompletenessTally(window);
  for (const event of events) {
    tally.add(event);
  }
  return tally.result();
}

export function urlOf({ bucket, key }: DigestReference): string {
  return `s3://${bucket}/${key}`;
}

/** Hours from the start of logging, as ISO 8601. */
export function at(hours: number): string {
  return new Date(START.getTime() + hours * HOUR).toISOString();
}

/** Amazon DynamoDB API Reference, "BatchGetItem". */
const BATCH_GET_ITEM_LIMIT = 100;

function atMostABatch(keys: readonly string[]): void {
  if (keys.length > BATCH_GET_ITEM_LIMIT || new Set(keys).size < keys.length) {
    throw new Error(`${keys.length} keys at once, or some twice: the real store refuses that.`);
  }
}

function hash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

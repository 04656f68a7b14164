/**
 * Digest files as CloudTrail writes them, for a rehearsal and for tests, signed with keys of our own.
 *
 * Written from the words of the AWS CloudTrail User Guide ("CloudTrail digest file structure", "Custom implementations
 * of CloudTrail log file integrity validation"), and from nothing of the product: a generator that shares the
 * verifier's code shares its mistakes.
 */
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A pair of keys of one region, with the public one as `ListPublicKeys` lists it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** DER, PKCS #1. */
  readonly value: Buffer;
  /** The User Guide's examples are the MD5 of the DER value. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
}

export interface TrailPlace {
  readonly bucket: string;
  readonly prefix?: string;
  readonly organizationId?: string;
  readonly accountId: string;
  readonly region: string;
  readonly trailName: string;
  readonly homeRegion: string;
}

export interface LogFileToList {
  readonly bucket: string;
  readonly key: string;
  /** Uncompressed. */
  readonly content: Buffer;
}

export interface DigestObject {
  readonly bucket: string;
  readonly key: string;
  /** As stored: gzip. */
  readonly body: Buffer;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** @param valid CloudTrail's keys are valid for 30 days; a span may overlap the next key's. */
export function signingKey(valid: { readonly from: Date; readonly until: Date }): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const value = publicKey.export({ format: 'der', type: 'pkcs1' });
  const fingerprint = createHash('md5').update(value).digest('hex');
  return { privateKey, value, fingerprint, validFrom: valid.from, validUntil: valid.until };
}

interface Previous {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

/** Writes the digests of one trail in one region, each with what it must say of the one before it. */
export class DigestWriter {
  #place: TrailPlace;
  #key: SigningKey;
  #time: Date;
  #previous: Previous | undefined;
  #previousBackfill: Previous | undefined;

  /** @param startedAt when logging, with validation, was started. */
  constructor(place: TrailPlace, key: SigningKey, startedAt: Date) {
    this.#place = place;
    this.#key = key;
    this.#time = startedAt;
  }

  /** End of the newest digest. */
  get time(): Date {
    return this.#time;
  }

  /** The next digest: an hour's, unless logging was stopped within the hour. */
  next(files: readonly LogFileToList[], minutes = 60): DigestObject {
    const start = this.#time;
    const end = new Date(start.getTime() + minutes * 60_000);
    const { digest, asPrevious } = this.#write(files, { start, end }, this.#previous);
    this.#time = end;
    this.#previous = asPrevious;
    return digest;
  }

  /** A digest of files that processing delays kept out of an hour's digest. Backfills are a chain of their own. */
  backfill(files: readonly LogFileToList[], hourEnd: Date, generatedAt: Date): DigestObject {
    const span = { start: new Date(hourEnd.getTime() - 3_600_000), end: hourEnd };
    const { digest, asPrevious } = this.#write(files, span, this.#previousBackfill, generatedAt);
    this.#previousBackfill = asPrevious;
    return digest;
  }

  /** Logging, or validation, was off until then: the next digest begins a chain. */
  restart(at: Date): void {
    this.#time = at;
    this.#previous = undefined;
  }

  /** Another bucket, prefix or name from the next digest on. */
  move(change: Partial<Pick<TrailPlace, 'bucket' | 'prefix' | 'trailName'>>): void {
    this.#place = { ...this.#place, ...change };
  }

  rotate(key: SigningKey): void {
    this.#key = key;
  }

  #write(
    files: readonly LogFileToList[],
    { start, end }: { readonly start: Date; readonly end: Date },
    previous: Previous | undefined,
    backfilledAt?: Date,
  ): { readonly digest: DigestObject; readonly asPrevious: Previous } {
    const { bucket, accountId } = this.#place;
    const key = digestKey(this.#place, end, backfilledAt !== undefined);
    const text = JSON.stringify({
      awsAccountId: accountId,
      digestStartTime: extended(start),
      digestEndTime: extended(end),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: this.#key.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: files.length === 0 ? null : extended(end),
      oldestEventTime: files.length === 0 ? null : extended(start),
      previousDigestS3Bucket: previous?.bucket ?? null,
      previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
      previousDigestSignature: previous?.signature ?? null,
      logFiles: files.map((file) => ({
        s3Bucket: file.bucket,
        s3Object: file.key,
        hashValue: sha256(file.content),
        hashAlgorithm: 'SHA-256',
        newestEventTime: extended(end),
        oldestEventTime: extended(start),
      })),
    });
    const signature = createSign('RSA-SHA256')
      .update(`${extended(end)}\n${bucket}/${key}\n${sha256(text)}\n${previous?.signature ?? 'null'}`)
      .sign(this.#key.privateKey, 'hex');
    const metadata = {
      signature,
      'signature-algorithm': 'SHA256withRSA',
      ...(backfilledAt === undefined ? {} : { 'backfill-generation-timestamp': extended(backfilledAt) }),
    };
    return {
      digest: { bucket, key, body: gzipSync(text), metadata },
      asPrevious: { bucket, key, hash: sha256(text), signature },
    };
  }
}

function digestKey(place: TrailPlace, end: Date, isBackfill: boolean): string {
  const { prefix, organizationId, accountId, region, trailName, homeRegion } = place;
  const [date = '', time = ''] = extended(end).split('T');
  const stamp = `${date.replaceAll('-', '')}T${time.replaceAll(':', '')}`;
  const name = `${accountId}_CloudTrail-Digest_${region}_${trailName}_${homeRegion}_${stamp}`;
  return [
    ...(prefix === undefined || prefix === '' ? [] : [prefix]),
    'AWSLogs',
    ...(organizationId === undefined ? [] : [organizationId]),
    accountId,
    'CloudTrail-Digest',
    region,
    date.replaceAll('-', '/'),
    `${name}${isBackfill ? '_backfill' : ''}.json.gz`,
  ].join('/');
}

/** UTC extended format, as in `2015-05-08T07:19:37Z`. */
function extended(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

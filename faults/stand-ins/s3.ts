import { createHash } from 'node:crypto';
import { type AwsAnswer, s3Failure } from './aws-answer.ts';

export interface StoredVersion {
  readonly versionId: string | undefined;
  readonly etag: string;
  readonly body: Buffer;
}

/** One bucket, versioned or not. */
export class S3StandIn {
  readonly #versions = new Map<string, StoredVersion[]>();
  readonly #isVersioned: boolean;
  #count = 0;

  constructor(isVersioned: boolean) {
    this.#isVersioned = isVersioned;
  }

  put(key: string, body: Buffer): StoredVersion {
    this.#count += 1;
    const versionId = this.#isVersioned ? `version-${this.#count}` : undefined;
    const etag = createHash('md5').update(body).digest('hex');
    const stored = { versionId, etag, body };
    this.#versions.set(key, this.#isVersioned ? [...(this.#versions.get(key) ?? []), stored] : [stored]);
    return stored;
  }

  delete(key: string): void {
    this.#versions.delete(key);
  }

  /** Amazon S3 API Reference, GetObject. */
  get(key: string, versionId: string | null, ifMatch: string | undefined): AwsAnswer {
    const versions = this.#versions.get(key) ?? [];
    const stored =
      versionId === null ? versions.at(-1) : versions.find((version) => version.versionId === versionId);
    if (stored === undefined) {
      return s3Failure(404, versionId === null ? 'NoSuchKey' : 'NoSuchVersion', 'It does not exist.');
    }
    if (ifMatch !== undefined && ifMatch !== `"${stored.etag}"`) {
      return s3Failure(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold.');
    }
    return { status: 200, headers: { etag: `"${stored.etag}"` }, body: stored.body };
  }
}

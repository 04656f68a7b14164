/** Reads digests, each with the answer to whether it is CloudTrail's. */
import type { ExaminedDigest } from '../../contract/completeness.ts';
import { checkDigest, type DigestCheck } from './digest-check.ts';
import type { DigestDocument } from './digest-document.ts';
import { type DigestKey, parseDigestKey } from './digest-key.ts';
import { type CompletenessServices, type DigestReference, OutOfReachError } from './ports.ts';
import { PublicKeys } from './public-keys.ts';

export interface LoadedDigest extends DigestReference {
  readonly parsed: DigestKey;
  readonly check: DigestCheck;
}

export interface VerifiedDigest extends LoadedDigest {
  readonly document: DigestDocument;
  readonly mark: ExaminedDigest;
}

export class DigestReader {
  readonly #digests: CompletenessServices['digests'];
  readonly #keys: PublicKeys;

  constructor({ digests, keys }: Pick<CompletenessServices, 'digests' | 'keys'>) {
    this.#digests = digests;
    this.#keys = new PublicKeys(keys);
  }

  /**
   * The digest that another one states to have come before it: that may be in another bucket.
   *
   * @returns `undefined` as `load` does.
   * @throws whatever the services throw.
   */
  async loadElsewhere(digest: DigestReference): Promise<LoadedDigest | 'OutOfReach' | undefined> {
    try {
      return await this.load(digest);
    } catch (error) {
      if (error instanceof OutOfReachError) {
        return 'OutOfReach';
      }
      throw error;
    }
  }

  /**
   * @returns `undefined` where nothing is stored there, or the key is no digest's.
   * @throws whatever the services throw.
   */
  async load(digest: DigestReference): Promise<LoadedDigest | undefined> {
    const parsed = parseDigestKey(digest.key);
    const stored = parsed && (await this.#digests.get(digest));
    if (parsed === undefined || stored === undefined) {
      return undefined;
    }
    return { ...digest, parsed, check: await checkDigest(stored, parsed, this.#keys) };
  }
}

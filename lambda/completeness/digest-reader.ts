/** Reads digests, each with the answer to whether it is CloudTrail's. */
import type { ExaminedDigest } from '../../contract/completeness.ts';
import { checkDigest, type DigestCheck } from './digest-check.ts';
import type { DigestDocument } from './digest-document.ts';
import { type DigestKey, parseDigestKey } from './digest-key.ts';
import { PublicKeys } from './public-keys.ts';
import type { CompletenessServices, DigestReference } from './stores.ts';

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

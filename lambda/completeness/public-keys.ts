/** CloudTrail's public keys, found by fingerprint and time. */
import type { KeyObject } from 'node:crypto';
import { importPublicKey } from './digest-signature.ts';
import { type DigestPublicKey, OutOfReachError, type PublicKeySource, type Span } from './ports.ts';

/**
 * A digest is signed some time after it ends, by then with the next key maybe. `aws cloudtrail validate-logs` looks for
 * keys two hours beyond, too.
 */
const LEEWAY_MS = 2 * 60 * 60 * 1000;

export type KeyAnswer =
  | { readonly key: KeyObject; readonly problem?: undefined }
  | { readonly problem: 'KeyUnknown' | 'KeyNotValidThen' | 'KeyUnusable' }
  | { readonly problem: 'KeysOutOfReach'; readonly reason: string };

interface ImportedKey {
  readonly key: KeyObject | undefined;
  readonly validFrom: number;
  readonly validUntil: number;
}

/** Asks once for each key of a region. Lives as long as one check; a key serves some weeks, so there are few. */
export class PublicKeys {
  readonly #source: PublicKeySource;
  readonly #known = new Map<string, ImportedKey>();
  /** Regions whose keys are out of reach, and why. */
  readonly #unreachable = new Map<string, string>();

  constructor(source: PublicKeySource) {
    this.#source = source;
  }

  /**
   * @param at when the digest was signed, about.
   * @throws whatever the source throws.
   */
  async find(region: string, fingerprint: string, at: Date): Promise<KeyAnswer> {
    const id = idOf(region, fingerprint);
    const time = at.getTime();
    if (!this.#known.has(id) && !this.#unreachable.has(region)) {
      await this.#ask(region, { from: new Date(time - LEEWAY_MS), to: new Date(time + LEEWAY_MS) });
    }
    const reason = this.#unreachable.get(region);
    if (reason !== undefined) {
      return { problem: 'KeysOutOfReach', reason };
    }
    const found = this.#known.get(id);
    if (found === undefined) {
      return { problem: 'KeyUnknown' };
    }
    if (time < found.validFrom - LEEWAY_MS || time > found.validUntil + LEEWAY_MS) {
      return { problem: 'KeyNotValidThen' };
    }
    return found.key === undefined ? { problem: 'KeyUnusable' } : { key: found.key };
  }

  async #ask(region: string, span: Span): Promise<void> {
    try {
      this.#remember(region, await this.#source.publicKeys(region, span));
    } catch (error) {
      if (!(error instanceof OutOfReachError)) {
        throw error;
      }
      this.#unreachable.set(region, error.message);
    }
  }

  #remember(region: string, keys: readonly DigestPublicKey[]): void {
    for (const { fingerprint, value, validFrom, validUntil } of keys) {
      this.#known.set(idOf(region, fingerprint), {
        key: importPublicKey(value),
        validFrom: validFrom.getTime(),
        validUntil: validUntil.getTime(),
      });
    }
  }
}

function idOf(region: string, fingerprint: string): string {
  return `${region}/${fingerprint.toLowerCase()}`;
}

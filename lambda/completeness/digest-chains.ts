/** What is remembered of a region's digests from one to the next: a chain for each trail, and the backfills. */
import type { DigestPosition, ExaminedDigest, TimeSpan } from '../../contract/completeness.ts';
import { parseDigestKey } from './digest-key.ts';
import { type DigestReference, type Span, s3Url } from './ports.ts';

export interface Chain {
  readonly trail: string;
  /** Up to when time has been judged, covered or not. */
  readonly judgedUntil: Date;
  /** End of the newest digest that was examined, whatever came of it. */
  readonly seenUntil: Date;
  /** Up to when its silence has been told, by an earlier check. It may be told again for another reason. */
  readonly toldUntil?: Date | undefined;
  readonly head?: ExaminedDigest | undefined;
  /** The newest digest that is no proof, unless a verified one came after it. */
  readonly invalid?: string | undefined;
}

/** A digest that was examined before. */
export interface Remembered {
  /** Only if it is a proof. */
  readonly mark?: ExaminedDigest | undefined;
  /** Of which it is the newest. */
  readonly chain?: Chain | undefined;
}

export class DigestChains {
  readonly #chains: Map<string, Chain>;
  readonly #formerTrails: Map<string, Date>;
  readonly #backfills: Map<string, ExaminedDigest>;
  readonly #invalidBackfills: Set<string>;

  constructor({ chains, formerTrails, backfills, invalidBackfills }: DigestPosition) {
    this.#chains = new Map(
      chains.map((chain) => [
        chain.trail,
        {
          ...chain,
          judgedUntil: new Date(chain.judgedUntil),
          seenUntil: new Date(chain.seenUntil),
          toldUntil: chain.toldUntil === undefined ? undefined : new Date(chain.toldUntil),
        },
      ]),
    );
    this.#formerTrails = new Map(formerTrails.map(({ trail, seenUntil }) => [trail, new Date(seenUntil)]));
    this.#backfills = new Map(backfills.map((mark) => [s3Url(mark), mark]));
    this.#invalidBackfills = new Set(invalidBackfills);
  }

  all(): readonly Chain[] {
    return [...this.#chains.values()];
  }

  of(trail: string): Chain | undefined {
    return this.#chains.get(trail);
  }

  /** Remembered are the newest digest of each chain, and backfills. */
  find(digest: DigestReference): Remembered | undefined {
    const url = s3Url(digest);
    const mark = this.#backfills.get(url);
    if (mark !== undefined || this.#invalidBackfills.has(url)) {
      return { mark };
    }
    for (const chain of this.#chains.values()) {
      if (chain.head !== undefined && s3Url(chain.head) === url) {
        return { mark: chain.head, chain };
      }
      if (chain.invalid === url) {
        return { chain };
      }
    }
    return undefined;
  }

  /** End of the newest digest of the trail that was examined, also if its chain goes on under another name. */
  seenUntil(trail: string): Date | undefined {
    return this.#chains.get(trail)?.seenUntil ?? this.#formerTrails.get(trail);
  }

  /** @param former the chain that goes on as this one, under another name maybe. */
  set(chain: Chain, former: Chain = chain): void {
    if (former.trail !== chain.trail) {
      this.#chains.delete(former.trail);
      this.#formerTrails.set(former.trail, former.seenUntil);
    }
    this.#chains.set(chain.trail, chain);
  }

  addBackfill(digest: DigestReference, mark: ExaminedDigest | undefined): void {
    if (mark === undefined) {
      this.#invalidBackfills.add(s3Url(digest));
    } else {
      this.#backfills.set(s3Url(digest), mark);
    }
  }

  /** Forgets what no later check will meet again: what ended by then. */
  forget(expiry: Date): void {
    const isOver = (url: string) => (parseDigestKey(url)?.end ?? expiry) <= expiry;
    for (const url of [...this.#backfills.keys(), ...this.#invalidBackfills].filter(isOver)) {
      this.#backfills.delete(url);
      this.#invalidBackfills.delete(url);
    }
    for (const [trail, seenUntil] of this.#formerTrails) {
      if (seenUntil <= expiry) {
        this.#formerTrails.delete(trail);
      }
    }
  }

  position(): DigestPosition {
    return {
      chains: this.all().map((chain) => ({
        ...chain,
        judgedUntil: chain.judgedUntil.toISOString(),
        seenUntil: chain.seenUntil.toISOString(),
        toldUntil: chain.toldUntil?.toISOString(),
      })),
      formerTrails: [...this.#formerTrails].map(([trail, seenUntil]) => ({
        trail,
        seenUntil: seenUntil.toISOString(),
      })),
      backfills: [...this.#backfills.values()],
      invalidBackfills: [...this.#invalidBackfills],
    };
  }
}

export function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}

export function earlierOf(one: Date, other: Date): Date {
  return one < other ? one : other;
}

export function timeSpanOf({ from, to }: Span): TimeSpan {
  return { from: from.toISOString(), to: to.toISOString() };
}

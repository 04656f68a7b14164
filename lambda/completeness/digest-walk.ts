/** Goes through a region's digests in the order of time, and says what they prove and where they are silent. */
import type { DigestLink, DigestPosition, DigestProblem } from '../../contract/completeness.ts';
import { type Chain, DigestChains, earlierOf, laterOf, timeSpanOf } from './digest-chains.ts';
import type { DigestDocument } from './digest-document.ts';
import { type DigestKey, parseDigestKey, trailOf } from './digest-key.ts';
import { goesOnAsAnother, linkTo } from './digest-links.ts';
import type { CheckWindow, DigestObservation, WalkStep } from './digest-observations.ts';
import { DigestReader, type LoadedDigest, type VerifiedDigest } from './digest-reader.ts';
import {
  type FoundDigest,
  type FoundDigests,
  findDigests,
  firstOfEach,
  LOOKBACK_MS,
  lastOfEach,
} from './digest-search.ts';
import { type CompletenessServices, type DigestReference, s3Url } from './ports.ts';
import { DIGEST_PERIOD_MS, missingIn, silenceAfter, silenceBefore } from './silence.ts';

interface ResolvedLink {
  readonly link: DigestLink;
  /** The chain that goes on with the digest. */
  readonly chain?: Chain | undefined;
}

/**
 * Examines the digests of one region. Stop it after any step, and go on with that step's position.
 *
 * A digest is held to the one that it states to have come before it, wherever that lies: so a chain is followed
 * through a change of bucket, prefix or trail, and a digest that is late or was missed is examined when its successor is.
 *
 * Memory: the keys of a window (some 30 a day and trail), and one digest.
 *
 * @throws whatever the services throw.
 */
export async function* walkDigests(
  window: CheckWindow,
  services: Pick<CompletenessServices, 'digests' | 'keys'>,
  position: DigestPosition,
): AsyncGenerator<WalkStep, void, undefined> {
  const walk = new DigestWalk(window, services, new DigestChains(position));
  const found = await walk.find();
  await walk.begin(found);
  for (const reference of found.inWindow) {
    for await (const digest of walk.lineageOf(reference)) {
      yield walk.step(await walk.examine(digest));
    }
  }
  for (const later of firstOfEach(found.after).values()) {
    yield walk.step(await walk.examineLater(later));
  }
  yield { ...walk.step(walk.ending(found)), isLast: true };
}

class DigestWalk {
  readonly #window: CheckWindow;
  readonly #digests: CompletenessServices['digests'];
  readonly #reader: DigestReader;
  readonly #chains: DigestChains;

  constructor(
    window: CheckWindow,
    services: Pick<CompletenessServices, 'digests' | 'keys'>,
    chains: DigestChains,
  ) {
    this.#window = window;
    this.#digests = services.digests;
    this.#reader = new DigestReader(services);
    this.#chains = chains;
  }

  step(observations: readonly DigestObservation[]): WalkStep {
    return { observations, position: this.#chains.position(), isLast: false };
  }

  /** The digests in and around the window. */
  find(): Promise<FoundDigests> {
    const heard = this.#chains
      .all()
      .reduce((time, { seenUntil }) => earlierOf(time, seenUntil), this.#window.from);
    return findDigests(this.#window, this.#digests, heard);
  }

  /** Begins a chain for each trail that nothing is known of but that it wrote before: its silence is to be told. */
  async begin({ before, inWindow, after }: FoundDigests): Promise<void> {
    const all = [...before, ...inWindow, ...after];
    for (const [trail, newest] of lastOfEach(before)) {
      const isKnown = this.#chains.seenUntil(trail) !== undefined;
      if (!isKnown && !(await goesOnAsAnother(newest, all, this.#reader))) {
        this.#chains.set(this.#newChain(trail));
      }
    }
  }

  /**
   * The digest and those before it that nothing is known of, the oldest first; none where it was examined before. Two
   * at a time are in memory.
   */
  async *lineageOf(newest: FoundDigest): AsyncGenerator<LoadedDigest, void, undefined> {
    const loaded = this.#isDone(newest) ? undefined : await this.#reader.load(newest);
    if (loaded === undefined) {
      return;
    }
    const older: DigestReference[] = [];
    for (let before = await this.#unknownBefore(loaded); before; before = await this.#unknownBefore(before)) {
      older.push({ bucket: before.bucket, key: before.key });
    }
    for (const digest of older.toReversed()) {
      const again = await this.#reader.load(digest);
      if (again !== undefined) {
        yield again;
      }
    }
    yield loaded;
  }

  #isDone({ parsed: key, ...digest }: FoundDigest): boolean {
    const { from, to } = this.#window;
    if (key.isBackfill) {
      return this.#chains.find(digest) !== undefined;
    }
    const trail = trailOf(key);
    const judgedUntil = this.#chains.of(trail)?.judgedUntil;
    return (
      key.end <= (this.#chains.seenUntil(trail) ?? from) || (judgedUntil !== undefined && judgedUntil >= to)
    );
  }

  /** `undefined` where it begins a chain or goes on with one that is known, and where the digest before it is gone. */
  async #unknownBefore({ check, parsed }: LoadedDigest): Promise<LoadedDigest | undefined> {
    const previous = check.problem === undefined ? check.document.previous : undefined;
    const before = previous && parseDigestKey(previous.key);
    if (previous === undefined || before === undefined || this.#chains.find(previous) !== undefined) {
      return undefined;
    }
    if (before.end <= this.#floorOf(parsed) || before.end >= parsed.end) {
      return undefined;
    }
    const loaded = await this.#reader.loadElsewhere(previous);
    return loaded === 'OutOfReach' ? undefined : loaded;
  }

  /** What comes before is none of this check's. */
  #floorOf(key: DigestKey): Date {
    const { from } = this.#window;
    return key.isBackfill
      ? new Date(from.getTime() - LOOKBACK_MS)
      : (this.#chains.of(trailOf(key))?.judgedUntil ?? from);
  }

  async examine(digest: LoadedDigest): Promise<readonly DigestObservation[]> {
    const { check } = digest;
    if (check.problem !== undefined) {
      return [this.#invalid(digest, check.problem, check.detail)];
    }
    const verified = { ...digest, document: check.document, mark: check.mark };
    const resolved = await this.#resolveLink(verified);
    return digest.parsed.isBackfill ? this.#backfill(verified, resolved) : this.#goOn(verified, resolved);
  }

  #invalid(digest: LoadedDigest, problem: DigestProblem, detail: string): DigestObservation {
    const { parsed } = digest;
    const trail = trailOf(parsed);
    const invalid = s3Url(digest);
    if (parsed.isBackfill) {
      this.#chains.addBackfill(digest, undefined);
    } else {
      const chain = this.#chains.of(trail) ?? this.#newChain(trail);
      this.#chains.set({ ...chain, seenUntil: laterOf(chain.seenUntil, parsed.end), invalid });
    }
    return { kind: 'InvalidDigest', digest: invalid, trail, problem, detail };
  }

  async #resolveLink({ document, parsed }: VerifiedDigest): Promise<ResolvedLink> {
    const { previous } = document;
    const own = this.#chains.of(trailOf(parsed));
    if (previous === undefined) {
      return { link: 'Started', chain: own };
    }
    const remembered = this.#chains.find(previous);
    if (remembered !== undefined) {
      return { link: linkTo(document, remembered.mark), chain: remembered.chain ?? own };
    }
    const before = parseDigestKey(previous.key);
    const chain = own ?? (before && this.#chains.of(trailOf(before)));
    // Backfills are rare: the one before may be so old that it was let go. Of a chain without a head nothing was examined.
    const isOfOldChain = chain?.head !== undefined && !parsed.isBackfill;
    if (before !== undefined && !isOfOldChain && before.end <= this.#floorOf(parsed)) {
      return { link: 'BeforeWindow', chain };
    }
    const loaded = await this.#reader.loadElsewhere(previous);
    if (loaded === undefined || loaded === 'OutOfReach') {
      return { link: loaded === undefined ? 'PreviousMissing' : 'PreviousOutOfReach', chain };
    }
    const { check } = loaded;
    return { link: linkTo(document, check.problem === undefined ? check.mark : undefined), chain };
  }

  #backfill(digest: VerifiedDigest, { link }: ResolvedLink): readonly DigestObservation[] {
    this.#chains.addBackfill(digest, digest.mark);
    const missing = link === 'PreviousMissing' ? 1 : 0;
    return [verifiedObservation(digest, { link, missing, covers: undefined })];
  }

  #goOn(digest: VerifiedDigest, { link, chain }: ResolvedLink): readonly DigestObservation[] {
    const { document, parsed } = digest;
    const { start, end } = document;
    const trail = trailOf(parsed);
    const known = chain ?? this.#newChain(trail);
    const { judgedUntil } = known;
    const silence = silenceBefore(document, known, link);
    const missing = missingIn(silence);
    const seenUntil = laterOf(known.seenUntil, end);
    this.#chains.set({ trail, judgedUntil: laterOf(judgedUntil, end), seenUntil, head: digest.mark }, chain);
    const covered = { from: laterOf(start, judgedUntil), to: end };
    const covers = covered.from < covered.to ? timeSpanOf(covered) : undefined;
    return [
      ...silence.map((span) => ({ kind: 'Uncovered' as const, trail, span })),
      verifiedObservation(digest, { link, missing, covers }),
    ];
  }

  #newChain(trail: string): Chain {
    const { from } = this.#window;
    return { trail, judgedUntil: from, seenUntil: from };
  }

  /**
   * What a digest after the window says of a chain that is silent at the window's end: whether there were others before
   * it. Nothing where no chain is silent, or the digest is no proof.
   */
  async examineLater(later: FoundDigest): Promise<readonly DigestObservation[]> {
    const { to } = this.#window;
    const own = this.#chains.of(trailOf(later.parsed));
    const loaded = own !== undefined && own.judgedUntil >= to ? undefined : await this.#reader.load(later);
    if (loaded === undefined || loaded.check.problem !== undefined) {
      return [];
    }
    const { document, mark } = loaded.check;
    if (own !== undefined && document.start < to) {
      return this.examine(loaded);
    }
    const { link, chain } = await this.#resolveLink({ ...loaded, document, mark });
    const silent = chain ?? this.#chainBefore(document, link, trailOf(later.parsed));
    const silence = silent === undefined ? [] : silenceBefore({ ...document, start: to }, silent, link);
    if (silent === undefined || silence.length === 0) {
      return [];
    }
    this.#chains.set({ ...silent, judgedUntil: to });
    const missing = missingIn(silence);
    const previous = document.previous && s3Url(document.previous);
    return [
      ...silence.map((span) => ({ kind: 'Uncovered' as const, trail: silent.trail, span })),
      { kind: 'LaterDigest', digest: s3Url(loaded), link, previous, missing },
    ];
  }

  /** A trail of which there is nothing up to the window's end, though it is proven to have written in it. */
  #chainBefore({ previous }: DigestDocument, link: DigestLink, trail: string): Chain | undefined {
    const end = previous && parseDigestKey(previous.key)?.end;
    const isOfWindow = end !== undefined && end.getTime() - this.#window.to.getTime() <= DIGEST_PERIOD_MS;
    return link === 'PreviousMissing' && isOfWindow ? this.#newChain(trail) : undefined;
  }

  /** What is uncovered up to the window's end. It is not settled by that: digests that come late are still examined. */
  ending({ after }: FoundDigests): readonly DigestObservation[] {
    const { from, to } = this.#window;
    this.#chains.forget(new Date(from.getTime() - LOOKBACK_MS));
    const chains = this.#chains.all();
    if (chains.length === 0) {
      const reason = after.length === 0 ? 'NoDigests' : 'ChainRestarted';
      return [{ kind: 'Uncovered', trail: '', span: { ...timeSpanOf({ from, to }), reason } }];
    }
    return chains.flatMap((chain) => {
      const silence = silenceAfter(chain, this.#window);
      const last = silence.at(-1);
      if (last !== undefined) {
        this.#chains.set({ ...chain, toldUntil: new Date(last.to) });
      }
      return silence.map((span) => ({ kind: 'Uncovered' as const, trail: chain.trail, span }));
    });
  }
}

function verifiedObservation(
  digest: VerifiedDigest,
  rest: Pick<DigestObservation & { kind: 'VerifiedDigest' }, 'link' | 'missing' | 'covers'>,
): DigestObservation {
  const { document, parsed } = digest;
  const previous = document.previous && s3Url(document.previous);
  return {
    kind: 'VerifiedDigest',
    digest: s3Url(digest),
    trail: trailOf(parsed),
    previous,
    document,
    ...rest,
  };
}

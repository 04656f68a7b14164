/** Goes through a region's digests in the order of time, and says what they prove and where they are silent. */
import type {
  DigestLink,
  DigestPosition,
  DigestProblem,
  ExaminedDigest,
} from '../../contract/completeness.ts';
import { type Chain, DigestChains, earlierOf, laterOf, timeSpanOf } from './digest-chains.ts';
import { signatureMark } from './digest-check.ts';
import type { DigestDocument } from './digest-document.ts';
import { type DigestKey, parseDigestKey, trailOf } from './digest-key.ts';
import type { CheckWindow, DigestObservation, WalkStep } from './digest-observations.ts';
import { DigestReader, type LoadedDigest, type VerifiedDigest } from './digest-reader.ts';
import { DIGEST_PERIOD_MS, silenceAfter, silenceBefore } from './silence.ts';
import { type CompletenessServices, type DigestReference, s3Url } from './stores.ts';

interface ResolvedLink {
  readonly link: DigestLink;
  /** The chain that goes on with the digest. */
  readonly chain?: Chain | undefined;
}

/** How late a digest may come, a backfill above all; assumed: unpublished. */
const LOOKBACK_MS = 7 * 24 * 60 * 60 * 1000;

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
  for (const key of await walk.keys()) {
    for await (const digest of walk.lineageOf(key)) {
      yield walk.step(await walk.examine(digest));
    }
  }
  yield { ...walk.step(walk.ending()), isLast: true };
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

  /** The keys to look at, in the order of time: S3's order is that of the trails' names within a day. */
  async keys(): Promise<readonly DigestReference[]> {
    const { series, from, to } = this.#window;
    const lookback = new Date(from.getTime() - LOOKBACK_MS);
    const heard = this.#chains.all().reduce((time, { seenUntil }) => earlierOf(time, seenUntil), from);
    const earliest = laterOf(heard, lookback);
    // The digest that covers the window's end is made up to an hour after it.
    const span = { from: lookback, to: new Date(to.getTime() + DIGEST_PERIOD_MS) };
    const found: { key: string; parsed: DigestKey }[] = [];
    for await (const key of this.#digests.list(series, span)) {
      const parsed = parseDigestKey(key);
      if (parsed !== undefined && (parsed.isBackfill || parsed.end > earliest)) {
        found.push({ key, parsed });
      }
    }
    return found
      .toSorted((a, b) => a.parsed.end.getTime() - b.parsed.end.getTime() || (a.key < b.key ? -1 : 1))
      .map(({ key }) => ({ bucket: series.bucket, key }));
  }

  /**
   * The digest and those before it that nothing is known of, the oldest first; none where it was examined before. Two
   * at a time are in memory.
   */
  async *lineageOf(newest: DigestReference): AsyncGenerator<LoadedDigest, void, undefined> {
    const parsed = parseDigestKey(newest.key);
    const loaded =
      parsed === undefined || this.#isDone(newest, parsed) ? undefined : await this.#reader.load(newest);
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

  #isDone(digest: DigestReference, key: DigestKey): boolean {
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
      const { judgedUntil, seenUntil, head } = this.#chains.of(trail) ?? this.#newChain(trail);
      this.#chains.set({ trail, judgedUntil, seenUntil: laterOf(seenUntil, parsed.end), head, invalid });
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
    // Backfills are rare: the one before may be so old that it was let go.
    const isOfOldChain = chain !== undefined && !parsed.isBackfill;
    if (before !== undefined && !isOfOldChain && before.end <= this.#floorOf(parsed)) {
      return { link: 'BeforeWindow' };
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
    const missing = silence.reduce((count, span) => count + (span.missing?.about ?? 0), 0);
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

  /** What is uncovered up to the window's end. It is not settled by that: digests that come late are still examined. */
  ending(): readonly DigestObservation[] {
    const { from, to } = this.#window;
    this.#chains.forget(new Date(from.getTime() - LOOKBACK_MS));
    const chains = this.#chains.all();
    if (chains.length === 0) {
      const span = { ...timeSpanOf({ from, to }), reason: 'NoDigests' as const };
      return [{ kind: 'Uncovered', trail: '', span }];
    }
    return chains.flatMap((chain) =>
      silenceAfter(chain, this.#window).map((span) => ({
        kind: 'Uncovered' as const,
        trail: chain.trail,
        span,
      })),
    );
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

/** @param mark of the digest before; `undefined` where that is no proof. */
function linkTo(
  { previous, previousSignature }: DigestDocument,
  mark: ExaminedDigest | undefined,
): DigestLink {
  if (mark === undefined) {
    return 'PreviousInvalid';
  }
  const isThat =
    mark.sha256 === previous?.sha256 && mark.signatureSha256 === signatureMark(previousSignature ?? '');
  return isThat ? 'Linked' : 'PreviousReplaced';
}

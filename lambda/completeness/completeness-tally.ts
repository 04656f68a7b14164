/** Adds a check's events up to its result, in bounded memory. */
import type {
  CompletenessFinding,
  CompletenessResult,
  CompletenessVerdict,
  LogFileVerdict,
  ProofBasis,
  TimeSpan,
  TrailCoverage,
  UncoveredSpan,
} from '../../contract/completeness.ts';
import { gapsIn, tamperedIn } from '../../contract/completeness-sums.ts';
import type { CompletenessEvent } from './completeness-check.ts';
import type { CheckWindow, DigestObservation } from './digest-observations.ts';
import type { JudgedLogFile } from './log-files.ts';
import { s3Url } from './ports.ts';

/** Findings that are told one by one; the rest is counted. */
const MAXIMUM_FINDINGS = 1000;

type VerifiedObservation = DigestObservation & { kind: 'VerifiedDigest' };

export class CompletenessTally {
  readonly #window: CheckWindow;
  readonly #trails = new Map<string, { covered: TimeSpan[]; uncovered: UncoveredSpan[] }>();
  readonly #digests = { verified: 0, backfill: 0, invalid: 0, unverifiable: 0, missing: 0, replaced: 0 };
  readonly #files: Record<LogFileVerdict, number> = {
    Forwarded: 0,
    Gap: 0,
    Altered: 0,
    Deleted: 0,
    OutOfReach: 0,
  };
  readonly #storedCopies = { overwritten: 0, deleted: 0 };
  readonly #listed = { acknowledged: 0, unacknowledged: 0 };
  readonly #findings: CompletenessFinding[] = [];
  #findingsLeftOut = 0;

  constructor(window: CheckWindow) {
    this.#window = window;
  }

  add(event: CompletenessEvent): void {
    switch (event.kind) {
      case 'VerifiedDigest':
        this.#addVerified(event);
        break;
      case 'InvalidDigest': {
        const { digest, problem, detail } = event;
        this.#digests[problem === 'KeysOutOfReach' ? 'unverifiable' : 'invalid'] += 1;
        this.#find({ kind: 'Digest', digest, problem, detail });
        break;
      }
      case 'LaterDigest':
        this.#addLink(event);
        break;
      case 'Uncovered':
        this.#coverageOf(event.trail).uncovered.push(event.span);
        break;
      case 'LogFiles':
        for (const file of event.files) {
          this.#addFile(event.digest, file);
        }
        break;
      case 'Listed':
        this.#listed.acknowledged += event.acknowledged;
        this.#listed.unacknowledged += event.unacknowledged.length;
        for (const file of event.unacknowledged) {
          this.#find({ kind: 'Unacknowledged', file: s3Url(file) });
        }
        break;
      case 'Position':
        break;
    }
  }

  result(): CompletenessResult {
    const { series, from, to } = this.#window;
    const trails: readonly TrailCoverage[] = [...this.#trails].map(([trail, spans]) => ({ trail, ...spans }));
    return {
      series,
      from: from.toISOString(),
      to: to.toISOString(),
      verdict: this.#verdict(trails),
      basis: this.#basis(trails),
      trails,
      digests: { ...this.#digests },
      files: { ...this.#files },
      storedCopies: { ...this.#storedCopies },
      listed: { ...this.#listed },
      findings: [...this.#findings],
      findingsLeftOut: this.#findingsLeftOut,
    };
  }

  #addVerified(verified: VerifiedObservation): void {
    const { trail, covers } = verified;
    if (covers === undefined) {
      this.#digests.backfill += 1;
    } else {
      this.#digests.verified += 1;
      const { covered } = this.#coverageOf(trail);
      const last = covered.at(-1);
      if (last?.to === covers.from) {
        covered[covered.length - 1] = { from: last.from, to: covers.to };
      } else {
        covered.push(covers);
      }
    }
    this.#addLink(verified);
  }

  #addLink({
    digest,
    link,
    previous = '',
    missing,
  }: Pick<VerifiedObservation, 'digest' | 'link' | 'previous' | 'missing'>): void {
    this.#digests.missing += missing;
    if (link === 'PreviousReplaced') {
      this.#digests.replaced += 1;
    }
    if (link === 'PreviousMissing' || link === 'PreviousReplaced') {
      this.#find({ kind: 'Chain', digest, link, previous });
    }
  }

  #addFile(digest: string, { file, verdict, copy, detail }: JudgedLogFile): void {
    this.#files[verdict] += 1;
    const url = s3Url(file);
    if (verdict !== 'Forwarded') {
      this.#find({ kind: 'LogFile', file: url, verdict, digest, detail });
    } else if (copy !== 'Intact') {
      this.#storedCopies[copy === 'Deleted' ? 'deleted' : 'overwritten'] += 1;
      this.#find({ kind: 'StoredCopy', file: url, copy, digest });
    }
  }

  #coverageOf(trail: string): { covered: TimeSpan[]; uncovered: UncoveredSpan[] } {
    const coverage = this.#trails.get(trail) ?? { covered: [], uncovered: [] };
    this.#trails.set(trail, coverage);
    return coverage;
  }

  #find(finding: CompletenessFinding): void {
    if (this.#findings.length < MAXIMUM_FINDINGS) {
      this.#findings.push(finding);
    } else {
      this.#findingsLeftOut += 1;
    }
  }

  #verdict(trails: readonly TrailCoverage[]): CompletenessVerdict {
    const counts = {
      digests: this.#digests,
      files: this.#files,
      storedCopies: this.#storedCopies,
      listed: this.#listed,
    };
    if (tamperedIn(counts) > 0) {
      return 'Tampered';
    }
    if (gapsIn(counts) > 0) {
      return 'Gaps';
    }
    const isUncovered = trails.some(({ uncovered }) => uncovered.length > 0);
    // A backfill digest adds files and no time: that it cannot be verified leaves no time uncovered.
    return isUncovered || this.#digests.unverifiable + this.#files.OutOfReach > 0 ? 'Unproven' : 'Proven';
  }

  #basis(trails: readonly TrailCoverage[]): ProofBasis {
    if (trails.every(({ uncovered }) => uncovered.length === 0)) {
      return 'Digests';
    }
    return trails.some(({ covered }) => covered.length > 0) ? 'DigestsAndListing' : 'Listing';
  }
}

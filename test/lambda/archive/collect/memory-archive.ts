/** An archive, a checkpoint and a clock in memory, with the meaning of the real ones: what is not saved is gone after a crash. */
import type { ArchiveId } from '../../../../contract/archive.ts';
import type {
  CollectedRecord,
  CollectOutcome,
  Collector,
  CollectSession,
  Finding,
} from '../../../../lambda/archive/collect/collector.ts';
import { archiveIdOf } from '../../../../lambda/archive/raw/archive-id.ts';

/** The function was killed. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

export interface RunOptions {
  /** Called before every store and save; throws for a crash. */
  readonly beforeCall?: () => void;
  readonly timeIsUp?: () => boolean;
}

/** A collector whose parameters change between two runs, so that it collects from another place. */
export function movingCollector<State>(
  collectors: readonly [Collector<State>, Collector<State>],
  at: () => 0 | 1,
): Collector<State> {
  return {
    ...collectors[0],
    arrive: (known, signal) => collectors[at()].arrive(known, signal),
    collect: (session) => collectors[at()].collect(session),
  };
}

/** For a run that may begin so many pieces of work. */
export function timeFor(pieces: number): () => boolean {
  let left = pieces;
  return () => {
    left -= 1;
    return left < 0;
  };
}

export class MemoryArchive<State> {
  readonly #collector: Collector<State>;
  readonly #now: () => Date;
  readonly stored = new Map<ArchiveId, CollectedRecord>();
  readonly unreadable: { readonly content: string; readonly why: string; readonly origin: string }[] = [];
  /** Records that were stored although they were known: there must be none, but how many were recognised tells about effort. */
  recognised = 0;
  saves = 0;
  /** Records that a collector added, known or not. */
  added = 0;
  /** Characters of the largest state that was saved. */
  largestState = 0;
  /** What a person would be told of. */
  readonly findings: Finding[] = [];
  #state: string | undefined;
  #place: string | undefined;

  constructor(collector: Collector<State>, now: () => Date) {
    this.#collector = collector;
    this.#now = now;
  }

  /** As it was saved, and as it comes back from a table: through JSON, and the collector's schema. */
  get state(): State | undefined {
    return this.#state === undefined ? undefined : this.#collector.state.parse(JSON.parse(this.#state));
  }

  set state(state: State) {
    this.#state = JSON.stringify(state);
  }

  async run({ beforeCall = () => {}, timeIsUp = () => false }: RunOptions = {}): Promise<CollectOutcome> {
    const { signal } = new AbortController();
    const { place, isAnother } = await this.#collector.arrive(this.#place, signal);
    this.#place = place;
    this.#state = isAnother ? undefined : this.#state;
    let held: CollectedRecord[] = [];
    const flush = () => {
      for (const record of held) {
        // One after the other: a crash leaves some of them stored.
        beforeCall();
        const id = archiveIdOf(this.#collector.source, record);
        this.recognised += Number(this.stored.has(id));
        this.stored.set(id, record);
      }
      held = [];
    };
    const session: CollectSession<State> = {
      state: this.state,
      archive: {
        add: async (record) => {
          this.added += 1;
          held.push(record);
        },
        addUnreadable: async (content, why, origin) => {
          this.unreadable.push({ content: content.toString('utf8'), why, origin });
        },
      },
      save: async (state) => {
        flush();
        beforeCall();
        this.saves += 1;
        this.state = state;
        this.largestState = Math.max(this.largestState, this.#state?.length ?? 0);
      },
      tell: (finding) => this.findings.push(finding),
      now: this.#now,
      timeIsUp,
      signal,
    };
    return await this.#collector.collect(session);
  }

  /** The texts, sorted: the same one twice where it is stored twice. */
  get texts(): string[] {
    return [...this.stored.values()].map(({ text }) => text).sort();
  }
}

import type {
  CollectedRecord,
  CollectOutcome,
  Collector,
  Finding,
} from '../../../../lambda/archive/collect/collector.ts';
import { archiveIdOf } from '../../../../lambda/archive/raw/archive-id.ts';

/** An archive and a checkpoint in memory: what was added and not saved is lost when a run fails. */
export class MemoryArchive<State> {
  readonly #ids = new Map<string, CollectedRecord>();
  readonly #collector: Collector<State>;
  readonly unreadable: { readonly why: string; readonly origin: string; readonly content: string }[] = [];
  #state: string | undefined;
  /** What a person would be told of. */
  readonly findings: Finding[] = [];
  added = 0;
  /** Called before each thing that can fail. */
  onStep: (step: string) => void = () => {};
  now = 0;

  constructor(collector: Collector<State>) {
    this.#collector = collector;
  }

  get texts(): string[] {
    return [...this.#ids.values()].map(({ text }) => text);
  }

  /** As it is kept, in characters. */
  get stateSize(): number {
    return this.#state?.length ?? 0;
  }

  get state(): State | undefined {
    return this.#state === undefined ? undefined : this.#collector.state.parse(JSON.parse(this.#state));
  }

  /** @param steps after which time is up. */
  async run(steps = Number.POSITIVE_INFINITY): Promise<CollectOutcome> {
    const held = new Map<string, CollectedRecord>();
    let left = steps;
    const outcome = await this.#collector.collect({
      state: this.state,
      archive: {
        add: async (record) => {
          this.onStep('add');
          this.added += 1;
          held.set(archiveIdOf('ibmcloud', record), record);
        },
        addUnreadable: async (content, why, origin) => {
          this.onStep('addUnreadable');
          this.unreadable.push({ why, origin, content: content.toString('latin1') });
        },
      },
      save: async (state) => {
        this.onStep('save');
        for (const [id, record] of held) {
          this.#ids.set(id, record);
        }
        this.onStep('saved records');
        this.#state = JSON.stringify(state);
      },
      tell: (finding) => this.findings.push(finding),
      now: () => new Date(this.now),
      timeIsUp: () => {
        left -= 1;
        return left < 0;
      },
      signal: new AbortController().signal,
    });
    return outcome;
  }
}

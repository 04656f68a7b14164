/** The input as a stream: files that are put into buckets one part after the other, and what arrived of them. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  arrivals,
  compare,
  countMessages,
  countsOf,
  keyIn,
  readLedger,
  upload,
  waitForDelivery,
} from './delivery.ts';
import { type Corpus, corpusOf, type InputFile } from './input/corpus.ts';
import type { GivenFilter } from './input/filter.ts';
import type { Stage } from './stage.ts';

const BETWEEN_FILES_MS = 250;

export interface FileFlowOptions {
  readonly deadLetterQueue: string;
  readonly ledgerTable: string;
  /** Every filter that the stack is given in the course of it. Which of them a file meets, the ledger tells. */
  readonly filters: readonly GivenFilter[];
}

export class FileFlow {
  readonly #stage: Stage;
  readonly #options: FileFlowOptions;
  readonly #remaining: InputFile[];
  readonly #put: InputFile[] = [];
  readonly #createdAt = new Map<string, number>();
  readonly #filters: ReadonlyMap<string, GivenFilter>;
  /** By key. */
  readonly #filterOfFile = new Map<string, GivenFilter>();
  /** What `put` gave last: to read every file again takes longer than a look at what has arrived. */
  #corpus: Corpus | undefined;

  constructor(stage: Stage, corpus: Corpus, options: FileFlowOptions) {
    this.#stage = stage;
    this.#remaining = [...corpus.files];
    this.#options = options;
    this.#filters = new Map(options.filters.map((filter) => [filter.fingerprint, filter]));
  }

  /** The next files of the input: what is left of it, in as many parts of about the same size. */
  next(parts: number): readonly InputFile[] {
    return this.#remaining.splice(0, Math.ceil(this.#remaining.length / parts));
  }

  get isUsedUp(): boolean {
    return this.#remaining.length === 0;
  }

  /** Every file that was put, as a corpus of its own. */
  get put(): Corpus {
    this.#corpus ??= corpusOf('put so far', this.#put, (key) => this.#filterOfFile.get(key));
    return this.#corpus;
  }

  /** Milliseconds since 1970, by key. */
  get createdAt(): ReadonlyMap<string, number> {
    return this.#createdAt;
  }

  async into(bucket: string, files: readonly InputFile[]): Promise<void> {
    for (const [key, at] of await upload(this.#stage.clients, bucket, files)) {
      this.#createdAt.set(key, at);
    }
    this.#put.push(...files);
    this.#corpus = undefined;
  }

  /** One file after the other, for as long as something goes on; the rest when it is over. */
  async trickle(bucket: string, files: readonly InputFile[], goesOn: () => boolean): Promise<void> {
    for (const [index, file] of files.entries()) {
      if (!goesOn()) {
        await this.into(bucket, files.slice(index));
        return;
      }
      await this.into(bucket, [file]);
      await wait(BETWEEN_FILES_MS);
    }
  }

  /** Waits until all that was put has arrived, or nothing more does. What a filter has dropped counts as arrived. */
  async arrive(onProgress: (arrived: number, of: number) => void): Promise<void> {
    const { poison } = this.put;
    const events = [...corpusOf('all of it', this.#put).expected.values()].reduce(
      (sum, count) => sum + count,
      0,
    );
    await waitForDelivery({
      expectedEvents: events,
      expectedDeadLetters: poison.size,
      arrived: async () => {
        await this.#askLedger();
        return (
          events - compare(this.put.expected, countsOf(await arrivals(this.#stage.simulator.url))).missing
        );
      },
      deadLettered: async () =>
        (await countMessages(this.#stage.clients, this.#options.deadLetterQueue)).visible,
      onProgress: (arrived) => onProgress(arrived, events),
    });
  }

  /** The keys of those files that were forwarded behind a filter. */
  filteredBy({ fingerprint }: GivenFilter): ReadonlySet<string> {
    const files = [...this.#filterOfFile].filter(([, filter]) => filter.fingerprint === fingerprint);
    return new Set(files.map(([key]) => key));
  }

  /** A file that is put while the filter changes meets the old or the new one: the ledger says which. */
  async #askLedger(): Promise<void> {
    if (this.#filters.size === 0) {
      return;
    }
    for (const { object, state, filter: fingerprint = '' } of await readLedger(
      this.#stage.clients,
      this.#options.ledgerTable,
    )) {
      const filter = this.#filters.get(fingerprint);
      const key = keyIn(object);
      if (state === 'acknowledged' && filter !== undefined && !this.#filterOfFile.has(key)) {
        this.#filterOfFile.set(key, filter);
        this.#corpus = undefined;
      }
    }
  }
}

/** The input as a stream: files that are put into buckets one part after the other, and what arrived of them. */
import { setTimeout as wait } from 'node:timers/promises';
import { arrivals, compare, countMessages, countsOf, upload, waitForDelivery } from './delivery.ts';
import { type Corpus, corpusOf, type InputFile } from './input/corpus.ts';
import type { Stage } from './stage.ts';

const BETWEEN_FILES_MS = 250;

export class FileFlow {
  readonly #stage: Stage;
  readonly #deadLetterQueue: string;
  readonly #remaining: InputFile[];
  readonly #put: InputFile[] = [];
  readonly #createdAt = new Map<string, number>();

  constructor(stage: Stage, corpus: Corpus, deadLetterQueue: string) {
    this.#stage = stage;
    this.#remaining = [...corpus.files];
    this.#deadLetterQueue = deadLetterQueue;
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
    return corpusOf('put so far', this.#put);
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

  /** Waits until all that was put has arrived, or nothing more does. */
  async arrive(onProgress: (arrived: number, of: number) => void): Promise<void> {
    const { expected, poison } = this.put;
    const events = [...expected.values()].reduce((sum, count) => sum + count, 0);
    await waitForDelivery({
      expectedEvents: events,
      expectedDeadLetters: poison.size,
      arrived: async () =>
        events - compare(expected, countsOf(await arrivals(this.#stage.simulator.url))).missing,
      deadLettered: async () => (await countMessages(this.#stage.clients, this.#deadLetterQueue)).visible,
      onProgress: (arrived) => onProgress(arrived, events),
    });
  }
}

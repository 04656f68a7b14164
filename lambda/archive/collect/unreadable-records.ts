import { createHash } from 'node:crypto';
import type { Recorder } from './collector.ts';

/** More than that is no single mishap; what is forgotten is kept a second time, which does no harm. */
const REMEMBERED = 200;
const DIGITS = 12;

/** Keeps what cannot be parsed once, however often it is collected. */
export class UnreadableRecords {
  readonly #archive: Recorder;
  readonly #known: Set<string>;

  /** @param known hashes that an earlier run remembered. */
  constructor(archive: Recorder, known: readonly string[]) {
    this.#archive = archive;
    this.#known = new Set(known);
  }

  /** Of the latest, for the next run. */
  get hashes(): string[] {
    return [...this.#known].slice(-REMEMBERED);
  }

  async add(content: Buffer, why: string, origin: string): Promise<void> {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, DIGITS);
    if (!this.#known.has(hash)) {
      this.#known.add(hash);
      await this.#archive.addUnreadable(content, why, origin);
    }
  }
}

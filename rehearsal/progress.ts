/** Tells on the terminal what the rehearsal does, phase by phase, with the time each took. */
import { styleText } from 'node:util';
import type { RehearsalReport } from './report.ts';

export type Phase = Exclude<keyof RehearsalReport['seconds'], 'total'>;

const PHASE_WIDTH = 10;

export class Progress {
  readonly #started = performance.now();
  readonly #seconds: Record<Phase, number> = {
    setup: 0,
    bootstrap: 0,
    deploy: 0,
    forward: 0,
    archive: 0,
    update: 0,
    destroy: 0,
  };
  readonly #out: NodeJS.WriteStream;
  #transient = false;
  #silent = false;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** Runs one phase, or a part of it, and tells its time; `summary` says in a few words what came of it. */
  async phase<T>(
    name: Phase,
    title: string,
    work: () => Promise<T>,
    summary?: (result: T) => string,
  ): Promise<T> {
    const started = performance.now();
    const took = () => (performance.now() - started) / 1000;
    this.transient(`${this.#label(name)} ${title} …`);
    try {
      const result = await work();
      this.line(name, `${summary?.(result) ?? title} ${this.#time(took())}`);
      return result;
    } catch (error) {
      this.line(name, `${styleText('red', 'failed')}: ${title} ${this.#time(took())}`);
      throw error;
    } finally {
      this.#seconds[name] += took();
    }
  }

  /** Says nothing any more: what goes on after an interruption is of no interest. */
  silence(): void {
    this.#clear();
    this.#silent = true;
  }

  get isSilent(): boolean {
    return this.#silent;
  }

  /** A line that stays. */
  line(label: string, text: string): void {
    if (this.#silent) {
      return;
    }
    this.#clear();
    this.#out.write(`${this.#label(label)} ${text}\n`);
  }

  /** A line that the next one replaces; only a terminal shows it. */
  transient(text: string): void {
    if (!this.#out.isTTY || this.#silent) {
      return;
    }
    this.#clear();
    this.#out.write(text.slice(0, (this.#out.columns ?? 80) - 1));
    this.#transient = true;
  }

  /** A transient line under a phase's label. */
  detail(name: Phase, text: string): void {
    this.transient(`${this.#label(name)} ${text}`);
  }

  /** Seconds that each phase took, and all together. */
  seconds(): RehearsalReport['seconds'] {
    const rounded = Object.fromEntries(
      Object.entries(this.#seconds).map(([name, seconds]) => [name, round(seconds)]),
    ) as Record<Phase, number>;
    return { ...rounded, total: round((performance.now() - this.#started) / 1000) };
  }

  #label(label: string): string {
    return styleText('bold', label.padEnd(PHASE_WIDTH));
  }

  #time(seconds: number): string {
    return styleText('dim', `(${seconds.toFixed(1)} s)`);
  }

  #clear(): void {
    if (this.#transient) {
      this.#out.write('\r\u001b[2K');
      this.#transient = false;
    }
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

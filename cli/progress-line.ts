/** Says how far something has come, on standard error: one line that is rewritten, or now and then another line. */
import { roughly } from '../lambda/shared/roughly.ts';
import type { Streams } from './output.ts';

/** How far, and of how much where that is known. */
export interface Fraction {
  readonly done: number;
  readonly of: number;
}

const CELLS = 24;
/** Without a terminal: who reads the log wants to see that it goes on, and not every step. */
const BETWEEN_LINES_MS = 30_000;
const CLEAR_LINE = '\r\u001b[2K';

export class ProgressLine {
  readonly #streams: Pick<Streams, 'err' | 'terminal'>;
  readonly #silent: boolean;
  #saidAt = Number.NEGATIVE_INFINITY;
  #stage = '';
  #isShown = false;

  /** @param silent with `--json`: a program reads the result, and nobody the way to it. */
  constructor(streams: Pick<Streams, 'err' | 'terminal'>, silent: boolean) {
    this.#streams = streams;
    this.#silent = silent;
  }

  /**
   * @param stage what goes on, such as `Counting`. Another stage is always told.
   * @param text how far it has come, in words.
   */
  show(stage: string, text: string, fraction?: Fraction): void {
    if (this.#silent) {
      return;
    }
    const { terminal, err } = this.#streams;
    if (terminal !== undefined) {
      const line = `${stage} ${fraction === undefined ? '' : `${bar(fraction)}, `}${text}`;
      // The last column stays free: a terminal wraps a line that fills it.
      err(`${CLEAR_LINE}${line.slice(0, Math.max(0, terminal.columns() - 1))}`);
      this.#isShown = true;
    } else if (stage !== this.#stage || Date.now() - this.#saidAt >= BETWEEN_LINES_MS) {
      err(`${stage}: ${fraction === undefined ? '' : `${percent(fraction).trim()}, `}${text}\n`);
      this.#saidAt = Date.now();
    }
    this.#stage = stage;
  }

  /** Makes room for what is said next. */
  clear(): void {
    if (this.#isShown) {
      this.#streams.err(CLEAR_LINE);
      this.#isShown = false;
    }
  }
}

export function bar(fraction: Fraction): string {
  const filled = Math.floor(shareOf(fraction) * CELLS);
  return `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} ${percent(fraction)}`;
}

/** Never 100 % before everything is done. */
function percent(fraction: Fraction): string {
  return `${Math.floor(shareOf(fraction) * 100)} %`.padStart(5);
}

function shareOf({ done, of }: Fraction): number {
  return of === 0 ? 1 : Math.min(1, done / of);
}

const LEAST_MS = 5_000;
const LEAST_SHARE = 0.01;

/** Guesses how long something still takes from how fast it has been so far. */
export class Pacemaker {
  #began: { readonly at: number; readonly done: number } | undefined;

  /** @returns `about 3 min left`, or nothing while there is too little to go by, or nothing left. */
  left({ done, of }: Fraction, now: number = Date.now()): string {
    this.#began ??= { at: now, done };
    const ms = now - this.#began.at;
    const gained = done - this.#began.done;
    if (ms < LEAST_MS || gained < of * LEAST_SHARE || gained <= 0 || done >= of) {
      return '';
    }
    return `about ${roughly(((of - done) / gained) * ms)} left`;
  }
}

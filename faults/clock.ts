/**
 * Slow enough for a busy machine: what the code waits for five seconds for still has two. Cases that wait for long
 * take a faster one.
 */
export const DEFAULT_TIME_SCALE = 2.5;

/**
 * The time of a case. It runs `scale` times as fast as the real one, and is put forward where nothing happens but
 * waiting: an hour's outage takes as long as what is done in it.
 *
 * The forwarder's process has the same time: see process/time.ts.
 */
export class SimulatedClock {
  readonly scale: number;
  readonly #startedAt = Date.now();
  readonly #realStart = performance.now();
  #skippedMs = 0;

  constructor(scale: number) {
    this.scale = scale;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#startedAt + (performance.now() - this.#realStart) * this.scale + this.#skippedMs;
  }

  /** Milliseconds since the case began. */
  get elapsedMs(): number {
    return this.now() - this.#startedAt;
  }

  skipTo(time: number): void {
    this.#skippedMs += Math.max(0, time - this.now());
  }

  /** Real milliseconds in which that many simulated ones pass. */
  real(ms: number): number {
    return ms / this.scale;
  }
}

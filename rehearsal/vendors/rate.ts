import { Refused } from './http.ts';

/** At most so many calls in so many milliseconds. */
export interface RateLimit {
  readonly calls: number;
  readonly perMs: number;
}

/** Too many calls. Each vendor answers it with `Retry-After`, in seconds (RFC 9110, 10.2.3). */
export class TooManyCalls extends Refused {
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(429, 'Too many requests.', 'SlowDown');
    this.name = 'TooManyCalls';
    this.retryAfter = retryAfter;
  }
}

/** Counts calls in a window that slides: the last `perMs` milliseconds, refused calls not counted. */
export class RateGate {
  #taken: number[] = [];
  refused = 0;

  /** @throws TooManyCalls */
  pass(limit: RateLimit | undefined, now: number): void {
    if (limit === undefined) return;
    this.#taken = this.#taken.filter((time) => time > now - limit.perMs);
    const [oldest = now] = this.#taken;
    if (this.#taken.length >= limit.calls) {
      this.refused += 1;
      throw new TooManyCalls(Math.max(1, Math.ceil((oldest + limit.perMs - now) / 1000)));
    }
    this.#taken.push(now);
  }
}

/** The header that goes with a refusal, where there is one. */
export function retryHeader(refused: Refused): Record<string, string> {
  return refused instanceof TooManyCalls ? { 'retry-after': String(refused.retryAfter) } : {};
}

/** What a source has seen so far. */
export interface CallCounts {
  /** That came through: credentials, rate and parameters were right. */
  readonly answered: number;
  readonly tooMany: number;
}

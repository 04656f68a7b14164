/** A rate limit without waiting: messages are held back in the queue, each for as long as it has to be. */

const SECOND_MS = 1000;
/** The longest that SQS holds a message back (Amazon SQS Developer Guide, "Amazon SQS delay queues"). */
export const LONGEST_DELAY_SECONDS = 900;
/** How far ahead of now objects are queued before the lister makes a pause. */
const AHEAD_SECONDS = 60;
/** S3's own size of a page. */
const LARGEST_PAGE = 1000;

export class Pace {
  readonly #ratePerSecond: number | undefined;
  #nextSlotAt: number;

  /**
   * @param ratePerSecond objects a second; none is no limit.
   * @param nextSlotAt when the first object may be forwarded, milliseconds since 1970; what is past is now.
   */
  constructor(ratePerSecond: number | undefined, nextSlotAt: number = 0) {
    this.#ratePerSecond = ratePerSecond;
    this.#nextSlotAt = nextSlotAt;
  }

  get nextSlotAt(): number | undefined {
    return this.#ratePerSecond === undefined ? undefined : this.#nextSlotAt;
  }

  /** So many objects at once never have to be held back for longer than SQS can. */
  get pageSize(): number {
    const rate = this.#ratePerSecond ?? LARGEST_PAGE;
    const fitting = Math.floor(rate * (LONGEST_DELAY_SECONDS - AHEAD_SECONDS));
    return Math.max(1, Math.min(LARGEST_PAGE, fitting));
  }

  /** Takes the next slots. @returns how long each object is to be held back, in whole seconds. */
  take(objects: number, now: number = Date.now()): number[] {
    const rate = this.#ratePerSecond;
    if (rate === undefined) {
      return [];
    }
    const first = Math.max(now, this.#nextSlotAt);
    this.#nextSlotAt = first + (objects / rate) * SECOND_MS;
    return Array.from({ length: objects }, (_, index) =>
      wholeSeconds(first - now + (index / rate) * SECOND_MS),
    );
  }

  /** Seconds to wait before more is queued: 0 while what is queued does not reach far ahead. */
  restSeconds(now: number = Date.now()): number {
    const aheadMs = this.#nextSlotAt - now;
    return aheadMs > AHEAD_SECONDS * SECOND_MS ? wholeSeconds(aheadMs) : 0;
  }
}

function wholeSeconds(ms: number): number {
  return Math.min(LONGEST_DELAY_SECONDS, Math.floor(ms / SECOND_MS));
}

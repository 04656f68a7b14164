/** Bytes, as sent. Below this, a destination that still says "too large" means something else. */
export const SMALLEST_LIMIT_BYTES = 16 * 1024;

/**
 * How large a part may be, as far as this process has learnt: halved when the destination refuses the size
 * of a part, and not raised again until the process ends.
 */
export class PartLimit {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Learns that parts cut to `refused` bytes are too large. Several parts cut alike may be refused at once:
   * only the first halves.
   *
   * @returns whether smaller parts can be tried.
   */
  halve(refused: number): boolean {
    if (refused <= this.#bytes) {
      this.#bytes = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(refused / 2));
    }
    return this.#bytes < refused;
  }
}

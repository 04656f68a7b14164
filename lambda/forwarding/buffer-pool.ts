/**
 * Buffers of one size that are used again: fresh ones cost page faults, and V8 counts them and collects garbage
 * all the time. Whoever gives a buffer back must not look at it any more.
 */
export class BufferPool {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  /** @param bytes of each buffer. */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A buffer with anything in it. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Larger or smaller ones are let go. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#bytes) {
      this.#free.push(buffer);
    }
  }
}

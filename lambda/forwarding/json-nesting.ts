import { BACKSLASH, CLOSE_BRACE, OPEN_BRACE, QUOTE } from './json-bytes.ts';

/** Set in a byte, it turns `[` into `{` and `]` into `}`; no other byte outside strings becomes one of them. */
const FOLD = 0x20;

/**
 * Finds the end of one object, array or string that may reach over many chunks. It knows strings and depth,
 * nothing else.
 *
 * Nearly all of a file passes through here. Two loops, one inside a string and one outside, each with as few
 * comparisons as can be, run three times as fast as one loop with a state.
 */
export class JsonNesting {
  #depth = 0;
  #inString = false;
  /** The chunk before ended between a backslash and what it escapes. */
  #escaped = false;

  /** Whether the value has come to its end. */
  get closed(): boolean {
    return this.#depth === 0 && !this.#inString;
  }

  /** Begins a value with its first byte: a bracket or a quote. */
  enter(byte: number): void {
    this.#inString = byte === QUOTE;
    this.#depth = this.#inString ? 0 : 1;
    this.#escaped = false;
  }

  /** Goes on from `from`; returns the index after the value's end, or the chunk's length. */
  run(chunk: Uint8Array, from: number): number {
    const length = chunk.length;
    let at = from;
    let depth = this.#depth;
    let inString = this.#inString;
    if (this.#escaped && at < length) {
      this.#escaped = false;
      at += 1;
    }
    while (at < length) {
      if (inString) {
        for (; at < length; at += 1) {
          const byte = chunk[at] as number;
          if (byte === QUOTE) {
            break;
          }
          if (byte === BACKSLASH) {
            at += 1;
          }
        }
        if (at >= length) {
          // Past the end: the backslash was the chunk's last byte.
          this.#escaped = at > length;
          break;
        }
        inString = false;
        at += 1;
        if (depth === 0) {
          break;
        }
      }
      for (; at < length; at += 1) {
        const byte = chunk[at] as number;
        if (byte === QUOTE) {
          inString = true;
          at += 1;
          break;
        }
        const folded = byte | FOLD;
        if (folded === OPEN_BRACE) {
          depth += 1;
        } else if (folded === CLOSE_BRACE) {
          depth -= 1;
          if (depth === 0) {
            this.#depth = 0;
            this.#inString = false;
            return at + 1;
          }
        }
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    return Math.min(at, length);
  }
}

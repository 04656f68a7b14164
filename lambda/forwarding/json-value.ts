import { BACKSLASH, isWhiteSpace, OPEN_BRACE, QUOTE } from './json-bytes.ts';

/** States outside strings: what may come next. */
const VALUE = 0;
const FIRST_ITEM = 1;
const KEY = 2;
const FIRST_KEY = 3;
const COLON = 4;
const AFTER_VALUE = 5;
const MINUS = 6;
const ZERO = 7;
const INTEGER = 8;
const POINT = 9;
const FRACTION = 10;
const EXPONENT_MARK = 11;
const EXPONENT_SIGN = 12;
const EXPONENT = 13;
/** The first of those within `true`, `false` and `null`. */
const WITHIN_WORD = 14;

/** What a byte does beyond leading to the next state. */
const FAULT = 64;
const OPEN_STRING = 65;
const OPEN_OBJECT = 66;
const OPEN_ARRAY = 67;
const CLOSE_OBJECT = 68;
const CLOSE_ARRAY = 69;
const NEXT = 70;

/** By state and byte, `state * 256 + byte`: the next state, or what to do. */
const TRANSITIONS = transitions();

/** Bytes of a string that stand for themselves: all but the quote, the backslash and control characters. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH),
);
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));
const HEX_DIGITS = new Set(Buffer.from('0123456789abcdefABCDEF'));
const HEX_DIGITS_OF_ESCAPE = 4;
const LETTER_U = 0x75;

/** More than a record can hold; it bounds the memory that something absurd beside the records can take. */
const MAXIMUM_DEPTH = 16 * 1024 * 1024;
const OBJECT = 1;
const ARRAY = 0;

/**
 * Finds the end of one object, array or string that may reach over many chunks, and checks that it is JSON by
 * the whole of its grammar (RFC 8259). Two things are left to whoever parses it: that its bytes are UTF-8, and
 * that its keys differ.
 *
 * Nearly all of a file passes through here. Hence two loops, one inside a string and one outside, and a table
 * look-up for each byte.
 */
export class JsonValue {
  #state = AFTER_VALUE;
  #depth = 0;
  /** What each open bracket is, from the outermost on. */
  #kinds = new Uint8Array(64);
  #inString = false;
  /** The chunk before ended within an escape: after its backslash, or with hexadecimal digits to come. */
  #afterBackslash = false;
  #hexDigitsToCome = 0;
  #fault: string | undefined;

  /** Whether the value has come to its end. */
  get closed(): boolean {
    return this.#depth === 0 && !this.#inString;
  }

  /** Why the value is no JSON; `run` has then returned the index of the byte that shows it. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Begins a value with its first byte: a bracket or a quote. */
  enter(byte: number): void {
    this.#depth = 0;
    this.#inString = byte === QUOTE;
    this.#state = AFTER_VALUE;
    this.#fault = undefined;
    if (!this.#inString) {
      this.#open(byte === OPEN_BRACE ? OBJECT : ARRAY);
    }
  }

  /** Goes on from `from`; returns the index after the value's end, or the chunk's length. */
  run(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.#fault === undefined) {
      at = this.#inString ? this.#runString(chunk, at) : this.#runTokens(chunk, at);
      if (this.closed) {
        break;
      }
    }
    return at;
  }

  /** Returns the index after the string's closing quote. */
  #runString(chunk: Uint8Array, from: number): number {
    const length = chunk.length;
    let at = from;
    if (this.#afterBackslash || this.#hexDigitsToCome > 0) {
      at = this.#runEscape(chunk, at);
    }
    while (at < length && this.#fault === undefined) {
      while (at < length && PLAIN[chunk[at] as number] === 1) {
        at += 1;
      }
      if (at === length) {
        break;
      }
      const byte = chunk[at] as number;
      if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      if (byte !== BACKSLASH) {
        return this.#fail('a string holds a control character', at);
      }
      this.#afterBackslash = true;
      at = this.#runEscape(chunk, at + 1);
    }
    return at;
  }

  #runEscape(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#afterBackslash && at < chunk.length) {
      const byte = chunk[at] as number;
      if (byte !== LETTER_U && !ESCAPED.has(byte)) {
        return this.#fail('a string holds an escape that does not exist', at);
      }
      this.#afterBackslash = false;
      this.#hexDigitsToCome = byte === LETTER_U ? HEX_DIGITS_OF_ESCAPE : 0;
      at += 1;
    }
    for (; this.#hexDigitsToCome > 0 && at < chunk.length; at += 1) {
      if (!HEX_DIGITS.has(chunk[at] as number)) {
        return this.#fail('a string holds an escape with too few hexadecimal digits', at);
      }
      this.#hexDigitsToCome -= 1;
    }
    return at;
  }

  /** Returns the index after the byte that opens a string or closes the value. */
  #runTokens(chunk: Uint8Array, from: number): number {
    const length = chunk.length;
    let state = this.#state;
    for (let at = from; at < length; at += 1) {
      const next = TRANSITIONS[state * 256 + (chunk[at] as number)] as number;
      if (next < FAULT) {
        state = next;
        continue;
      }
      switch (next) {
        case OPEN_STRING:
          this.#inString = true;
          this.#state = state === KEY || state === FIRST_KEY ? COLON : AFTER_VALUE;
          return at + 1;
        case NEXT:
          state = this.#kinds[this.#depth - 1] === OBJECT ? KEY : VALUE;
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (this.#depth === MAXIMUM_DEPTH) {
            return this.#fail(`it is nested more than ${MAXIMUM_DEPTH} deep`, at);
          }
          state = this.#open(next === OPEN_OBJECT ? OBJECT : ARRAY);
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (this.#kinds[this.#depth - 1] !== (next === CLOSE_OBJECT ? OBJECT : ARRAY)) {
            return this.#fail('a bracket closes one of the other kind', at);
          }
          this.#depth -= 1;
          if (this.#depth === 0) {
            return at + 1;
          }
          state = AFTER_VALUE;
          break;
        default:
          return this.#fail('something stands where it must not', at);
      }
    }
    this.#state = state;
    return length;
  }

  /** @returns the state behind the bracket. */
  #open(kind: number): number {
    if (this.#depth === this.#kinds.length) {
      const larger = new Uint8Array(2 * this.#kinds.length);
      larger.set(this.#kinds);
      this.#kinds = larger;
    }
    this.#kinds[this.#depth] = kind;
    this.#depth += 1;
    this.#state = kind === OBJECT ? FIRST_KEY : FIRST_ITEM;
    return this.#state;
  }

  #fail(fault: string, at: number): number {
    this.#fault = fault;
    return at;
  }
}

function transitions(): Uint8Array {
  const words = ['true', 'false', 'null'];
  const table = new Uint8Array((WITHIN_WORD + words.join('').length) * 256).fill(FAULT);
  const lead = (from: readonly number[], bytes: string, to: number) => {
    for (const state of from) {
      for (const byte of Buffer.from(bytes, 'latin1')) {
        table[state * 256 + byte] = to;
      }
    }
  };
  const numberEnds = [ZERO, INTEGER, FRACTION, EXPONENT];
  const beforeValue = [VALUE, FIRST_ITEM];
  const afterValue = [AFTER_VALUE, ...numberEnds];
  const whiteSpace = String.fromCharCode(...[...Array(0x21).keys()].filter(isWhiteSpace));

  for (const state of [VALUE, FIRST_ITEM, KEY, FIRST_KEY, COLON, AFTER_VALUE]) {
    lead([state], whiteSpace, state);
  }
  lead(numberEnds, whiteSpace, AFTER_VALUE);
  lead([...beforeValue, KEY, FIRST_KEY], '"', OPEN_STRING);
  lead(beforeValue, '{', OPEN_OBJECT);
  lead(beforeValue, '[', OPEN_ARRAY);
  lead([COLON], ':', VALUE);
  lead(afterValue, ',', NEXT);
  lead([...afterValue, FIRST_KEY], '}', CLOSE_OBJECT);
  lead([...afterValue, FIRST_ITEM], ']', CLOSE_ARRAY);

  lead(beforeValue, '-', MINUS);
  lead([...beforeValue, MINUS], '0', ZERO);
  lead([...beforeValue, MINUS], '123456789', INTEGER);
  lead([INTEGER], '0123456789', INTEGER);
  lead([ZERO, INTEGER], '.', POINT);
  lead([POINT, FRACTION], '0123456789', FRACTION);
  lead([ZERO, INTEGER, FRACTION], 'eE', EXPONENT_MARK);
  lead([EXPONENT_MARK], '+-', EXPONENT_SIGN);
  lead([EXPONENT_MARK, EXPONENT_SIGN, EXPONENT], '0123456789', EXPONENT);

  let state = WITHIN_WORD;
  for (const word of words) {
    lead(beforeValue, word.charAt(0), state);
    for (const letter of word.slice(1, -1)) {
      lead([state], letter, state + 1);
      state += 1;
    }
    lead([state], word.slice(-1), AFTER_VALUE);
    state += 1;
  }
  return table;
}

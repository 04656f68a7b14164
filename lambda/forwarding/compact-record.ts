/**
 * Finds the end of a record that lies whole in a chunk and is written as CloudTrail writes them: without white
 * space between its tokens. That is nearly every record, and this takes less than half of `JsonValue`'s time.
 *
 * It may give up on anything, for `JsonValue` then decides. What it does accept is JSON by the whole of its
 * grammar (RFC 8259): it must never accept what `JsonValue` would refuse, nor end a record elsewhere.
 */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';

/** Finds the end of the record that starts at `from`: the index behind it, or `UNSURE`. */
export type EndOfRecord = (chunk: Uint8Array, from: number) => number;

/** The record is not whole, not compact, not JSON, or unusual: look closer. */
export const UNSURE = -1;

/** Leaves every record to the exact path. */
export const alwaysUnsure: EndOfRecord = () => UNSURE;

/** One bit for each open bracket; the lowest is the innermost. CloudTrail's records are some ten deep. */
const MAXIMUM_DEPTH = 30;
/** Read at once within a string. */
const STRIDE = 4;
/** `false`, and the byte behind it: this much of a chunk may be looked at without asking for its end. */
const LOOK_AHEAD = 6;

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const [LETTER_A, LETTER_E, LETTER_F, LETTER_L] = [0x61, 0x65, 0x66, 0x6c] as const;
const [LETTER_N, LETTER_R, LETTER_S, LETTER_T, LETTER_U] = [0x6e, 0x72, 0x73, 0x74, 0x75] as const;
const HEX_DIGITS_OF_ESCAPE = 4;

const flags = (holds: (byte: number) => boolean) =>
  Uint8Array.from({ length: 256 }, (_, byte) => Number(holds(byte)));
const among = (bytes: string) => (byte: number) => bytes.includes(String.fromCharCode(byte));

/** Bytes of a string that stand for themselves. */
const PLAIN = flags((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
const ESCAPED = flags(among('"\\/bfnrt'));
const HEX_DIGIT = flags(among('0123456789abcdefABCDEF'));
export function endOfCompactRecord(chunk: Uint8Array, from: number): number {
  const safe = chunk.length - LOOK_AHEAD;
  if (from >= safe) {
    return UNSURE;
  }
  if (chunk[from + 1] === CLOSE_BRACE) {
    return from + 2;
  }
  let at = from + 1;
  let depth = 1;
  let inObject = true;
  let enclosing = 0;
  for (;;) {
    // At a key, or at an array's item.
    if (inObject) {
      if (at >= safe || chunk[at] !== QUOTE) {
        return UNSURE;
      }
      at = endOfString(chunk, at + 1, safe);
      if (at === UNSURE || chunk[at] !== COLON) {
        return UNSURE;
      }
      at += 1;
    }
    if (at >= safe) {
      return UNSURE;
    }
    const byte = chunk[at] as number;
    if (byte === QUOTE) {
      at = endOfString(chunk, at + 1, safe);
    } else if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) {
      at = endOfScalar(chunk, at, safe);
    } else if (chunk[at + 1] === (byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
      at += 2;
    } else if (depth === MAXIMUM_DEPTH) {
      return UNSURE;
    } else {
      enclosing = (enclosing << 1) | Number(inObject);
      depth += 1;
      inObject = byte === OPEN_BRACE;
      at += 1;
      continue;
    }
    if (at === UNSURE) {
      return UNSURE;
    }
    // Behind a value.
    while (at < safe && chunk[at] === (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
      at += 1;
      depth -= 1;
      if (depth === 0) {
        return at;
      }
      inObject = (enclosing & 1) === 1;
      enclosing >>= 1;
    }
    if (at >= safe || chunk[at] !== COMMA) {
      return UNSURE;
    }
    at += 1;
  }
}

/** @returns the index behind the closing quote, below `safe` + 1; or `UNSURE`. */
function endOfString(chunk: Uint8Array, from: number, safe: number): number {
  let at = from;
  for (;;) {
    while (at < safe && plainStride(chunk, at)) {
      at += STRIDE;
    }
    while (at < safe && PLAIN[chunk[at] as number] === 1) {
      at += 1;
    }
    if (at >= safe) {
      return UNSURE;
    }
    const byte = chunk[at];
    if (byte === QUOTE) {
      return at + 1;
    }
    if (byte !== BACKSLASH) {
      return UNSURE;
    }
    at = endOfEscape(chunk, at + 1);
    if (at === UNSURE) {
      return UNSURE;
    }
  }
}

/** One test for several bytes, because the likely answer is yes: most of the time goes into strings. */
function plainStride(chunk: Uint8Array, at: number): boolean {
  return (
    ((PLAIN[chunk[at] as number] as number) &
      (PLAIN[chunk[at + 1] as number] as number) &
      (PLAIN[chunk[at + 2] as number] as number) &
      (PLAIN[chunk[at + 3] as number] as number)) ===
    1
  );
}

/** `at` is behind the backslash. */
function endOfEscape(chunk: Uint8Array, at: number): number {
  if (chunk[at] !== LETTER_U) {
    return ESCAPED[chunk[at] as number] === 1 ? at + 1 : UNSURE;
  }
  for (let digit = 1; digit <= HEX_DIGITS_OF_ESCAPE; digit += 1) {
    if (HEX_DIGIT[chunk[at + digit] as number] !== 1) {
      return UNSURE;
    }
  }
  return at + 1 + HEX_DIGITS_OF_ESCAPE;
}

function endOfScalar(chunk: Uint8Array, at: number, safe: number): number {
  switch (chunk[at]) {
    case LETTER_T:
      return areNext(chunk, at, LETTER_R, LETTER_U, LETTER_E) ? at + 4 : UNSURE;
    case LETTER_N:
      return areNext(chunk, at, LETTER_U, LETTER_L, LETTER_L) ? at + 4 : UNSURE;
    case LETTER_F:
      return chunk[at + 1] === LETTER_A && areNext(chunk, at + 1, LETTER_L, LETTER_S, LETTER_E)
        ? at + 5
        : UNSURE;
    default:
      return endOfNumber(chunk, at, safe);
  }
}

function areNext(chunk: Uint8Array, at: number, first: number, second: number, third: number): boolean {
  return chunk[at + 1] === first && chunk[at + 2] === second && chunk[at + 3] === third;
}

/** An exponent is left to `JsonValue`: what follows a number here is no `e`, which the caller sees. */
function endOfNumber(chunk: Uint8Array, at: number, safe: number): number {
  const start = chunk[at] === MINUS ? at + 1 : at;
  const end = chunk[start] === ZERO ? start + 1 : endOfDigits(chunk, start, safe);
  if (end === start || chunk[end] !== POINT) {
    return end === start ? UNSURE : end;
  }
  const fractionEnd = endOfDigits(chunk, end + 1, safe);
  return fractionEnd === end + 1 ? UNSURE : fractionEnd;
}

function endOfDigits(chunk: Uint8Array, from: number, safe: number): number {
  let at = from;
  while (at < safe && (chunk[at] as number) >= ZERO && (chunk[at] as number) <= NINE) {
    at += 1;
  }
  return at;
}

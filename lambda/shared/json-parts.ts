/**
 * The parts of a JSON document as they are spelled in it, so that they can be kept to the character.
 *
 * Only where the parts begin and end is looked at. A document is JSON (RFC 8259) if each of its parts is, which whoever takes
 * them finds out by parsing them.
 */

/** The text is not a JSON document of the kind that it should be. */
export class JsonPartsError extends Error {
  override readonly name = 'JsonPartsError';
}

/**
 * The elements of a JSON array, in its order, without the white space around them.
 *
 * @throws JsonPartsError where the text is no array, or ends before the array does.
 */
export function arrayElements(text: string): string[] {
  const cursor = new Cursor(text);
  cursor.expect('[');
  const elements: string[] = [];
  if (!cursor.take(']')) {
    do {
      elements.push(cursor.value());
    } while (cursor.take(','));
    cursor.expect(']');
  }
  cursor.expectEnd();
  return elements;
}

/**
 * The values of a JSON object by their keys.
 *
 * @throws JsonPartsError where the text is no object, ends before the object does, or has a key twice, of which a parser would
 * silently drop the first.
 */
export function objectMembers(text: string): Map<string, string> {
  const cursor = new Cursor(text);
  cursor.expect('{');
  const members = new Map<string, string>();
  if (!cursor.take('}')) {
    do {
      const key = keyOf(cursor.value());
      cursor.expect(':');
      if (members.has(key)) {
        throw new JsonPartsError(`it has the key ${JSON.stringify(key.slice(0, 40))} twice`);
      }
      members.set(key, cursor.value());
    } while (cursor.take(','));
    cursor.expect('}');
  }
  cursor.expectEnd();
  return members;
}

const WHITE_SPACE = new Set(' \t\n\r');
/** What ends a number, `true`, `false` or `null`. */
const SCALAR_END = /[\s,:[\]{}"]/g;
/** Within brackets, what may change the depth: brackets, and strings, in which brackets mean nothing. */
const STRUCTURE = /["[\]{}]/g;
/** Within a string: its end, or a backslash, which takes the character behind it along. */
const STRING_STRUCTURE = /["\\]/g;

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Passes over a character, if it comes next. */
  take(character: string): boolean {
    this.#skipWhiteSpace();
    const found = this.#text[this.#at] === character;
    this.#at += Number(found);
    return found;
  }

  expect(character: string): void {
    if (!this.take(character)) {
      throw this.#fault(`"${character}" is missing`);
    }
  }

  expectEnd(): void {
    this.#skipWhiteSpace();
    if (this.#at < this.#text.length) {
      throw this.#fault('something follows the document');
    }
  }

  /** Passes over a value. @returns its text */
  value(): string {
    this.#skipWhiteSpace();
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{' || first === '[') {
      this.#skipBrackets();
    } else if (first === '"') {
      this.#skipString();
    } else {
      SCALAR_END.lastIndex = start;
      this.#at = SCALAR_END.exec(this.#text)?.index ?? this.#text.length;
    }
    if (this.#at === start) {
      throw this.#fault('a value is missing');
    }
    return this.#text.slice(start, this.#at);
  }

  /** That a bracket closes one of its own kind is left to the parser. */
  #skipBrackets(): void {
    let depth = 0;
    do {
      STRUCTURE.lastIndex = this.#at;
      const found = STRUCTURE.exec(this.#text);
      if (found === null) {
        throw this.#endsEarly();
      }
      this.#at = found.index;
      if (found[0] === '"') {
        this.#skipString();
      } else {
        depth += found[0] === '{' || found[0] === '[' ? 1 : -1;
        this.#at += 1;
      }
    } while (depth > 0);
  }

  #skipString(): void {
    let at = this.#at + 1;
    let found: RegExpExecArray | null;
    do {
      STRING_STRUCTURE.lastIndex = at;
      found = STRING_STRUCTURE.exec(this.#text);
      if (found === null) {
        throw this.#endsEarly();
      }
      at = found.index + (found[0] === '"' ? 1 : 2);
    } while (found[0] !== '"');
    this.#at = at;
  }

  #skipWhiteSpace(): void {
    while (WHITE_SPACE.has(this.#text[this.#at] ?? '')) {
      this.#at += 1;
    }
  }

  #endsEarly(): JsonPartsError {
    return new JsonPartsError(`it ends unfinished after ${this.#text.length} characters`);
  }

  #fault(what: string): JsonPartsError {
    return this.#at >= this.#text.length
      ? this.#endsEarly()
      : new JsonPartsError(`${what} at character ${this.#at}`);
  }
}

function keyOf(text: string): string {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === 'string') {
      return key;
    }
  } catch {
    // No JSON at all: told in the same words as a key that is no string.
  }
  throw new JsonPartsError('a key is no string');
}

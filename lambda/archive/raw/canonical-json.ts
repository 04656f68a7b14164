/** JSON in one spelling, so that the same content is known again however it was written. */

/** Deeper than any audit record; what is deeper is taken as it is written. */
const MAXIMUM_DEPTH = 200;

/**
 * The one spelling of a JSON text: without white space, members by name, strings escaped in one way.
 *
 * Nothing else is made equal. Numbers stay as they are written, for two that differ may be the same to JavaScript, and of members
 * of one name all are kept, in their order.
 *
 * @returns `undefined` where the text is not JSON, or nested too deeply.
 */
export function canonicalJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    // Not JSON: there is no other spelling of it.
    return undefined;
  }
  return new Speller(text).value(0);
}

/** Goes through a text that is known to be JSON, so that it need not look for mistakes. */
class Speller {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): string | undefined {
    if (depth > MAXIMUM_DEPTH) {
      return undefined;
    }
    switch (this.#next()) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #object(depth: number): string | undefined {
    const members: (readonly [name: string, spelt: string])[] = [];
    this.#at += 1;
    while (this.#next() !== '}') {
      this.#skip(',');
      const name = this.#string();
      this.#skip(':');
      const value = this.value(depth + 1);
      if (value === undefined) {
        return undefined;
      }
      members.push([name, `${name}:${value}`]);
    }
    this.#at += 1;
    // The sort is stable: members of one name stay in their order, for the last of them is the one that counts.
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([, spelt]) => spelt).join(',')}}`;
  }

  #array(depth: number): string | undefined {
    const elements: string[] = [];
    this.#at += 1;
    while (this.#next() !== ']') {
      this.#skip(',');
      const element = this.value(depth + 1);
      if (element === undefined) {
        return undefined;
      }
      elements.push(element);
    }
    this.#at += 1;
    return `[${elements.join(',')}]`;
  }

  #string(): string {
    this.#next();
    const start = this.#at;
    this.#at += 1;
    for (let character = this.#text[this.#at]; character !== '"'; character = this.#text[this.#at]) {
      this.#at += character === '\\' ? 2 : 1;
    }
    this.#at += 1;
    return JSON.stringify(JSON.parse(this.#text.slice(start, this.#at)));
  }

  /** A number, `true`, `false` or `null`. */
  #literal(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !',]} \t\r\n'.includes(this.#text[this.#at] ?? '')) {
      this.#at += 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #skip(character: string): void {
    if (this.#next() === character) {
      this.#at += 1;
    }
  }

  /** The next character that is no white space. */
  #next(): string | undefined {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '"')) {
      this.#at += 1;
    }
    return this.#text[this.#at];
  }
}

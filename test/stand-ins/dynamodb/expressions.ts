/**
 * DynamoDB's expressions, as far as the product uses them. Anything else throws, rather than being taken for
 * something that it is not.
 *
 * Source: Amazon DynamoDB Developer Guide, "Condition and filter expressions" and "Update expressions".
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** What the placeholders of expressions stand for: `#name` for an attribute's name, `:value` for a value. */
export interface Placeholders {
  readonly names?: Readonly<Record<string, string>> | undefined;
  readonly values?: Readonly<Record<string, AttributeValue>> | undefined;
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),+-]|[:#]?\w+)/y;

/** Whether an item, `{}` where there is none, meets a condition. */
export function meets(condition: string, item: Item, input: Placeholders): boolean {
  const reader = new Reader(condition, item, input);
  const result = reader.or();
  reader.expectEnd();
  return result;
}

/**
 * The item after an update expression of `SET` and `REMOVE`. All values are those before it.
 *
 * @throws Error for any other expression, for none at all, and for one that changes an attribute twice.
 */
export function updated(expression: string, item: Item, input: Placeholders): Item {
  const reader = new Reader(expression, item, input);
  const next = { ...item };
  const changed = new Set<string>();
  do {
    const clause = reader.take();
    if (clause !== 'SET' && clause !== 'REMOVE') {
      throw new Error(`an update expression with ${clause}`);
    }
    do {
      const name = reader.path();
      if (changed.has(name)) {
        throw new Error(`an update expression that changes ${name} twice`);
      }
      changed.add(name);
      if (clause === 'REMOVE') {
        delete next[name];
      } else {
        reader.expect('=');
        next[name] = reader.sum();
      }
    } while (reader.skip(','));
  } while (!reader.atEnd);
  return next;
}

class Reader {
  readonly #tokens: string[] = [];
  readonly #item: Item;
  readonly #input: Placeholders;
  #at = 0;

  constructor(text: string, item: Item, input: Placeholders) {
    this.#item = item;
    this.#input = input;
    TOKEN.lastIndex = 0;
    for (let end = 0; end < text.trimEnd().length; end = TOKEN.lastIndex) {
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) {
        throw new Error(`an expression that cannot be read: ${text}`);
      }
      this.#tokens.push(token);
    }
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      throw new Error('an expression that ends too early');
    }
    this.#at += 1;
    return token;
  }

  skip(token: string): boolean {
    const found = this.#tokens[this.#at] === token;
    this.#at += found ? 1 : 0;
    return found;
  }

  expect(token: string): void {
    if (!this.skip(token)) {
      throw new Error(`"${this.#tokens[this.#at]}" where "${token}" should be`);
    }
  }

  expectEnd(): void {
    if (!this.atEnd) {
      throw new Error(`"${this.#tokens[this.#at]}" after the end of an expression`);
    }
  }

  or(): boolean {
    let result = this.#and();
    while (this.skip('OR')) {
      const right = this.#and();
      result ||= right;
    }
    return result;
  }

  /** The name of a top-level attribute. */
  path(): string {
    const token = this.take();
    const name = token.startsWith('#') ? this.#input.names?.[token] : token;
    if (name === undefined || name.startsWith(':')) {
      throw new Error(`${token} is not an attribute`);
    }
    return name;
  }

  sum(): AttributeValue {
    const left = this.#known(this.#operand());
    if (!this.skip('+')) {
      return left;
    }
    return { N: String(Number(left.N) + Number(this.#known(this.#operand()).N)) };
  }

  #and(): boolean {
    let result = this.#primary();
    while (this.skip('AND')) {
      const right = this.#primary();
      result &&= right;
    }
    return result;
  }

  #primary(): boolean {
    if (this.skip('(')) {
      const result = this.or();
      this.expect(')');
      return result;
    }
    if (this.skip('attribute_not_exists')) {
      return this.#argument() === undefined;
    }
    if (this.skip('attribute_exists')) {
      return this.#argument() !== undefined;
    }
    const left = this.#operand();
    const comparator = this.take();
    return compares(left, comparator, this.#operand());
  }

  #argument(): AttributeValue | undefined {
    this.expect('(');
    const value = this.#item[this.path()];
    this.expect(')');
    return value;
  }

  #operand(): AttributeValue | undefined {
    if (this.skip('if_not_exists')) {
      this.expect('(');
      const value = this.#item[this.path()];
      this.expect(',');
      const otherwise = this.#operand();
      this.expect(')');
      return value ?? otherwise;
    }
    const token = this.#tokens[this.#at];
    if (!token?.startsWith(':')) {
      return this.#item[this.path()];
    }
    this.#at += 1;
    const value = this.#input.values?.[token];
    if (value === undefined) {
      throw new Error(`${token} has no value`);
    }
    return value;
  }

  #known(value: AttributeValue | undefined): AttributeValue {
    if (value === undefined) {
      throw new Error('an operand in the update expression is an attribute that the item has not');
    }
    return value;
  }
}

/** What is not there is not equal to anything, and neither smaller nor larger. */
function compares(
  left: AttributeValue | undefined,
  comparator: string,
  right: AttributeValue | undefined,
): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (a === undefined || b === undefined || typeof a !== typeof b) {
    return comparator === '<>';
  }
  switch (comparator) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`the comparator ${comparator}`);
  }
}

function plain(value: AttributeValue | undefined): string | number | boolean | undefined {
  const compared = value?.N === undefined ? (value?.S ?? value?.BOOL) : Number(value.N);
  if (value !== undefined && compared === undefined) {
    throw new Error(`a comparison with ${JSON.stringify(value)}`);
  }
  return compared;
}

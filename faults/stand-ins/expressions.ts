/**
 * DynamoDB's expressions, as far as the functions use them. Anything else throws, rather than being taken for
 * something that it is not.
 *
 * Source: Amazon DynamoDB Developer Guide, "Condition and filter expressions" and "Update expressions".
 */

export interface Value {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
}

export type Item = Record<string, Value>;

export interface ExpressionInput {
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, Value>>;
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),+-]|[:#]?\w+)/y;

/** Whether an item, `{}` where there is none, meets a condition. */
export function meets(condition: string, item: Item, input: ExpressionInput): boolean {
  const reader = new Reader(condition, item, input);
  const result = reader.or();
  reader.expectEnd();
  return result;
}

/** The item after an update expression of `SET` and `REMOVE`. All values are those before it. */
export function updated(expression: string, item: Item, input: ExpressionInput): Item {
  const reader = new Reader(expression, item, input);
  const next = { ...item };
  while (!reader.atEnd) {
    const clause = reader.take();
    if (clause !== 'SET' && clause !== 'REMOVE') {
      throw new Error(`an update expression with ${clause}`);
    }
    do {
      const name = reader.path();
      if (clause === 'REMOVE') {
        delete next[name];
      } else {
        reader.expect('=');
        next[name] = reader.sum();
      }
    } while (reader.skip(','));
  }
  return next;
}

class Reader {
  readonly #tokens: string[] = [];
  readonly #item: Item;
  readonly #input: ExpressionInput;
  #at = 0;

  constructor(text: string, item: Item, input: ExpressionInput) {
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

  sum(): Value {
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

  #argument(): Value | undefined {
    this.expect('(');
    const value = this.#item[this.path()];
    this.expect(')');
    return value;
  }

  #operand(): Value | undefined {
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

  #known(value: Value | undefined): Value {
    if (value === undefined) {
      throw new Error('an operand in the update expression is an attribute that the item has not');
    }
    return value;
  }
}

/** What is not there is not equal to anything, and neither smaller nor larger. */
function compares(left: Value | undefined, comparator: string, right: Value | undefined): boolean {
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

function plain(value: Value | undefined): string | number | boolean | undefined {
  return value?.N === undefined ? (value?.S ?? value?.BOOL) : Number(value.N);
}

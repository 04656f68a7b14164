/**
 * Metric math, as far as we use it: numbers, metrics by id, `+ - * /`, comparisons, and some functions.
 *
 * Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics". An operation on two series has
 * a value where both have one; FILL puts a value where there is none; comparisons give 1 or 0.
 */
import type { Series } from './metric-store.ts';

export type Value = number | Series;

export interface MathContext {
  /** Series by id: of metrics, and of expressions that were evaluated before. */
  readonly series: ReadonlyMap<string, Series>;
  /** Beginnings of all the periods that are looked at: what FILL can fill. */
  readonly periods: readonly number[];
}

type Operation = (a: number, b: number) => number;

const OPERATORS: readonly Readonly<Record<string, Operation>>[] = [
  {
    '>=': (a, b) => Number(a >= b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '<': (a, b) => Number(a < b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
];

const TOKEN = /\s*(>=|<=|==|!=|[-+*/<>(),[\]]|\d+(?:\.\d+)?|[A-Za-z_]\w*)/y;

/** @throws Error for what is no expression, or holds what is not known here. */
export function evaluateExpression(expression: string, context: MathContext): Value {
  const tokens = tokensOf(expression);
  const parser = new Parser(tokens, context);
  const value = parser.comparison(0);
  if (parser.rest !== undefined) {
    throw new Error(`"${parser.rest}" is unexpected in the expression ${expression}.`);
  }
  return value;
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(expression) ?? [];
    if (token === undefined) {
      throw new Error(`The expression ${expression} is not understood from character ${at} on.`);
    }
    tokens.push(token);
  }
  return tokens;
}

class Parser {
  readonly #tokens: string[];
  readonly #context: MathContext;

  constructor(tokens: string[], context: MathContext) {
    this.#tokens = tokens;
    this.#context = context;
  }

  get rest(): string | undefined {
    return this.#tokens[0];
  }

  /** A chain of operators of one precedence, on operands of the next. */
  comparison(precedence: number): Value {
    const operators = OPERATORS[precedence];
    if (operators === undefined) {
      return this.#operand();
    }
    let left = this.comparison(precedence + 1);
    for (;;) {
      const operation = this.rest === undefined ? undefined : operators[this.rest];
      if (operation === undefined) {
        return left;
      }
      this.#tokens.shift();
      left = combine(left, this.comparison(precedence + 1), operation);
    }
  }

  #operand(): Value {
    const token = this.#take();
    if (token === '(') {
      const value = this.comparison(0);
      this.#expect(')');
      return value;
    }
    if (/^\d/.test(token)) {
      return Number(token);
    }
    if (this.rest === '(') {
      return this.#call(token);
    }
    const series = this.#context.series.get(token);
    if (series === undefined) {
      throw new Error(`There is no metric with the id ${token}.`);
    }
    return series;
  }

  #call(name: string): Value {
    this.#expect('(');
    const given: Value[] = [];
    const isList = this.rest === '[';
    if (isList) {
      this.#take();
    }
    do {
      given.push(this.comparison(0));
    } while (this.rest === ',' && this.#take());
    if (isList) {
      this.#expect(']');
    }
    this.#expect(')');
    return call(name, given, this.#context);
  }

  #take(): string {
    const token = this.#tokens.shift();
    if (token === undefined) {
      throw new Error('The expression ends too early.');
    }
    return token;
  }

  #expect(expected: string): void {
    const token = this.#take();
    if (token !== expected) {
      throw new Error(`The expression has ${token} where ${expected} was expected.`);
    }
  }
}

function call(name: string, given: readonly Value[], { periods }: MathContext): Value {
  const [first = 0, second = 0, third = 0] = given;
  switch (name) {
    case 'FILL':
      return new Map(periods.flatMap((at) => pointOf(at, valueAt(first, at) ?? valueAt(second, at))));
    case 'IF':
      return new Map(
        periods.flatMap((at) => {
          const condition = valueAt(first, at);
          return condition === undefined ? [] : pointOf(at, valueAt(condition === 0 ? third : second, at));
        }),
      );
    case 'MAX':
      return given.reduce((a, b) => combine(a, b, Math.max));
    case 'SUM':
      return given.reduce((a, b) => combine(a, b, (x, y) => x + y));
    default:
      throw new Error(`The function ${name} is not known here: say what it makes of its arguments.`);
  }
}

function combine(a: Value, b: Value, operation: Operation): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    return operation(a, b);
  }
  const series = typeof a === 'number' ? b : a;
  return new Map(
    [...(series as Series).keys()].flatMap((at) => {
      const [x, y] = [valueAt(a, at), valueAt(b, at)];
      return x === undefined || y === undefined ? [] : pointOf(at, operation(x, y));
    }),
  );
}

function valueAt(value: Value, at: number): number | undefined {
  return typeof value === 'number' ? value : value.get(at);
}

function pointOf(at: number, value: number | undefined): [number, number][] {
  return value === undefined ? [] : [[at, value]];
}

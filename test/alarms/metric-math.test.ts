import { expect, test } from 'vitest';
import { evaluateExpression } from './metric-math.ts';

const PERIODS = [0, 60, 120];
const series = new Map([
  [
    'a',
    new Map([
      [0, 2],
      [60, 4],
    ]),
  ],
  [
    'b',
    new Map([
      [60, 10],
      [120, 20],
    ]),
  ],
  ['none', new Map<number, number>()],
]);

function evaluate(expression: string): unknown {
  const value = evaluateExpression(expression, { series, periods: PERIODS });
  return typeof value === 'number' ? value : Object.fromEntries(value);
}

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['8 / 2 - 3', 1],
  ['0.0000133334 * 3', 0.0000400002],
  ['a', { 0: 2, 60: 4 }],
  ['a * 2', { 0: 4, 60: 8 }],
  ['10 - a', { 0: 8, 60: 6 }],
  ['a + b', { 60: 14 }],
  ['FILL(a, 0) + FILL(b, 0)', { 0: 2, 60: 14, 120: 20 }],
  ['FILL(none, 1)', { 0: 1, 60: 1, 120: 1 }],
  ['a > 3', { 0: 0, 60: 1 }],
  ['IF(a > 3, b, 0)', { 0: 0, 60: 10 }],
  ['MAX([a, b, 5])', { 60: 10 }],
  ['SUM([a, 1])', { 0: 3, 60: 5 }],
])('%s', (expression, expected) => {
  const value = evaluate(expression);

  if (typeof expected === 'number') {
    expect(value).toBeCloseTo(expected, 12);
  } else {
    expect(value).toEqual(expected);
  }
});

test.each([
  ['a +', 'ends too early'],
  ['c', 'no metric with the id c'],
  ['RATE(a)', 'RATE is not known'],
  ['a b', '"b" is unexpected'],
  ['a ^ 2', 'not understood'],
  ['1e-7 * a', '"e" is unexpected'],
])('%s is refused', (expression, words) => {
  expect(() => evaluate(expression)).toThrow(words);
});

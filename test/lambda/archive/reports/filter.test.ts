import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowFilter } from '../../../../lambda/archive/reports/filter.ts';
import { row } from './rows.ts';

const COLUMNS = ['event', 'principal', 'object_type'] as const;
const value = fc.constantFrom('a', 'b', 'ab', 'a.b', 'A', '山田', '(x|y)');
const pattern = fc.oneof(value, fc.constantFrom('*', 'a*', '*b', 'a*b', '**'));
const filters = fc.array(fc.record({ column: fc.constantFrom(...COLUMNS), value: pattern }), {
  maxLength: 5,
});
const given = fc.record(
  Object.fromEntries(COLUMNS.map((name) => [name, fc.option(value)])) as Record<
    string,
    fc.Arbitrary<string | null>
  >,
);

/** Without regular expressions: letter by letter. */
function matches(text: string, wanted: string): boolean {
  if (wanted === '') {
    return text === '';
  }
  if (wanted.startsWith('*')) {
    return matches(text, wanted.slice(1)) || (text !== '' && matches(text.slice(1), wanted));
  }
  return (
    text !== '' &&
    text[0]?.toLowerCase() === wanted[0]?.toLowerCase() &&
    matches(text.slice(1), wanted.slice(1))
  );
}

test('one value of each included field is needed, and one of any excluded field is enough', () => {
  fc.assert(
    fc.property(given, filters, filters, (values, include, exclude) => {
      const has = (wanted: (typeof include)[number]) => {
        const text = values[wanted.column] ?? null;
        return text !== null && matches(text, wanted.value);
      };
      const isIncluded = COLUMNS.every((column) => {
        const wanted = include.filter((filter) => filter.column === column);
        return wanted.length === 0 || wanted.some(has);
      });
      expect(rowFilter(include, exclude)(row(values))).toBe(isIncluded && !exclude.some(has));
    }),
    { numRuns: 500 },
  );
});

test('numbers are matched as they are written', () => {
  expect(rowFilter([{ column: 'class_uid', value: '3002' }], [])(row({ class_uid: 3002 }))).toBe(true);
  expect(rowFilter([{ column: 'class_uid', value: '300' }], [])(row({ class_uid: 3002 }))).toBe(false);
});

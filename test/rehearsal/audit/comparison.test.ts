import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compared, isComplete } from '../../../rehearsal/audit/comparison.ts';

const record = (text: string, id = text) => ({ id, time: 0, collectedAt: '', record: text });

test.each([
  ['the same, in any order', ['a', 'b', 'b'], ['b', 'a', 'b'], { missing: 0, surplus: 0 }],
  ['one of two equal records lacking', ['a', 'a'], ['a'], { missing: 1, surplus: 0 }],
  ['a record stored twice', ['a'], ['a', 'a'], { missing: 0, surplus: 1 }],
  ['a record that is altered', ['a', 'b'], ['a', 'B'], { missing: 1, surplus: 1 }],
  ['nothing archived', ['a'], [], { missing: 1, surplus: 0 }],
])('tells %s', (_case, held, texts, wanted) => {
  const archived = texts.map((text, index) => record(text, `${index}`));
  const comparison = compared(held, archived);

  expect(comparison).toEqual({ held: held.length, archived: texts.length, sameIds: 0, ...wanted });
  expect(isComplete(comparison)).toBe(wanted.missing + wanted.surplus === 0);
});

test('tells ids that stand more than once, though the records differ', () => {
  const comparison = compared(['a', 'b'], [record('a', 'id'), record('b', 'id')]);

  expect([comparison.sameIds, isComplete(comparison)]).toEqual([1, false]);
});

test('is complete if and only if both are the same multiset', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
  fc.assert(
    fc.property(texts, texts, (held, archived) => {
      const isSame = JSON.stringify(held.toSorted()) === JSON.stringify(archived.toSorted());

      expect(
        isComplete(
          compared(
            held,
            archived.map((text, index) => record(text, `${index}`)),
          ),
        ),
      ).toBe(isSame);
    }),
  );
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayElements, JsonPartsError, objectMembers } from '../../../lambda/shared/json-parts.ts';

/** JSON in some spelling: white space where it may be, escapes that need not be. */
const whiteSpace = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 2 });
const spelledValue = fc
  .tuple(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));

describe('the elements of an array', () => {
  test('are found to the character, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(whiteSpace, spelledValue, whiteSpace)),
        whiteSpace,
        (elements, around) => {
          const text = `${around}[${around}${elements.map((parts) => parts.join('')).join(',')}]${around}`;

          expect(arrayElements(text)).toEqual(elements.map(([, value]) => value));
        },
      ),
    );
  });

  test.each([
    '',
    ' ',
    '{}',
    'null',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[{"a":1]',
    '["a]',
    '["a\\"]',
    '[1] 2',
    '[1]]',
    '[{"a":"\\\\"}',
    '<html>',
  ])('are not there in %j', (text) => {
    expect(() => arrayElements(text)).toThrow(JsonPartsError);
  });

  test('a text that is JSON is never refused, and one that is not is noticed here or by parsing the parts', () => {
    const scraps = fc.array(
      fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '1', 'a', ' ', 'null', '"k":', '{"a":[]}'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(scraps, (pieces) => {
        const text = `[${pieces.join('')}]`;
        const expected = attempt(() => (JSON.parse(text) as unknown[]).length);
        const found = attempt(() => arrayElements(text).map((part) => JSON.parse(part) as unknown).length);

        expect(found).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  test('of many megabytes in one string are found', () => {
    const large = `"${'\\"x'.repeat(3_000_000)}"`;

    expect(arrayElements(`[${large},1]`)).toEqual([large, '1']);
  });
});

describe('the members of an object', () => {
  test('are found by their keys, however those are spelled', () => {
    expect(objectMembers('{ "lo\\u0067s" : [ 1 ] ,"next":null}')).toEqual(
      new Map([
        ['logs', '[ 1 ]'],
        ['next', 'null'],
      ]),
    );
  });

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{a:1}',
    '{1:1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '[]',
    '{',
  ])('are not there in %j', (text) => {
    expect(() => objectMembers(text)).toThrow(JsonPartsError);
  });
});

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // What is compared is only whether it can be read.
    return undefined;
  }
}

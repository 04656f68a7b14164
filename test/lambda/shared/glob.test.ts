import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyGlob } from '../../../lambda/shared/glob.ts';

/** The plain definition, character by character. */
function matches(text: string, pattern: string): boolean {
  if (pattern === '') {
    return text === '';
  }
  if (pattern.startsWith('*')) {
    return matches(text, pattern.slice(1)) || (text !== '' && matches(text.slice(1), pattern));
  }
  return text !== '' && text[0] === pattern[0] && matches(text.slice(1), pattern.slice(1));
}

const few = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 9 });

test('a text matches as the definition says', () => {
  fc.assert(
    fc.property(few('ab.'), fc.array(few('ab.*'), { maxLength: 3 }), (text, patterns) => {
      expect(anyGlob(patterns)(text)).toBe(patterns.some((pattern) => matches(text, pattern)));
    }),
    { numRuns: 5000 },
  );
});

describe('case', () => {
  test.each([
    ['LOGIN*', 'login_failed', true],
    ['*οδος', 'ΟΔΟΣ', true],
    ['straße', 'STRASSE', true],
    ['a*b', 'A\nB', true],
    ['a*b', 'ac', false],
  ])('%j and %j, where it does not matter: %s', (pattern, text, isMatch) => {
    expect(anyGlob([pattern], { ignoreCase: true })(text)).toBe(isMatch);
  });

  test('matters otherwise', () => {
    expect(anyGlob(['Login', 'L*n'])('login')).toBe(false);
  });
});

test('a pattern of many asterisks costs no more than its length', { timeout: 5000 }, () => {
  const pattern = `${'*a'.repeat(2000)}*b`;
  expect(anyGlob([pattern])('a'.repeat(100_000))).toBe(false);
  expect(anyGlob([pattern])(`${'a'.repeat(100_000)}b`)).toBe(true);
});

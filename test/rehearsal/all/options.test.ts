import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseAllOptions } from '../../../rehearsal/all/options.ts';

class Exit extends Error {
  override readonly name = 'Exit';
}

let complaint = '';
beforeEach(() => {
  complaint = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complaint += String(text);
    return true;
  });
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Exit(String(code));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('without arguments everything is meant', () => {
  const { only, list } = parseAllOptions([]);

  expect(list).toBe(false);
  expect(only).toEqual([]);
});

test('patterns may be several, behind one option or more', () => {
  const { only } = parseAllOptions(['--only', 'aws:Key$', '^--scenario', '--only', 'Queue']);

  expect(only).toEqual([/aws:Key$/, /^--scenario/, /Queue/]);
});

test('names may be listed', () => {
  expect(parseAllOptions(['--list']).list).toBe(true);
});

test.each([
  [['--only', '('], /Unterminated group/],
  [['--only'], /argument missing/],
  [['everything'], /too many arguments/],
])('%j is refused with a reason', (argv, reason) => {
  expect(() => parseAllOptions(argv)).toThrow(new Exit('2'));
  expect(complaint).toMatch(reason);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseOptions, wantsList } from '../../rehearsal/options.ts';

const parse = (...argv: string[]) => parseOptions(argv, '/out');

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

test('without arguments: generated files, to Cloud One, from a new trail’s bucket', () => {
  expect(parse()).toEqual({
    destination: 'cloudone',
    existingBucket: false,
    keep: false,
    outputFolder: '/out',
  });
});

test.each([
  [['--input', '../files'], { input: '../files' }],
  [['--destination', 'visionone'], { destination: 'visionone' }],
  [['--destination=cloudone'], { destination: 'cloudone' }],
  [['--destination', 'vendorclient'], { destination: 'vendorclient' }],
  [['--existing-bucket'], { existingBucket: true }],
  [['--fail-at', 'cloud-account'], { failAt: 'cloud-account' }],
  [['--keep'], { keep: true }],
])('%j', (argv, expected) => {
  expect(parse(...argv)).toEqual({ ...parse(), ...expected });
});

test('all of them together', () => {
  const argv = [
    '--keep',
    '--input',
    'x',
    '--existing-bucket',
    '--fail-at',
    'y',
    '--destination',
    'visionone',
  ];

  expect(parse(...argv)).toEqual({
    input: 'x',
    destination: 'visionone',
    existingBucket: true,
    failAt: 'y',
    keep: true,
    outputFolder: '/out',
  });
});

test.each([
  [['--fail-at', 'list'], true],
  [['--fail-at', 'lists'], false],
  [[], false],
])('%j asks for the list of steps: %j', (argv, expected) => {
  expect(wantsList(parse(...argv))).toBe(expected);
});

test.each([
  [['--destination', 'splunk'], /'splunk' is invalid.*cloudone, visionone, vendorclient/s],
  [['--destination', 'CloudOne'], /'CloudOne' is invalid/],
  [['--destination'], /argument missing/],
  [['--input'], /argument missing/],
  [['--fail-at'], /argument missing/],
  [['--fail-at', ' '], /Name a step, or "list"/],
  [['--fail-at', ''], /Name a step, or "list"/],
  [['--existing-buckets'], /unknown option '--existing-buckets'.*--existing-bucket\?/s],
  [['folder'], /too many arguments/],
])('%j is refused with a reason', (argv, reason) => {
  expect(() => parse(...argv)).toThrow(new Exit('2'));
  expect(complaint).toMatch(reason);
});

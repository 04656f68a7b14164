import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseOptions, wantsList } from '../../rehearsal/options.ts';
import { SCENARIOS } from '../../rehearsal/scenarios/scenarios.ts';

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
    scenario: 'round-trip',
    destination: 'cloudone',
    enrolment: 'token',
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
  [['--enrolment', 'api-key'], { enrolment: 'api-key' }],
  [['--existing-bucket'], { existingBucket: true }],
  [['--fail-at', 'cloud-account'], { failAt: 'cloud-account' }],
  [['--keep'], { keep: true }],
  [['--scenario', 'audit', '--fail-at', 'aws:Key'], { scenario: 'audit', failAt: 'aws:Key' }],
  [['--scenario', 'round-trip'], { scenario: 'round-trip' }],
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
    '--enrolment',
    'api-key',
  ];

  expect(parse(...argv)).toEqual({
    scenario: 'round-trip',
    input: 'x',
    destination: 'visionone',
    enrolment: 'api-key',
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
  [['--enrolment', 'key'], /'key' is invalid.*token, api-key/s],
  [['--input'], /argument missing/],
  [['--fail-at'], /argument missing/],
  [['--fail-at', ' '], /Name a step, or "list"/],
  [['--fail-at', ''], /Name a step, or "list"/],
  [['--existing-buckets'], /unknown option '--existing-buckets'.*--existing-bucket\?/s],
  [['--scenario', 'unheard-of'], /'unheard-of' is invalid.*round-trip/s],
  [['--scenario'], /argument missing/],
  [['--scenario', 'update', '--fail-at', 'cloud-account'], /nothing is played but a deployment.*--scenario/],
  [['folder'], /too many arguments/],
])('%j is refused with a reason', (argv, reason) => {
  expect(() => parse(...argv)).toThrow(new Exit('2'));
  expect(complaint).toMatch(reason);
});

test('the help tells every scenario', () => {
  const help = vi.spyOn(process.stdout, 'write').mockReturnValue(true);

  expect(() => parse('--help')).toThrow(new Exit('0'));

  const lines = help.mock.calls
    .join('')
    .split('\n')
    .map((line) => line.trim());
  for (const { name, about } of SCENARIOS) {
    expect(lines.find((line) => line.startsWith(`${name} `))).toContain(about);
  }
});

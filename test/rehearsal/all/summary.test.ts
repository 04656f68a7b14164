import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Result } from '../../../rehearsal/all/result.ts';
import { lineOf, summaryOfAll } from '../../../rehearsal/all/summary.ts';

const result = (more: Partial<Result> = {}): Result => ({
  name: '--fail-at aws:Queue',
  kind: 'failing deployment',
  ok: true,
  seconds: 4.04,
  problems: [],
  residue: { aws: [], vendors: [] },
  failure: null,
  ...more,
});
const plain = stripVTControlCharacters;

test('a line tells the verdict, the time and the name', () => {
  expect(plain(lineOf(result()))).toBe('ok        4.0 s  --fail-at aws:Queue');
});

test('a line of one that is not ok is followed by why', () => {
  const line = plain(lineOf(result({ ok: false, problems: ['Left behind: a queue'] })));

  expect(line).toBe('NOT OK    4.0 s  --fail-at aws:Queue\n    Left behind: a queue');
});

test('the end tells at a glance that all is well', () => {
  const text = plain(
    summaryOfAll([result(), result({ name: 'without options', kind: 'course', seconds: 31 })], 95),
  );

  expect(text.split('\n').slice(1)).toEqual([
    'OK',
    '  1 of 1 courses as they must be',
    '  1 of 1 failing deployments rolled back without a trace',
    '  nothing left, in AWS or at the vendors',
    '  1 min 35 s in all; longest: without options (31 s), --fail-at aws:Queue (4 s)',
    '  results: .rehearsal/all.json',
  ]);
});

test('the end names what is not, with the command that rehearses it alone', () => {
  const bad = result({
    ok: false,
    problems: ['Left behind: a queue'],
    residue: { aws: ['a queue'], vendors: ['b'] },
  });

  const text = plain(summaryOfAll([result(), bad], 8));

  expect(text).toContain('NOT OK\n');
  expect(text).toContain('1 of 2 failing deployments');
  expect(text).toContain('2 things left behind');
  expect(text).toContain(
    '  ! --fail-at aws:Queue\n    Left behind: a queue\n    alone: npm start -- --fail-at aws:Queue',
  );
});

test('the time is whole seconds and minutes', () => {
  expect(plain(summaryOfAll([], 119.7))).toContain('2 min 0 s');
});

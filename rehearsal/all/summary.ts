/** What a person reads of all rehearsals: a line each, and the end at a glance. */
import { styleText } from 'node:util';
import type { Result } from './result.ts';

const SECONDS_WIDTH = 6;
const SLOWEST = 3;

/** One rehearsal, and what was wrong with it. */
export function lineOf({ name, ok, seconds, problems }: Result): string {
  const verdict = ok ? styleText('green', 'ok    ') : styleText('red', 'NOT OK');
  const time = `${seconds.toFixed(1).padStart(SECONDS_WIDTH)} s`;
  return [`${verdict} ${time}  ${name}`, ...problems.map(problemLine)].join('\n');
}

/** @param seconds that all took together. */
export function summaryOfAll(results: readonly Result[], seconds: number): string {
  const bad = results.filter(({ ok }) => !ok);
  const left = results.flatMap(({ residue }) => [...residue.aws, ...residue.vendors]).length;
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return [
    '',
    bad.length === 0 ? styleText('green', 'OK') : styleText('red', 'NOT OK'),
    ...(['course', 'failing deployment'] as const).flatMap((kind) => counts(kind, results)),
    `  ${left === 0 ? 'nothing left, in AWS or at the vendors' : `${left} things left behind`}`,
    `  ${minutes(seconds)} in all; longest: ${slowest.map((each) => `${each.name} (${each.seconds.toFixed(0)} s)`).join(', ')}`,
    '  results: .rehearsal/all.json',
    ...bad.flatMap(({ name, problems }) => [
      '',
      styleText('red', `  ! ${name}`),
      ...problems.map(problemLine),
      ...(name.startsWith('-') ? [`    alone: npm start -- ${name}`] : []),
    ]),
  ].join('\n');
}

function problemLine(problem: string): string {
  return styleText('red', `    ${problem}`);
}

const WELL = {
  course: 'courses as they must be',
  'failing deployment': 'failing deployments rolled back without a trace',
} as const;

function counts(kind: Result['kind'], results: readonly Result[]): string[] {
  const all = results.filter((each) => each.kind === kind);
  const fine = all.filter(({ ok }) => ok).length;
  return all.length === 0 ? [] : [`  ${fine} of ${all.length} ${WELL[kind]}`];
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

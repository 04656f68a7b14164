/** What is printed: a line for each case, and what it came to. */
import { styleText } from 'node:util';
import type { CaseResult, FaultsReport } from './run.ts';

const NAME_WIDTH = 46;

export function caseLines(result: CaseResult, verbose: boolean): string {
  const { name, injected, expected, observed, survived, complaints } = result;
  const mark = survived ? styleText('green', '✓') : styleText('red', '✗');
  const lines = [`${mark} ${name.padEnd(NAME_WIDTH)} ${verbose ? '' : observed}`.trimEnd()];
  if (verbose || !survived) {
    lines.push(`    injected  ${injected}`, `    expected  ${expected}`, `    observed  ${observed}`);
  }
  lines.push(...complaints.map((complaint) => `    ${styleText('red', complaint)}`));
  return lines.join('\n');
}

export function summary({ total, survived, lost, cases }: FaultsReport, seconds: number): string {
  const failed = cases.filter((result) => !result.survived).map(({ name }) => `  ${name}`);
  const duplicates = cases.reduce((sum, result) => sum + result.duplicates, 0);
  const groups = Map.groupBy(cases, ({ name }) => name.split('/')[0] ?? '');
  const rows = [...groups].map(([group, results]) => {
    const count = results.filter((result) => result.survived).length;
    const text = `  ${group.padEnd(12)} ${String(count).padStart(3)} of ${results.length}`;
    return count === results.length ? text : styleText('red', text);
  });
  const verdict = `${survived} of ${total} faults survived, ${lost} events lost, in ${Math.round(seconds)} s.`;
  return [
    '',
    ...rows,
    '',
    styleText(survived === total ? 'green' : 'red', verdict),
    `${duplicates} events arrived more than once, each where an acknowledgement did not get through, under its own key or id.`,
    ...(failed.length > 0 ? ['Not survived:', ...failed] : []),
  ].join('\n');
}

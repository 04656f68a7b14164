/** `npm run faults`: forwards while everything goes wrong, and writes what came of it. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from './bundles.ts';
import { CASES } from './cases/index.ts';
import { parseOptions } from './options.ts';
import { runCases } from './run.ts';
import { caseLines, summary } from './table.ts';

/** Evidence of all cases, which a run of some of them must not replace. */
const REPORT = fileURLToPath(new URL('../bench/faults.json', import.meta.url));

const { only = '', list, verbose, out } = parseOptions(process.argv.slice(2));
const cases = CASES.filter(({ name }) => name.includes(only));
const reportFile = out ?? (cases.length === CASES.length ? REPORT : undefined);
if (list) {
  console.log(cases.map(({ name }) => name).join('\n'));
} else if (cases.length === 0) {
  console.error(`No case has "${only}" in its name. See npm run faults -- --list.`);
  process.exitCode = 2;
} else {
  const begunAt = performance.now();
  const bundles = await bundleFunctions();
  try {
    const report = await runCases({
      cases,
      bundles: bundles.paths,
      // Most of them wait for most of their time.
      width: 2 * availableParallelism(),
      onResult: (result) => console.log(caseLines(result, verbose)),
    });
    console.log(summary(report, (performance.now() - begunAt) / 1000));
    if (reportFile !== undefined) {
      writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
      console.log(`Written to ${reportFile}`);
    }
    process.exitCode = report.survived === report.total ? 0 : 1;
  } finally {
    bundles.remove();
  }
}

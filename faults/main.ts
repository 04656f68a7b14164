/** `npm run faults`: forwards while everything goes wrong, and writes bench/faults.json. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from './bundles.ts';
import { CASES } from './cases/index.ts';
import { parseOptions } from './options.ts';
import { runCases } from './run.ts';
import { caseLines, summary } from './table.ts';

const REPORT = fileURLToPath(new URL('../bench/faults.json', import.meta.url));

const { only = '', list, verbose } = parseOptions(process.argv.slice(2));
const cases = CASES.filter(({ name }) => name.includes(only));
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
    writeFileSync(REPORT, `${JSON.stringify(report, null, 2)}\n`);
    console.log(summary(report, (performance.now() - begunAt) / 1000));
    console.log(`Written to ${REPORT}`);
    process.exitCode = report.survived === report.total ? 0 : 1;
  } finally {
    bundles.remove();
  }
}

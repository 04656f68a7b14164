/** `npm run bench`: measures forwarding and the functions' start, and writes bench/results.json. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FULL_SIZES, generatedCases, InputError, inputCases, SIZES } from './cases.ts';
import { parseOptions } from './options.ts';
import { BenchProcessError } from './processes.ts';
import { runBenchmark } from './run.ts';
import { caseHeadings, caseRow, circumstances, functionTable } from './table.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

try {
  const { input, sink, repeat, full } = parseOptions(process.argv.slice(2));
  const cases = input === undefined ? generatedCases(full ? FULL_SIZES : SIZES) : inputCases(input);
  console.log(caseHeadings());
  const results = await runBenchmark({
    cases,
    repeat,
    ...(sink === undefined ? {} : { sink }),
    withFunctions: true,
    onCase: (result) => console.log(caseRow(result)),
  });
  console.log(`\n${functionTable(results)}\n\n${circumstances(results)}`);
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`Written to ${RESULTS}`);
} catch (error) {
  if (!(error instanceof BenchProcessError || error instanceof InputError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = error instanceof InputError ? 2 : 1;
}

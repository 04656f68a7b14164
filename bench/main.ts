/** `npm run bench`: measures forwarding and the functions' start, and writes bench/results.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { archiveHeadings, archiveRow } from './archive/figures.ts';
import { FULL_SIZES, generatedCases, InputError, inputCases, SIZES } from './cases.ts';
import { parseOptions } from './options.ts';
import { BenchProcessError } from './processes.ts';
import { runBenchmark } from './run.ts';
import { caseHeadings, caseRow, circumstances, functionTable } from './table.ts';

/** Two sizes, to compare their memory: a collector holds 20,000 records at most. A million is a year of a busy tenant. */
const ARCHIVE_SIZES = [15_000, 60_000];
const ARCHIVE_FULL_SIZES = [60_000, 1_000_000];
const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

try {
  const { input, sink, repeat, full, only, auditEvents } = parseOptions(process.argv.slice(2));
  const generated = () => generatedCases(full ? FULL_SIZES : SIZES);
  const cases = only === 'archive' ? [] : input === undefined ? generated() : inputCases(input);
  const usual = full ? ARCHIVE_FULL_SIZES : ARCHIVE_SIZES;
  const archiveSizes = input === undefined ? (auditEvents ?? usual) : [];
  let isFirst = true;
  console.log(caseHeadings());
  const results = await runBenchmark({
    cases,
    repeat,
    ...(sink === undefined ? {} : { sink }),
    withFunctions: only === undefined,
    onCase: (result) => console.log(caseRow(result)),
    archiveSizes,
    onArchiveCase: (result) => {
      if (isFirst) {
        console.log(`\n${archiveHeadings()}`);
        isFirst = false;
      }
      console.log(archiveRow(result));
    },
  });
  console.log(`\n${functionTable(results)}\n\n${circumstances(results)}`);
  const kept =
    only === undefined ? results : { ...JSON.parse(readFileSync(RESULTS, 'utf8')), archive: results.archive };
  writeFileSync(RESULTS, `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`Written to ${RESULTS}`);
} catch (error) {
  if (!(error instanceof BenchProcessError || error instanceof InputError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = error instanceof InputError ? 2 : 1;
}

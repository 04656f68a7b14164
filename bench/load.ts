/**
 * `npm run bench:load [-- N]`: forwards N small files and then twice as many, through the AWS SDK to stand-ins, and
 * writes bench/load.json. What it tells is whether time, processor time and memory grow with the files, and not faster.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Case, generatedCases, SIZES } from './cases.ts';
import { BenchProcessError } from './processes.ts';
import type { CaseResult } from './results.ts';
import { runBenchmark } from './run.ts';
import { circumstances } from './table.ts';
import type { StoredObject } from './work-order.ts';

const RESULTS = fileURLToPath(new URL('load.json', import.meta.url));
const DEFAULT_OBJECTS = 10_000;
/** Different files; what is stored under more keys than that is stored again. */
const FILES = 500;
const REPEAT = 2;

/** Twice the files may take this many times as long: the measure's own error is in it. */
export const LARGEST_GROWTH = 2.1;

export interface Growth {
  readonly objects: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakRssMB: number;
}

/** What twice the files take, in terms of what the files took. */
export function growthOf(once: CaseResult, twice: CaseResult): Growth {
  const ratio = (figure: (result: CaseResult) => number) => figure(twice) / figure(once);
  return {
    objects: ratio(({ objects }) => objects),
    seconds: ratio(({ seconds }) => seconds),
    processorSeconds: ratio(({ processorSeconds }) => processorSeconds),
    peakRssMB: ratio(({ peakRssMB }) => peakRssMB),
  };
}

export function loadCase(name: string, objects: number): Case {
  const files = Math.min(FILES, objects);
  const [tiny] = generatedCases({ ...SIZES, tiny: { ...SIZES.tiny, objects: files } }).filter(
    (each) => each.name === 'tiny',
  );
  return {
    name,
    destination: 'CloudOne',
    source: 's3',
    against: 'nothing',
    objects: (folder) => underManyKeys(folder, tiny?.objects(folder) ?? [], objects),
  };
}

function underManyKeys(folder: string, files: readonly StoredObject[], count: number): StoredObject[] {
  return Array.from({ length: count }, (_, index) => {
    const { path = '', bytes } = files[index % files.length] as StoredObject;
    const key = `AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/16/${index}-load.json.gz`;
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    symlinkSync(path, join(folder, key));
    return { key, bytes, path };
  });
}

async function main(objects: number): Promise<void> {
  const results = await runBenchmark({
    cases: [loadCase('load', objects), loadCase('load-twice', 2 * objects)],
    repeat: REPEAT,
    withFunctions: false,
    onCase: ({ name, objects: count, objectsPerSecond, processorSeconds, peakRssMB }) =>
      console.log(
        `${name.padEnd(11)} ${count} files, ${Math.round(objectsPerSecond)} a second, ` +
          `${((processorSeconds / count) * 1000).toFixed(2)} ms of processor time each, ${Math.round(peakRssMB)} MiB at most`,
      ),
  });
  const growth = growthOf(results.cases[0] as CaseResult, results.cases[1] as CaseResult);
  console.log(
    `Twice the files: ${growth.seconds.toFixed(2)} times the time, ${growth.processorSeconds.toFixed(2)} times the ` +
      `processor time, ${growth.peakRssMB.toFixed(2)} times the memory (at most ${LARGEST_GROWTH} times the time is aimed at)`,
  );
  console.log(`\n${circumstances(results)}`);
  writeFileSync(RESULTS, `${JSON.stringify({ ...results, growth }, null, 2)}\n`);
  console.log(`Written to ${RESULTS}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const objects = Number(process.argv[2] ?? DEFAULT_OBJECTS);
  if (!Number.isInteger(objects) || objects < 1 || objects > 1_000_000) {
    console.error('npm run bench:load -- N: give a whole number of files from 1 to 1,000,000.');
    process.exit(2);
  }
  try {
    await main(objects);
  } catch (error) {
    if (!(error instanceof BenchProcessError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}

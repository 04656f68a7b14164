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
export const FILES = 500;
/** By turns, so that whatever else the machine does meets both alike; the best of each counts. */
const ROUNDS = 3;

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
    ledger: 'dynamodb',
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

/** The best of each figure over the rounds, as of one case. */
export function bestRound(rounds: readonly CaseResult[]): CaseResult {
  const [first] = rounds;
  const least = (figure: (result: CaseResult) => number) => Math.min(...rounds.map(figure));
  const seconds = least((result) => result.seconds);
  return {
    ...(first as CaseResult),
    seconds,
    processorSeconds: least((result) => result.processorSeconds),
    objectsPerSecond: (first?.objects ?? 0) / seconds,
    peakRssMB: Math.max(...rounds.map(({ peakRssMB }) => peakRssMB)),
    noise: Math.max(...rounds.map((result) => result.seconds)) / seconds - 1,
  };
}

async function main(objects: number): Promise<void> {
  const results = await runBenchmark({
    cases: Array.from({ length: ROUNDS }, (_, round) => [
      loadCase(`load-${round + 1}`, objects),
      loadCase(`load-twice-${round + 1}`, 2 * objects),
    ]).flat(),
    repeat: 1,
    withFunctions: false,
    onCase: (result) => console.log(lineOf(result)),
  });
  const rounds = (count: number) => bestRound(results.cases.filter((result) => result.objects === count));
  const [once, twice] = [rounds(objects), rounds(2 * objects)];
  const growth = growthOf(once, twice);
  console.log(
    `Twice the files: ${growth.seconds.toFixed(2)} times the time, ${growth.processorSeconds.toFixed(2)} times the ` +
      `processor time, ${growth.peakRssMB.toFixed(2)} times the memory (at most ${LARGEST_GROWTH} times the time is aimed at)`,
  );
  console.log(`\n${circumstances(results)}`);
  writeFileSync(
    RESULTS,
    `${JSON.stringify({ ...results, rounds: results.cases, cases: [once, twice], growth }, null, 2)}\n`,
  );
  console.log(`Written to ${RESULTS}`);
}

function lineOf({ name, objects, objectsPerSecond, processorSeconds, peakRssMB }: CaseResult): string {
  return (
    `${name.padEnd(13)} ${objects} files, ${Math.round(objectsPerSecond)} a second, ` +
    `${((processorSeconds / objects) * 1000).toFixed(2)} ms of processor time each, ${Math.round(peakRssMB)} MiB at most`
  );
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

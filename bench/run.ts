/** The course of a benchmark. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../lib/shared/bundling.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { ArchiveCase } from './archive/figures.ts';
import { runArchive } from './archive/run.ts';
import type { Case } from './cases.ts';
import { type FunctionFigures, measureFunctions } from './functions.ts';
import { BenchProcessError, runWorker, startStandIns } from './processes.ts';
import { type Placement, placement } from './processor.ts';
import { type CaseResult, caseResult, type Results } from './results.ts';

export interface BenchPlan {
  readonly cases: readonly Case[];
  readonly repeat: number;
  readonly sink?: string;
  readonly withFunctions: boolean;
  readonly onCase: (result: CaseResult) => void;
  /** How many events the archive is filled with, one size after the other. @default none */
  readonly archiveSizes?: readonly number[];
  readonly onArchiveCase?: (result: ArchiveCase) => void;
}

const WORKER = fileURLToPath(new URL('worker/main.ts', import.meta.url));

/** @throws BenchProcessError where a case could not be measured, or an object was not forwarded. */
export async function runBenchmark(plan: BenchPlan): Promise<Results> {
  const place = placement();
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-bench-'));
  try {
    const cases = await runCases(plan, folder, place);
    const archive = await runArchives(plan, folder, place);
    const functions: FunctionFigures[] = plan.withFunctions ? measureFunctions(folder, place) : [];
    return {
      measuredAt: new Date().toISOString(),
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        processors: availableParallelism(),
        memoryGB: Math.round(totalmem() / 1e9),
        system: `${type()} ${release()} ${arch()}`,
        placement: place.description,
      },
      versions: {
        trailbridge: packageJson.version,
        node: process.versions.node,
        v8: process.versions.v8,
        zlib: process.versions.zlib,
      },
      repeat: plan.repeat,
      sink: plan.sink ?? 'own',
      cases,
      archive,
      functions,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runArchives(
  { archiveSizes = [], onArchiveCase = () => undefined }: BenchPlan,
  folder: string,
  place: Placement,
): Promise<ArchiveCase[]> {
  const results: ArchiveCase[] = [];
  for (const events of archiveSizes) {
    const plan = { events, order: 'newest-first', onCase: onArchiveCase } as const;
    results.push(...(await runArchive(plan, join(folder, `archive-${events}`), place)));
  }
  return results;
}

async function runCases(plan: BenchPlan, folder: string, place: Placement): Promise<CaseResult[]> {
  const worker = join(folder, 'worker.js');
  buildSync({ ...BUNDLING, entryPoints: [WORKER], outfile: worker });
  const standIns = await startStandIns(folder, place);
  const results: CaseResult[] = [];
  try {
    for (const definition of plan.cases) {
      const caseFolder = join(folder, definition.name);
      mkdirSync(caseFolder);
      const order = {
        standIns: standIns.url,
        sink: plan.sink ?? `${standIns.url}/sink`,
        destination: definition.destination,
        bucket: definition.name,
        objects: definition.objects(caseFolder),
        source: definition.source,
        ledger: definition.ledger,
        filter: definition.filter,
        against: definition.against,
        repeat: Math.min(plan.repeat, definition.maximumRepeat ?? plan.repeat),
      };
      const report = await runWorker(worker, order, place);
      if (report.failedObjects > 0) {
        throw new BenchProcessError(
          `${report.failedObjects} of ${order.objects.length} objects of the case ${definition.name} were not ` +
            'forwarded, so that its time says nothing. Does the sink answer 2xx, and are the files CloudTrail files?',
        );
      }
      const result = caseResult(definition, order, report);
      results.push(result);
      plan.onCase(result);
    }
  } finally {
    standIns.stop();
  }
  return results;
}

import { mapBounded } from '../lambda/shared/concurrency.ts';
import type { Bundles } from './bundles.ts';
import type { FaultCase } from './case.ts';
import { DEFAULT_TIME_SCALE } from './clock.ts';
import { judge } from './verdict.ts';
import { World } from './world.ts';

export interface CaseResult {
  readonly name: string;
  readonly injected: string;
  readonly expected: string;
  readonly observed: string;
  readonly survived: boolean;
  readonly lost: number;
  readonly duplicates: number;
  /** Why it was not survived. */
  readonly complaints: readonly string[];
  /** Real seconds. */
  readonly seconds: number;
}

export interface FaultsReport {
  readonly total: number;
  readonly survived: number;
  readonly lost: number;
  readonly cases: readonly CaseResult[];
}

export interface RunOptions {
  readonly cases: readonly FaultCase[];
  readonly bundles: Bundles['paths'];
  /** Cases at a time. */
  readonly width: number;
  readonly onResult?: (result: CaseResult) => void;
}

/** For all the work of one case, in real time: what takes longer hangs. */
const PATIENCE_MS = 90_000;

export async function runCases({ cases, bundles, width, onResult }: RunOptions): Promise<FaultsReport> {
  const results = new Map<FaultCase, CaseResult>();
  await mapBounded(cases, width, async (fault) => {
    const result = await runCase(fault, bundles);
    results.set(fault, result);
    onResult?.(result);
  });
  const ordered = cases.flatMap((fault) => results.get(fault) ?? []);
  return {
    total: ordered.length,
    survived: ordered.filter(({ survived }) => survived).length,
    lost: ordered.reduce((sum, { lost }) => sum + lost, 0),
    cases: ordered,
  };
}

async function runCase(fault: FaultCase, bundles: Bundles['paths']): Promise<CaseResult> {
  const { name, injected, expected, options } = fault;
  const begunAt = performance.now();
  const world = new World({
    destination: 'CloudOne',
    timeScale: DEFAULT_TIME_SCALE,
    isVersioned: true,
    namesNotFound: 0,
    bundles,
    ...options,
  });
  await world.start();
  let found: readonly string[];
  try {
    found = await inTime(fault.run(world));
  } catch (error) {
    // A case that cannot be carried out is one that is not survived; the others go on.
    found = [error instanceof Error ? error.message : String(error)];
  } finally {
    await world.stop();
  }
  const { observed, lost, duplicates, complaints } = judge(fault, world, found);
  const seconds = Number(((performance.now() - begunAt) / 1000).toFixed(2));
  const survived = complaints.length === 0;
  return { name, injected, expected, observed, survived, lost, duplicates, complaints, seconds };
}

async function inTime(work: Promise<void> | Promise<readonly string[]>): Promise<readonly string[]> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    const found: unknown = await Promise.race([work, overdue]);
    return Array.isArray(found) ? found : [];
  } finally {
    clearTimeout(timer);
  }
}

import { mapBounded } from '../lambda/shared/concurrency.ts';
import type { Bundles } from './bundles.ts';
import type { Trial } from './case.ts';

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
  readonly cases: readonly Trial[];
  readonly bundles: Bundles['paths'];
  /** Cases at a time. */
  readonly width: number;
  readonly onResult?: (result: CaseResult) => void;
}

export async function runCases({ cases, bundles, width, onResult }: RunOptions): Promise<FaultsReport> {
  const results = new Map<Trial, CaseResult>();
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

async function runCase(trial: Trial, bundles: Bundles['paths']): Promise<CaseResult> {
  const { name, injected, expected } = trial;
  const begunAt = performance.now();
  const { observed, lost, duplicates, complaints } = await trial.carryOut(bundles);
  const seconds = Number(((performance.now() - begunAt) / 1000).toFixed(2));
  const survived = complaints.length === 0;
  return { name, injected, expected, observed, survived, lost, duplicates, complaints, seconds };
}

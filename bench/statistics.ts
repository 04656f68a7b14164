import type { Timing } from './work-order.ts';

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The best of each figure: whatever else the machine did can only have made a pass longer. */
export function bestOf(timings: readonly Timing[]): Timing {
  return {
    seconds: Math.min(...timings.map(({ seconds }) => seconds)),
    processorSeconds: Math.min(...timings.map(({ processorSeconds }) => processorSeconds)),
  };
}

/** How much longer the median pass took than the best: 0.1 is 10 %. Tells how quiet the machine was. */
export function noiseOf(timings: readonly Timing[]): number {
  return medianOf(timings.map(({ seconds }) => seconds)) / bestOf(timings).seconds - 1;
}

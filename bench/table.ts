/** The results, for a person. */
import type { CaseResult, Results } from './results.ts';

const CASE_HEADINGS = [
  'case',
  'events/s',
  'MB/s',
  'objects/s',
  'peak MB',
  'ratio',
  'of',
  'processor',
  'target',
  'noise',
];
const CASE_WIDTHS = [18, 9, 6, 9, 8, 6, 10, 10, 7, 6];

export function caseHeadings(): string {
  return row(CASE_HEADINGS, CASE_WIDTHS);
}

export function caseRow(result: CaseResult): string {
  const { targets, floorRatio, bareLoopRatio } = result;
  const target = targets.floorRatio ?? targets.bareLoopRatio;
  const ratio = floorRatio ?? bareLoopRatio;
  return row(
    [
      result.name,
      result.eventsPerSecond.toFixed(0),
      result.rawMBps.toFixed(0),
      result.objectsPerSecond < 10 ? result.objectsPerSecond.toFixed(1) : result.objectsPerSecond.toFixed(0),
      result.peakRssMB.toFixed(0),
      ratio?.toFixed(2) ?? '',
      floorRatio === null ? 'bare loop' : 'floor',
      (result.floorProcessorRatio ?? bareLoopRatio)?.toFixed(2) ?? '',
      target === undefined ? '' : `${target}`,
      `${(100 * result.noise).toFixed(0)}%`,
    ],
    CASE_WIDTHS,
  );
}

export function functionTable({ functions }: Results): string {
  const widths = [45, 10, 8];
  return [
    row(['function', 'bundle KB', 'init ms'], widths),
    ...functions.map(({ name, bundleBytes, initMs }) =>
      row([name, (bundleBytes / 1000).toFixed(0), initMs.toFixed(0)], widths),
    ),
  ].join('\n');
}

/** What every figure depends on. */
export function circumstances({ machine, versions, repeat, measuredAt }: Results): string {
  return [
    `${machine.processors} × ${machine.processor}, ${machine.memoryGB} GB, ${machine.system}; ${machine.placement}.`,
    `Node.js ${versions.node} (V8 ${versions.v8}, zlib ${versions.zlib}), Trailbridge ${versions.trailbridge}; best of ${2 * repeat} passes; ${measuredAt}.`,
  ].join('\n');
}

function row(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
    .join('  ')
    .trimEnd();
}

/** `bench/results.json`. */
import type { ArchiveCase } from './archive/figures.ts';
import type { Case, Targets } from './cases.ts';
import type { FunctionFigures } from './functions.ts';
import { bestOf, noiseOf } from './statistics.ts';
import type { WorkOrder, WorkReport } from './work-order.ts';

export interface CaseResult {
  readonly name: string;
  readonly destination: string;
  readonly source: WorkOrder['source'];
  readonly ledger: WorkOrder['ledger'];
  readonly objects: number;
  readonly events: number;
  /** Bytes, inflated. */
  readonly rawBytes: number;
  /** Bytes, as stored; 0 where the file was made on the fly. */
  readonly gzipBytes: number;
  /** Of the best pass. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly eventsPerSecond: number;
  readonly objectsPerSecond: number;
  /** Millions of bytes, inflated, a second. */
  readonly rawMBps: number;
  /** MiB of resident set at most, in a process that did nothing else. */
  readonly peakRssMB: number;
  /** What decompressing and compressing the same bytes took; null where the case has another comparison. */
  readonly floorSeconds: number | null;
  readonly floorRatio: number | null;
  /** The same ratio in processor time, which other work on the machine disturbs less. */
  readonly floorProcessorRatio: number | null;
  /** Processor time against a loop that makes one GetObject, one ledger write and one upload an object. */
  readonly bareLoopProcessorSeconds: number | null;
  readonly bareLoopRatio: number | null;
  /** How much longer the median pass took than the best. */
  readonly noise: number;
  readonly targets: Targets;
}

export interface Results {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: {
    readonly processor: string;
    readonly processors: number;
    readonly memoryGB: number;
    readonly system: string;
    readonly placement: string;
  };
  readonly versions: Readonly<Record<'trailbridge' | 'node' | 'v8' | 'zlib', string>>;
  readonly repeat: number;
  /** Whose: the benchmark's own, or the URL given. */
  readonly sink: string;
  readonly cases: readonly CaseResult[];
  /** The audit archive: two sizes, so that it is seen whether memory grows with them. */
  readonly archive: readonly ArchiveCase[];
  readonly functions: readonly FunctionFigures[];
}

export function caseResult(definition: Case, order: WorkOrder, report: WorkReport): CaseResult {
  const { events, rawBytes, peakRssMB } = report;
  const best = bestOf(report.forwarder);
  const other = report.comparison.length > 0 ? bestOf(report.comparison) : undefined;
  const floor = definition.against === 'floor' ? other : undefined;
  const bareLoop = definition.against === 'bare-loop' ? other : undefined;
  return {
    name: definition.name,
    destination: definition.destination,
    source: definition.source,
    ledger: definition.ledger,
    objects: order.objects.length,
    events,
    rawBytes,
    gzipBytes: order.objects.reduce((sum, { bytes }) => sum + bytes, 0),
    ...best,
    eventsPerSecond: events / best.seconds,
    objectsPerSecond: order.objects.length / best.seconds,
    rawMBps: rawBytes / 1e6 / best.seconds,
    peakRssMB,
    floorSeconds: floor?.seconds ?? null,
    floorRatio: floor === undefined ? null : best.seconds / floor.seconds,
    floorProcessorRatio: floor === undefined ? null : best.processorSeconds / floor.processorSeconds,
    bareLoopProcessorSeconds: bareLoop?.processorSeconds ?? null,
    bareLoopRatio: bareLoop === undefined ? null : best.processorSeconds / bareLoop.processorSeconds,
    noise: noiseOf(report.forwarder),
    targets: definition.targets ?? {},
  };
}

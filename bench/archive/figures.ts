/** What is measured of the archive. */
import type { PageOrder } from '../../rehearsal/vendors/audit-settings.ts';

export interface ArchiveCase {
  /** `collect-<source>`, `derive`, `query` */
  readonly name: string;
  /** How many events of all sources the archive was filled with. */
  readonly ofEvents: number;
  /** Of Cloud One's pages. */
  readonly order: PageOrder;
  readonly events: number;
  /** Bytes of raw objects, inflated; 0 where none are read. */
  readonly rawBytes: number;
  /** Of all runs together. */
  readonly seconds: number;
  readonly processorSeconds: number | null;
  readonly eventsPerSecond: number;
  readonly rawMBps: number;
  /** MiB of resident set at most, in a process that did nothing else; null where it was not measured. */
  readonly peakRssMB: number | null;
  readonly runs: number;
  /** Raw objects of the source, or derived ones. */
  readonly objects: number;
  /** To AWS by operation, and to the vendor. */
  readonly calls: Readonly<Record<string, number>>;
  /** What decompressing and compressing the raw objects takes, one after the other. */
  readonly floorSeconds: number | null;
  readonly floorRatio: number | null;
}

const HEADINGS = ['archive', 'of events', 'events/s', 'MB/s', 'peak MB', 'runs', 'objects', 'calls', 'floor'];
const WIDTHS = [20, 9, 9, 6, 8, 5, 8, 9, 6];

export function archiveHeadings(): string {
  return row(HEADINGS);
}

export function archiveRow(result: ArchiveCase): string {
  const { name, ofEvents, eventsPerSecond, rawMBps, peakRssMB, runs, objects, calls, floorRatio } = result;
  const allCalls = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return row([
    name,
    String(ofEvents),
    eventsPerSecond.toFixed(0),
    rawMBps.toFixed(1),
    peakRssMB?.toFixed(0) ?? '',
    String(runs),
    String(objects),
    String(allCalls),
    floorRatio?.toFixed(1) ?? '',
  ]);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, column) => (column === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[column] ?? 0)))
    .join('  ')
    .trimEnd();
}

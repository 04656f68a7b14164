/** What a vendor holds, compared with what the archive holds of it: as texts, each as often as it is there. */
import type { ArchivedRecord } from '../../contract/archive.ts';

export interface Comparison {
  readonly held: number;
  readonly archived: number;
  /** Held, and not archived, or not as often. */
  readonly missing: number;
  /** Archived, and not held, or not as often. */
  readonly surplus: number;
  /** Ids that stand more than once. */
  readonly sameIds: number;
}

export function compared(held: readonly string[], archived: readonly ArchivedRecord[]): Comparison {
  const wanted = tally(held);
  const there = tally(archived.map(({ record }) => record));
  return {
    held: held.length,
    archived: archived.length,
    missing: lacking(wanted, there),
    surplus: lacking(there, wanted),
    sameIds: archived.length - new Set(archived.map(({ id }) => id)).size,
  };
}

export function isComplete({ missing, surplus, sameIds }: Comparison): boolean {
  return missing + surplus + sameIds === 0;
}

function tally(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function lacking(wanted: ReadonlyMap<string, number>, there: ReadonlyMap<string, number>): number {
  let count = 0;
  for (const [text, times] of wanted) count += Math.max(0, times - (there.get(text) ?? 0));
  return count;
}

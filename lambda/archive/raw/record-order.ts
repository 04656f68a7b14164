import type { ArchivedRecord } from '../../../contract/archive.ts';

/** What the archive's order goes by: time, and the id where times are equal, which makes it the same at every reading. */
export type Position = Pick<ArchivedRecord, 'time' | 'id'>;

/** Oldest first. */
export function inOrder(a: Position, b: Position): number {
  if (a.time !== b.time) {
    return a.time - b.time;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

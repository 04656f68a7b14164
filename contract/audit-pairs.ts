/** What makes two events a pair: a pending one, and the one that tells how it ended. `pairActions` and the SQL go by the same. */
import type { OcsfEvent } from './ocsf.ts';

/** Within this time an action ends, or it is not waited for. */
export const LONGEST_ACTION_HOURS = 24;
export const LONGEST_ACTION_MS = LONGEST_ACTION_HOURS * 3_600_000;

/** The outcome of what is not done yet. */
export const PENDING = 'Pending';

export function isPending({ status }: Pick<OcsfEvent, 'status'>): boolean {
  return status === PENDING;
}

/**
 * Notices cursors that go round in a circle, however long it is, without remembering them all.
 *
 * Source: R. P. Brent, "An improved Monte Carlo factorization algorithm" (1980), section 2: one value of the sequence is kept,
 * and replaced after 1, 2, 4, … further ones.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';

export const loopGuard = z.object({ kept: z.string(), steps: z.number(), replaceAfter: z.number() });
export type LoopGuard = z.infer<typeof loopGuard>;

/** The vendor's pages go round in a circle: the last page would never be reached. */
export class CursorLoopError extends Error {
  override readonly name = 'CursorLoopError';
}

/**
 * @param cursor that a page named as the next.
 * @throws CursorLoopError
 */
export function withCursor(guard: LoopGuard | undefined, cursor: string): LoopGuard {
  const hash = createHash('sha256').update(cursor).digest('hex').slice(0, 32);
  if (guard === undefined) {
    return { kept: hash, steps: 0, replaceAfter: 1 };
  }
  if (hash === guard.kept) {
    throw new CursorLoopError(
      `Trend Cloud One's audit log names a cursor as the next page's that it named ${guard.steps + 1} pages before: ` +
        'its pages go round in a circle. The next run begins at the first page; if this happens again, report it to the vendor.',
    );
  }
  return guard.steps + 1 === guard.replaceAfter
    ? { kept: hash, steps: 0, replaceAfter: guard.replaceAfter * 2 }
    : { ...guard, steps: guard.steps + 1 };
}

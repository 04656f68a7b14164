import type { CreateRequest, Undo } from '../shared/custom-resource.ts';
import { withRetries } from '../shared/retry.ts';
import { VENDOR_PATIENCE_MS, VendorError } from '../vendors/vendor-call.ts';

export interface CreateOnce<T> {
  /** Finds what an earlier try made, though its answer was lost. */
  readonly findOurs: () => Promise<T | undefined>;
  readonly create: () => Promise<T>;
  /** Registered as soon as there may be something to undo, and not for a plain refusal. */
  readonly undo: Undo;
}

const ATTEMPTS = 4;
const BASE_DELAY_MS = 1000;

/**
 * Creates something at a vendor that takes no idempotency key, without making it twice: after a failure
 * that leaves open whether the vendor acted, it looks before it tries again.
 *
 * @throws the last error of `create` or `findOurs`.
 */
export async function createOnce<T>(
  request: Pick<CreateRequest<unknown>, 'signal' | 'undoOnFailure'>,
  { findOurs, create, undo }: CreateOnce<T>,
): Promise<T> {
  let mayExist = false;
  const noteThatItMayExist = () => {
    if (!mayExist) {
      mayExist = true;
      request.undoOnFailure(undo);
    }
  };
  const lookAndCreate = async () => {
    const ours = mayExist ? await findOurs() : undefined;
    const made = ours ?? (await create());
    noteThatItMayExist();
    return made;
  };
  return withRetries(lookAndCreate, {
    attempts: ATTEMPTS,
    baseDelayMs: BASE_DELAY_MS,
    patienceMs: VENDOR_PATIENCE_MS,
    signal: request.signal,
    decide: (error) => {
      if (!(error instanceof VendorError) || !error.mayHaveActed) {
        return { retry: false };
      }
      noteThatItMayExist();
      const { retryAfterMs: afterMs } = error;
      return afterMs === undefined ? { retry: true } : { retry: true, afterMs };
    },
  });
}

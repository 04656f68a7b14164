/** For all the work of one case, in real time: what takes longer hangs. */
const PATIENCE_MS = 90_000;

/** @returns what the work found wrong; that it cannot be carried out, or not in time, is a finding like any other. */
export async function findingsOf(
  work: Promise<void> | Promise<readonly string[]>,
): Promise<readonly string[]> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    const found: unknown = await Promise.race([work, overdue]);
    return Array.isArray(found) ? found : [];
  } catch (error) {
    // A case that cannot be carried out is one that is not survived; the others go on.
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    clearTimeout(timer);
  }
}

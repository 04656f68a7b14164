/**
 * Works on items, some at once, and gives the answers in the order of the items.
 *
 * @throws the first failure; what is under way then is left to end by itself.
 */
export async function inParallel<T, U>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<U>,
): Promise<U[]> {
  const answers: U[] = [];
  const remaining = items.entries();
  const worker = async () => {
    for (const [index, item] of remaining) {
      answers[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return answers;
}

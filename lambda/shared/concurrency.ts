/** Several things at once, but no more than a given number. */

/**
 * Works on items, at most `width` at a time.
 *
 * @returns the answers in the order of the items.
 * @throws the first failure; what is under way then is left to end by itself.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  const remaining = items.entries();
  const worker = async () => {
    for (const [index, item] of remaining) {
      answers[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return answers;
}

/**
 * Maps a stream in order, working ahead on at most `width` items: the back pressure of the consumer reaches
 * the source.
 */
export async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  width: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const ahead: Promise<R>[] = [];
  for await (const item of source) {
    const result = map(item);
    // It is awaited below; should the source fail first, its own error is the one to report.
    result.catch(() => undefined);
    ahead.push(result);
    if (ahead.length >= width) {
      yield await (ahead.shift() as Promise<R>);
    }
  }
  for (const result of ahead) {
    yield await result;
  }
}

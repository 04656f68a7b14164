/** Runs `task` for every item, at most `width` at a time. Rejects with the first rejection. */
export async function forEachBounded<T>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) {
      await task(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
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

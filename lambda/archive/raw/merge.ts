/**
 * Merges streams that are each in order into one that is, holding one item of each.
 *
 * Whoever stops early has the streams ended, too.
 */
export async function* merge<T>(
  streams: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T, void, undefined> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let first: number | undefined;
      for (const [index, head] of heads.entries()) {
        const best = first === undefined ? undefined : heads[first];
        if (head.done !== true && (best === undefined || compare(head.value, best.value as T) < 0)) {
          first = index;
        }
      }
      const iterator = first === undefined ? undefined : iterators[first];
      if (first === undefined || iterator === undefined) {
        return;
      }
      yield heads[first]?.value as T;
      heads[first] = await iterator.next();
    }
  } finally {
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

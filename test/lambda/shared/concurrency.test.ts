import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapAhead, mapBounded } from '../../../lambda/shared/concurrency.ts';

/** Work whose parts end in an order of their own; tells how many were under way at once. */
function work() {
  let underWay = 0;
  const seen = { atOnce: 0, begun: 0 };
  const double = async (item: number) => {
    underWay += 1;
    seen.begun += 1;
    seen.atOnce = Math.max(seen.atOnce, underWay);
    for (let turn = item % 5; turn >= 0; turn -= 1) {
      await Promise.resolve();
    }
    underWay -= 1;
    return item * 2;
  };
  return { double, seen };
}

const items = fc.array(fc.nat(100), { maxLength: 30 });
const width = fc.integer({ min: 1, max: 8 });

async function* streamOf<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

test('as many items as may be are worked on at once, and the answers are in their order', async () => {
  await fc.assert(
    fc.asyncProperty(items, width, async (all, atMost) => {
      const { double, seen } = work();
      expect(await mapBounded(all, atMost, double)).toEqual(all.map((item) => item * 2));
      expect(seen.atOnce).toBe(Math.min(all.length, atMost));
    }),
  );
});

test('the first failure is the one that is told', async () => {
  const failing = async (item: number) => {
    await wait(item);
    throw new Error(`item ${item}`);
  };
  await expect(mapBounded([30, 1, 20], 3, failing)).rejects.toThrow('item 1');
});

test('a stream is mapped in its order, no further ahead than may be', async () => {
  await fc.assert(
    fc.asyncProperty(items, width, async (all, atMost) => {
      const { double, seen } = work();
      const answers: number[] = [];
      for await (const answer of mapAhead(streamOf(all), atMost, double)) {
        answers.push(answer);
        expect(seen.begun - answers.length).toBeLessThan(atMost);
      }
      expect(answers).toEqual(all.map((item) => item * 2));
    }),
  );
});

test('the failure of a stream comes before that of what it gave', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('the source');
  }
  const failing = () => Promise.reject(new Error('the work'));
  await expect(mapAhead(broken(), 4, failing).next()).rejects.toThrow('the source');
});

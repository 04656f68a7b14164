import { expect, test } from 'vitest';
import type { SeriesMemory } from '../../../contract/completeness-round.ts';
import type { ObjectReference } from '../../../contract/object-message.ts';
import { checkSeries } from '../../../lambda/completeness/series-check.ts';
import { HOUR, START, World } from './world.ts';

test('a digest with more dead files than are held in memory is passed, too, each file having been queued', async () => {
  const world = new World();
  world.hour(10_500);
  world.hour(1);
  const queued: ObjectReference[] = [];
  const stops: (string | undefined)[] = [];
  let memory: SeriesMemory | undefined;
  let told = 0;
  for (const hours of [0, 6, 30, 54]) {
    const outcome = await checkSeries({
      window: world.window,
      memory,
      services: world.services,
      queue: async (objects) => {
        queued.push(...objects);
      },
      hasTime: () => true,
      now: new Date(START.getTime() + hours * HOUR),
    });
    memory = outcome.memory;
    told = outcome.gaps.count;
    stops.push(outcome.stopped);
  }
  expect(stops).toEqual(['TooManyGaps', 'TooManyGaps', 'TooManyGaps', undefined]);
  expect(new Set(queued.map(({ key }) => key)).size).toBe(10_501);
  expect(told).toBe(10_501);
  expect(memory).toMatchObject({ checkedUntil: world.window.to.toISOString(), gaps: [{ queued: 1 }] });
}, 60_000);

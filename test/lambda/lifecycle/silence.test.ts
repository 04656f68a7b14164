/** A side that never answers, or never comes to an end: CloudFormation is told within the function's own time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LifecycleDriver } from '../shared/lifecycle-driver.ts';
import { operationsOf } from './operations.ts';
import { isOurs } from './subject.ts';
import { SUBJECTS } from './subjects.ts';
import { startWorld, type World } from './world.ts';

const REMAINING_MS = 1_000;
/** A machine that is busy with something else is late now and then; a function at fault is late every time. */
const RETRIES = 2;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe.each(SUBJECTS)('$name', (subject) => {
  const [create, update, ...others] = operationsOf(subject);
  const operations = [create, update, others.at(-1)].filter((operation) => operation !== undefined);

  describe.each(operations)('$name', (operation) => {
    test.each([
      ['a hang', { action: 'hang' } as const],
      ['a hang after the effect', { action: 'hang', afterEffect: true } as const],
      ['a slow drip after the effect', { action: 'drip', afterEffect: true } as const],
    ])('%s', { retry: RETRIES }, async (_name, fault) => {
      const [scene] = subject.scenes;
      world.reset(scene?.vendors);
      await scene?.aws?.(world);
      const atStart = subject.held(world);
      let silent = false;
      const driver = new LifecycleDriver(
        world.sink,
        subject.coldStart(world, subject.properties),
        () => {
          // The credential is had: it is the first call to the other side that matters.
          world.vendors.setFaults(
            silent
              ? [
                  { ...fault, host: '*.trendmicro.com' },
                  { ...fault, host: 's3.*' },
                ]
              : [],
          );
          const remainingMs = silent ? REMAINING_MS : 300_000;
          silent = false;
          return { remainingMs };
        },
        () => world.vendors.setFaults([]),
        { instance: (deployed) => subject.coldStart(world, deployed) },
      );
      await operation.prepare(driver);
      const before = driver.exchanges.length;
      silent = true;

      await operation.perform(driver);

      const struck = driver.exchanges[before];
      const [put] = struck?.puts ?? [];
      expect(put?.at).toBeLessThan(struck?.deadlines[0] ?? 0);
      if (struck?.answer?.Status === 'FAILED') {
        expect(struck.answer.Reason).toMatch(/ran out of time|was given up|goes on where this stopped/);
      }
      const { live } = driver;
      const ours = isOurs(live) ? subject.madeFor(live) : [];
      expect(subject.held(world).sort()).toEqual([...atStart, ...ours].sort());
    });
  });
});

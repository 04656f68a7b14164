/** An update that cannot be rolled back, because the API key has expired: what the user is told, and what then helps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LifecycleDriver } from '../shared/lifecycle-driver.ts';
import { operationsOf } from './operations.ts';
import { isOurs } from './subject.ts';
import { SUBJECTS } from './subjects.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Those whose updates call with the user's API key. */
const CALLING = SUBJECTS.filter(({ name }) =>
  /^(CloudOneAccount|CloudAccount|CloudTrailToken|VisionOneConnection|Workload)/.test(name),
);

describe.each(CALLING)('$name', (subject) => {
  const updates = operationsOf(subject).filter(({ name }) => /^(update|replace)/.test(name));

  test.each(updates)(
    '$name: the rollback is continued when the key is renewed',
    async ({ prepare, perform }) => {
      const [scene] = subject.scenes;
      world.reset(scene?.vendors);
      let expired = false;
      const driver = new LifecycleDriver(
        world.sink,
        subject.coldStart(world, subject.properties),
        () => {
          world.vendors.setFaults(expired ? [{ host: '*.trendmicro.com', status: 401 }] : []);
          return { remainingMs: 300_000 };
        },
        () => world.vendors.setFaults([]),
      );
      await prepare(driver);
      const before = driver.live;
      expired = true;

      await perform(driver);

      const [update, rollback, continued] = driver.exchanges.slice(1);
      expect([update, rollback, continued].map((exchange) => exchange?.answer?.Status)).toEqual([
        'FAILED',
        'FAILED',
        'SUCCESS',
      ]);
      expect(rollback?.answer?.Reason).toMatch(/401.*API Keys.*continue the rollback/);
      expect(driver.live).toEqual(before);
      expect(subject.held(world)).toEqual(isOurs(before) ? subject.madeFor(before) : []);
    },
  );
});

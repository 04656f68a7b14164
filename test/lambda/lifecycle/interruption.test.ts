/** Each request killed at each of its calls, cancelled while it runs, and delivered twice in every way there is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Incident, LifecycleDriver } from '../shared/lifecycle-driver.ts';
import { type Operation, operationsOf } from './operations.ts';
import { isOurs, type Subject } from './subject.ts';
import { SUBJECTS } from './subjects.ts';
import { cutOff } from './trouble.ts';
import { startWorld, type World } from './world.ts';

/** More calls than any request makes. */
const MAXIMUM_CALLS = 20;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function setScene(subject: Subject): Promise<string[]> {
  const [scene] = subject.scenes;
  world.reset(scene?.vendors);
  await scene?.aws?.(world);
  return subject.held(world);
}

function assertOrder(subject: Subject, { live }: LifecycleDriver, atStart: readonly string[]): void {
  const ours = isOurs(live) ? subject.madeFor(live) : [];
  expect(subject.held(world).sort()).toEqual([...atStart, ...ours].sort());
  subject.assertMore?.(world, live);
}

/** Puts the resource through the operation, and says whether the trouble reached its first request. */
async function interrupted(
  subject: Subject,
  { prepare, perform }: Operation,
  trouble: Omit<Incident, 'remainingMs'>,
  faults: Parameters<World['vendors']['setFaults']>[0] = [],
): Promise<boolean> {
  const atStart = await setScene(subject);
  let armed = false;
  let struck = false;
  const warm = subject.coldStart(world, subject.properties);
  const driver = new LifecycleDriver(
    world.sink,
    warm,
    () => {
      const now = armed ? trouble : {};
      world.vendors.setFaults(armed ? faults : []);
      armed = false;
      return { remainingMs: 300_000, ...now };
    },
    () => {
      struck ||= world.vendors.state().faults.some(({ hits }) => hits > 0);
      world.vendors.setFaults([]);
    },
    { instance: (deployed, cold) => (cold ? subject.coldStart(world, deployed) : warm) },
  );
  await prepare(driver);
  armed = true;
  await perform(driver);
  assertOrder(subject, driver, atStart);
  await driver.delete();
  expect(subject.held(world).sort()).toEqual([...atStart].sort());
  return struck;
}

const KILLABLE = SUBJECTS.filter(({ survivesKills }) => survivesKills);

describe.each(KILLABLE)('$name', (subject) => {
  describe.each(operationsOf(subject))('$name', (operation) => {
    test.each([false, true])('killed at each call (after its effect: %s)', async (afterEffect) => {
      for (let atCall = 0; atCall < MAXIMUM_CALLS; atCall += 1) {
        const kill = cutOff({ atCall, afterEffect });
        if (!(await interrupted(subject, operation, { killed: true }, kill))) {
          // Beyond its last call: it was killed before it could answer.
          return;
        }
      }
      throw new Error(`A request makes more than ${MAXIMUM_CALLS} calls.`);
    });

    // The probe's environment, and with it its process, is another one after a change of the destination.
    test.each(['again', 'again-cold', 'twice-at-once'] as const)('delivered %s', async (delivery) => {
      await interrupted(subject, operation, { delivery });
    });
  });

  test('a creation is cancelled at each of its calls', async () => {
    for (let skip = 0; skip < MAXIMUM_CALLS; skip += 1) {
      const atStart = await setScene(subject);
      const driver = new LifecycleDriver(
        world.sink,
        subject.coldStart(world, subject.properties),
        (type) => {
          // Stays in force, for the creation goes on while the deletion is carried out.
          if (type === 'Create') {
            world.vendors.setFaults([{ delayMs: 20, skip, times: 1 }]);
          }
          return { remainingMs: 300_000 };
        },
        () => {},
        { instance: (deployed) => subject.coldStart(world, deployed) },
      );

      await driver.createCancelled(subject.properties, (creation) => {
        world.creating = creation;
      });

      assertOrder(subject, driver, atStart);
    }
  });
});

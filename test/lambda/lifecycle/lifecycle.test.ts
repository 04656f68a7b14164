/**
 * Whatever goes wrong in whatever order: what the other side holds at the end is what it held at the start,
 * plus exactly what CloudFormation believes that we created.
 *
 * `LIFECYCLE_RUNS` raises the number of runs for each resource. A failure prints fast-check's seed and path.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Course, type Exchange, LifecycleDriver, type Properties } from '../shared/lifecycle-driver.ts';
import { isOurs, type Subject } from './subject.ts';
import { SUBJECTS } from './subjects.ts';
import { course, cutOff, NO_TROUBLE, type Trouble, troubles } from './trouble.ts';
import { startWorld, type World } from './world.ts';

const RUNS = Number(process.env.LIFECYCLE_RUNS ?? 60);
/** What Lambda leaves the function: enough for every retry, or, where nobody answers, little. */
const PLENTY_MS = 300_000;
const LITTLE_MS = 500;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

type Step =
  | { readonly kind: 'deploy'; readonly properties: Properties; readonly course: Course }
  | { readonly kind: 'cancelled'; readonly properties: Properties }
  | { readonly kind: 'lost' | 'delete' };

function stepsOf({ properties, changes, fitting = (whole) => whole, survivesKills, lose }: Subject) {
  const changed = fc
    .record(
      Object.fromEntries(Object.entries(changes).map(([name, values]) => [name, fc.constantFrom(...values)])),
      { requiredKeys: [] },
    )
    .map((change) => fitting({ ...properties, ...(change as Properties) }));
  const deploy = fc.record({ kind: fc.constant('deploy' as const), properties: changed, course });
  const rarely: fc.Arbitrary<Step>[] = [fc.constant({ kind: 'delete' })];
  if (survivesKills) {
    rarely.push(fc.record({ kind: fc.constant('cancelled' as const), properties: changed }));
  }
  if (lose !== undefined) {
    rarely.push(fc.constant({ kind: 'lost' }));
  }
  const step = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 5, arbitrary: deploy },
    { weight: 2, arbitrary: fc.oneof(...rarely) },
  );
  return fc.array(step, { minLength: 1, maxLength: 4 });
}

/** A deployment begins in the tenant's region: the account look-up says which. */
function atHome({ properties: { CloudOneRegion } }: Subject, properties: Properties): Properties {
  return CloudOneRegion === undefined ? properties : { ...properties, CloudOneRegion };
}

/** Sets up the trouble of each request in turn, as far as the subject can be expected to survive it. */
function disturbance({ survivesKills }: Subject, planned: readonly Trouble[]) {
  const remaining = [...planned];
  let reachedTwo = false;
  return (type: 'Create' | 'Update' | 'Delete') => {
    const next = remaining.shift() ?? NO_TROUBLE;
    const makes = type !== 'Delete';
    const safe =
      (makes && !survivesKills && (next.kill !== undefined || !['once', 'again'].includes(next.delivery))) ||
      // What a second process has made is looked for once, and a failure of that look passes.
      (!makes && reachedTwo);
    const { faults, delivery, kill } = safe ? NO_TROUBLE : next;
    reachedTwo = makes && delivery === 'again-cold';
    world.vendors.setFaults(kill === undefined ? faults : cutOff(kill));
    const silent = faults.some(({ action }) => action === 'hang' || action === 'drip');
    return { remainingMs: silent ? LITTLE_MS : PLENTY_MS, delivery, killed: kill !== undefined };
  };
}

function assertPromisesKept(subject: Subject, exchanges: readonly Exchange[], everLost: boolean): void {
  for (const { request, answer, puts, incident } of exchanges) {
    const processes = incident.killed ? 0 : (incident.delivery ?? 'once') === 'once' ? 1 : 2;
    expect(puts).toHaveLength(processes);
    for (const { bytes } of puts) {
      expect(bytes).toBeLessThanOrEqual(4096);
    }
    if (answer?.Status === 'FAILED') {
      expect(answer.Reason).toMatch(subject.step);
      // A sentence, the policy statement that would grant what is missing, or AWS's own words in brackets.
      expect(answer.Reason).toMatch(/[.})]$/);
    }
    if (answer?.Status === 'SUCCESS' && request.type === 'Update' && !everLost) {
      const { oldProperties, properties, physicalId } = request;
      if (
        /^(created|adopted):/.test(physicalId) &&
        !subject.replaces(oldProperties as Properties, properties as Properties)
      ) {
        expect(answer.PhysicalResourceId).toBe(physicalId);
      }
    }
  }
  const shown = world.output() + JSON.stringify(exchanges.map(({ puts }) => puts));
  for (const secret of world.secrets()) {
    expect(shown).not.toContain(secret);
  }
}

test.each(SUBJECTS)('$name', { timeout: 600_000 }, async (subject) => {
  await fc.assert(
    fc.asyncProperty(
      stepsOf(subject),
      fc.constantFrom(...subject.scenes),
      troubles,
      async (steps, scene, planned) => {
        world.reset(scene.vendors);
        await scene.aws?.(world);
        const atStart = subject.held(world);
        const warm = new Map<unknown, ReturnType<Subject['coldStart']>>();
        const instance = (deployed: Properties, cold: boolean) => {
          const key = deployed.Destination;
          const handler = (cold ? undefined : warm.get(key)) ?? subject.coldStart(world, deployed);
          warm.set(key, handler);
          return handler;
        };
        const calm = () => world.vendors.setFaults([]);
        const first = subject.coldStart(world, subject.properties);
        const driver = new LifecycleDriver(world.sink, first, disturbance(subject, planned), calm, {
          instance,
        });
        let lostAt: number | undefined;
        // What an update has made and not answered, only its rollback can find: it must not be given up.
        const unhurried = planned.every(({ kill, delivery }) => kill === undefined && delivery === 'once');

        for (const step of steps) {
          const { live } = driver;
          if (step.kind === 'deploy') {
            await driver.update(
              live === undefined ? atHome(subject, step.properties) : step.properties,
              unhurried ? step.course : { ...step.course, givenUp: undefined },
            );
          } else if (step.kind === 'delete') {
            await driver.delete();
          } else if (step.kind === 'lost' && isOurs(live)) {
            await subject.lose?.(world, live);
            lostAt = driver.exchanges.length;
          } else if (step.kind === 'cancelled' && live === undefined) {
            await driver.createCancelled(atHome(subject, step.properties), (creation) => {
              world.creating = creation;
            });
          }
          const now = driver.live;
          const madeAgain =
            lostAt === undefined ||
            driver.exchanges
              .slice(lostAt)
              .some(
                ({ request, answer }) =>
                  request.type !== 'Delete' &&
                  answer?.Status === 'SUCCESS' &&
                  answer.PhysicalResourceId === now?.physicalId,
              );
          const ours = isOurs(now) && madeAgain ? subject.madeFor(now) : [];
          expect(subject.held(world).sort()).toEqual([...atStart, ...ours].sort());
          subject.assertMore?.(world, now);
        }
        await driver.delete();

        expect(subject.held(world).sort()).toEqual([...atStart].sort());
        subject.assertMore?.(world, undefined);
        assertPromisesKept(subject, driver.exchanges, lostAt !== undefined);
      },
    ),
    { numRuns: RUNS },
  );
});

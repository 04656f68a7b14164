/** The alarms of the completeness check, by what the deployed check finds in a trail that something was done to. */
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { DeployedCheck } from '../lambda/completeness/deployed-check.ts';
import { HOUR, START, World } from '../lambda/completeness/world.ts';
import { synthesizeAll } from '../templates/synthesis.ts';
import { alarmsOf, stateAt } from './alarm.ts';
import { MetricStore } from './metric-store.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 120_000 });

const HOURS = 24;
/** In hours from the trail's start: the stack is older, for silence is no good sign. */
const FIRST_CHECK = -48;
const WELL_UNTIL = 10;

const alarms = (await synthesizeAll())
  .flatMap(([name, template]) => (name === 'CloudOne' ? alarmsOf(template, { 'AWS::StackName': name }) : []))
  .filter(({ path }) => path.startsWith('Completeness/'));

let deployed: DeployedCheck;
let store: MetricStore;
let taken: number;

afterEach(() => deployed.close());

/** A trail all of whose files are forwarded, and the check of it up to an hour at which all is well. */
async function allIsWell(): Promise<World> {
  const world = new World();
  for (let hour = 0; hour < HOURS; hour += 1) {
    world.hour(2);
  }
  deployed = await DeployedCheck.start(world.forwardAll());
  store = new MetricStore();
  taken = 0;
  await checkHourly(FIRST_CHECK, WELL_UNTIL);
  expect(statesAt(WELL_UNTIL)).toEqual({ Gaps: 'OK', Tampered: 'OK', Age: 'OK' });
  return world;
}

/** Calls the function once an hour, and takes its metrics to CloudWatch. A call that fails is only logged. */
async function checkHourly(from: number, to: number): Promise<void> {
  for (let hour = from; hour <= to; hour += 1) {
    await deployed.callAt(hour).catch(() => undefined);
    for (const line of deployed.log.slice(taken).split('\n')) {
      store.takeLogLine(line);
    }
    taken = deployed.log.length;
  }
}

/** By the end of the alarm's period: whatever was told last is in one that is complete. */
function statesAt(hour: number): Record<string, string> {
  const states = alarms.map((alarm) => {
    const now = START.getTime() + hour * HOUR + alarm.periodSeconds * 1000;
    const [, name = ''] = /Completeness(\w+)Alarm$/.exec(alarm.path) ?? [];
    return [name, stateAt(alarm, store, now, 0)];
  });
  return Object.fromEntries(states);
}

test('a file that nobody forwards, not even when it is queued again', async () => {
  const world = await allIsWell();
  const [lost = ''] = [...world.ledger.keys()].slice(2 * WELL_UNTIL);
  world.ledger.delete(lost);

  await checkHourly(WELL_UNTIL + 1, WELL_UNTIL + 6);

  expect(deployed.forwardQueued()).toContain(lost);
  expect(statesAt(WELL_UNTIL + 6)).toEqual({ Gaps: 'ALARM', Tampered: 'OK', Age: 'OK' });
  await checkHourly(WELL_UNTIL + 7, WELL_UNTIL + 9);
  expect(statesAt(WELL_UNTIL + 9)).toMatchObject({ Gaps: 'OK' });
});

test('a file that is altered after it was forwarded', async () => {
  const world = await allIsWell();
  const { bucket = '', key = '' } = world.files[2 * WELL_UNTIL] ?? {};
  world.put(bucket, key, gzipSync('{"Records":[]}'), START);
  world.forward({ bucket, key });

  const states: string[] = [];
  for (let hour = WELL_UNTIL + 1; hour <= WELL_UNTIL + 4; hour += 1) {
    await checkHourly(hour, hour);
    states.push(statesAt(hour).Tampered ?? '');
  }

  expect(states).toContain('ALARM');
});

test.each([
  ['no digest can be read', /^GetObject/],
  ['the check cannot even remember', /^(Get|Put)Item/],
])('a check that cannot do its work: %s', async (_name, calls) => {
  await allIsWell();
  deployed.aws.refuse = (call) => (calls.test(call) ? [403, 'AccessDenied'] : undefined);

  await checkHourly(WELL_UNTIL + 1, WELL_UNTIL + 10);

  expect(statesAt(WELL_UNTIL + 10)).toMatchObject({ Age: 'ALARM' });
});

/** Every alarm of every template, against what the functions tell: it goes off when it must, and only then. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { synthesizeAll } from '../templates/synthesis.ts';
import { Account, DAY_MS, HOUR_MS, MINUTE_MS } from './account.ts';
import { alarmsOf, stateAt, type TemplateAlarm } from './alarm.ts';
import { archiveRuns } from './archive.ts';
import { CASES } from './cases.ts';

// Not a target: only so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 120_000 });

/** How many more periods than it must CloudWatch looks at, it does not tell: an alarm must do with any of these. */
const EXTRA_PERIODS = [0, 1, 2, 3];

const alarms = (await synthesizeAll()).flatMap(([name, template]) =>
  alarmsOf(template, { 'AWS::StackName': 'CloudOne' }).map(
    (alarm) => [`${name}/${alarm.path}`, alarm] as const,
  ),
);

let account: Account;

beforeEach(async () => {
  account = new Account(new Date('2026-11-18T12:00:00Z'));
  await account.start();
  // Its alarms go by hours, and by a third of a day.
  await account.pass(2 * DAY_MS, account.completenessCheck);
});
afterEach(() => account.stop());

/** Whatever happens all the time while all is well. */
const wellFor = (milliseconds: number) =>
  account.pass(
    milliseconds,
    account.file,
    account.healthCheck,
    account.notificationWatch,
    account.completenessCheck,
    archiveRuns(account),
  );

/** The state by each evaluation range that CloudWatch may use, a minute after something has happened. */
function statesOf(alarm: TemplateAlarm, now = Date.now() + MINUTE_MS): string[] {
  return EXTRA_PERIODS.map((extra) => stateAt(alarm, account.store, now, extra));
}

/** Which alarms have gone off, as far as the evaluation range leaves no doubt. */
function goneOff(): string[] {
  return alarms.filter(([, alarm]) => !statesOf(alarm).includes('OK')).map(([name]) => name);
}

test('every alarm has a case, and no case is for an alarm that is not', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(alarms.map(([name]) => name).toSorted());
});

describe.each(alarms)('%s', (name, alarm) => {
  test('goes off when what it is for happens, and not before', async () => {
    await wellFor(2 * HOUR_MS);
    expect(statesOf(alarm)).toEqual(EXTRA_PERIODS.map(() => 'OK'));

    await CASES[name]?.(account);

    // By the end of the next period whatever was told last is in a period that is complete.
    expect(statesOf(alarm, Date.now() + alarm.periodSeconds * 1000)).toEqual(
      EXTRA_PERIODS.map(() => 'ALARM'),
    );
  });
});

test('all is quiet on a day on which all is well', async () => {
  for (let hour = 0; hour < 6; hour += 1) {
    await wellFor(HOUR_MS);
    expect(alarms.filter(([, alarm]) => statesOf(alarm).includes('ALARM')).map(([name]) => name)).toEqual([]);
  }
});

test('when nobody looks any more, every alarm says so but the one that no function of ours is behind', async () => {
  await wellFor(HOUR_MS);

  await account.pass(40 * MINUTE_MS, account.file);

  expect(goneOff().toSorted()).toEqual(
    alarms
      .map(([name]) => name)
      // The forwarder tells the token's age too, as long as there are files.
      .filter((name) => !/EventsNotRelayed|TokenAge|Completeness|^AuditArchive/.test(name))
      .toSorted(),
  );
});

test('when nobody checks for completeness any more, one alarm says so', async () => {
  await wellFor(HOUR_MS);

  await account.pass(2 * DAY_MS);

  expect(goneOff().filter((name) => name.includes('Completeness'))).toEqual([
    'CloudOne/Completeness/CompletenessAgeAlarm',
  ]);
});

test('when the audit archive’s functions are called no more, each says so once', async () => {
  await wellFor(4 * HOUR_MS);

  await account.pass(8 * HOUR_MS);

  expect(
    goneOff()
      .filter((name) => name.startsWith('AuditArchive'))
      .toSorted(),
  ).toEqual([
    'AuditArchive/AppDynamics/AppDynamicsCollectionFailedAlarm',
    'AuditArchive/CloudOne/CloudOneCollectionFailedAlarm',
    'AuditArchive/Derivation/DerivationAgeAlarm',
    'AuditArchive/IbmCloud/IbmCloudCollectionFailedAlarm',
    'AuditArchive/Reports/ReportsFailedAlarm',
  ]);
});

test('an archive whose runs take a quarter of an hour, and fail now and then, is no reason for alarm', async () => {
  await wellFor(4 * HOUR_MS);
  for (let hour = 0; hour < 3; hour += 1) {
    await account.pass(15 * MINUTE_MS, archiveRuns(account, { collectionFailed: 1 }, 'cloudone'));
    await account.pass(45 * MINUTE_MS, archiveRuns(account));
    const amiss = alarms.filter(([, alarm]) => statesOf(alarm).includes('ALARM')).map(([name]) => name);
    expect(amiss.filter((name) => name.startsWith('AuditArchive'))).toEqual([]);
  }
});

test('a stack that is made just now has proven nothing yet, and no alarm takes that amiss', async () => {
  const fresh = new Account(new Date('2027-01-01T00:00:00Z'));
  for (let hour = 0; hour < 6; hour += 1) {
    await fresh.pass(HOUR_MS, fresh.completenessCheck);
    const amiss = alarms.filter(([name, alarm]) => {
      const states = EXTRA_PERIODS.map((extra) => stateAt(alarm, fresh.store, Date.now() + MINUTE_MS, extra));
      return name.includes('Completeness') && states.includes('ALARM');
    });
    expect(amiss.map(([name]) => name)).toEqual([]);
  }
});

describe('what an alarm is not startled by', () => {
  const stateNow = (name: string) =>
    statesOf(alarms.find(([each]) => each === `CloudOne/${name}`)?.[1] as TemplateAlarm);

  test('a destination that refuses once', async () => {
    await wellFor(HOUR_MS);
    account.destination.behaviour = () => ({ status: 503 });
    await account.healthCheck();
    account.destination.behaviour = () => ({ status: 202 });
    await wellFor(10 * MINUTE_MS);

    expect(stateNow('Health/DestinationUnreachableAlarm')).not.toContain('ALARM');
  });

  test('a look that is missed', async () => {
    await wellFor(HOUR_MS);
    await account.pass(5 * MINUTE_MS, account.file);
    await wellFor(10 * MINUTE_MS);

    expect(goneOff()).toEqual([]);
  });

  test('an account in which nothing happens for an hour and a half', async () => {
    await wellFor(HOUR_MS);
    await account.pass(1.5 * HOUR_MS, account.healthCheck);

    expect(stateNow('Health/NothingArrivesAlarm')).not.toContain('ALARM');
  });

  test('a stack that is made just now, and has forwarded nothing yet', async () => {
    account.stackCreatedAt = new Date();
    await account.pass(HOUR_MS, account.healthCheck);

    expect(stateNow('Health/NothingArrivesAlarm')).not.toContain('ALARM');
  });
});

test('a stack that has never forwarded anything in a day is told of', async () => {
  account.stackCreatedAt = new Date(Date.now() - DAY_MS);
  await account.pass(HOUR_MS, account.healthCheck);

  expect(goneOff()).toContain('CloudOne/Health/NothingArrivesAlarm');
});

/** For every alarm of every template: what makes it go off. A new alarm needs a line here. */
import type { Account } from './account.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, QUEUES } from './account.ts';
import { ARCHIVE_CASES } from './archive.ts';

/** Brings the condition about, and lets as much time go by as it takes to be noticed. */
export type Condition = (account: Account) => Promise<void>;

const QUARTER_MS = 15 * MINUTE_MS;
/** As gzip, `{"Records":[]}` has fewer. */
const EMPTY_UPLOAD_BYTES = 50;

function waitingIn(queue: string): Condition {
  return async (account) => {
    account.messages.set(queue, 1);
    await account.pass(QUARTER_MS, account.healthCheck);
  };
}

/** By the template's name and the path of the alarm's construct. */
export const CASES: Readonly<Record<string, Condition>> = {
  ...ARCHIVE_CASES,
  // The forwarder itself gives the file up.
  'CloudOne/Forwarding/DeadLettersAlarm': async (account) => {
    await account.poison();
    await account.pass(QUARTER_MS, account.healthCheck);
  },
  'CloudOne/Forwarding/EventsNotDeliveredAlarm': waitingIn(QUEUES.eventDeadLetters),
  'CloudOne/Listing/LateObjectsNotListedAlarm': waitingIn(QUEUES.lateObjectsDeadLetters),
  'CloudOne/Forwarding/QueueAgeAlarm': async (account) => {
    account.messages.set(QUEUES.forwarding, 3);
    const since = Date.now();
    const tell = account.tellQueueAge(() => (Date.now() - since) / 1000);
    await account.pass(HOUR_MS, tell, account.healthCheck);
  },
  // No renewal has succeeded for two weeks.
  'CloudOne/Onboarding/TokenRotation/TokenAgeAlarm': async (account) => {
    account.tokenStoredAt = new Date(Date.now() - 14 * DAY_MS);
    await account.pass(QUARTER_MS, account.healthCheck);
  },
  'CloudOne/Health/DestinationUnreachableAlarm': async (account) => {
    account.destination.behaviour = () => ({ status: 503 });
    await account.pass(20 * MINUTE_MS, account.healthCheck);
  },
  // The forwarder's own doing, which the destination's health says nothing about: it takes what is empty.
  'CloudOne/Health/CircuitOpenAlarm': async (account) => {
    account.destination.behaviour = ({ body }) =>
      body.length > EMPTY_UPLOAD_BYTES
        ? { status: 503, headers: { 'retry-after': '3600' } }
        : { status: 202 };
    await account.pass(QUARTER_MS, account.fileInAnOutage, account.healthCheck);
    await account.pass(QUARTER_MS, account.healthCheck);
  },
  'CloudOne/Health/TrailNotLoggingAlarm': async (account) => {
    account.isTrailLogging = false;
    await account.pass(QUARTER_MS, account.healthCheck);
  },
  // Everything works, and yet no file comes; old ones that are listed do not hide it.
  'CloudOne/Health/NothingArrivesAlarm': (account) =>
    account.pass(4 * HOUR_MS, account.listedFile, account.healthCheck),
  'CloudOne/Health/NotificationMissingAlarm': async (account) => {
    account.isEventBridgeOn = false;
    await account.pass(QUARTER_MS, account.healthCheck);
  },
  'CloudOne/ExistingBucket/NotificationWatch/NotificationMissingAlarm': async (account) => {
    account.isEventBridgeOn = false;
    await account.pass(QUARTER_MS, account.notificationWatch);
  },
  // By what the check tells; what has it tell so is in completeness.test.ts.
  'CloudOne/Completeness/CompletenessGapsAlarm': async (account) => {
    account.lacking = { gaps: 2, remaining: 1 };
    await account.pass(HOUR_MS, account.completenessCheck);
  },
  'CloudOne/Completeness/CompletenessTamperedAlarm': async (account) => {
    account.tamperedWith = 1;
    await account.pass(HOUR_MS, account.completenessCheck);
  },
  'CloudOne/Completeness/CompletenessAgeAlarm': async (account) => {
    account.checkedUntil = new Date().toISOString();
    await account.pass(9 * HOUR_MS, account.completenessCheck);
  },
  // The relay has no function: SQS tells it of a queue that holds a message (Amazon SQS Developer Guide, "Available
  // CloudWatch metrics").
  'Relay/EventsNotRelayedAlarm': async (account) => {
    const tell = () =>
      account.store.put(
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: 'DeadLetterQueue9F481546.QueueName' },
        },
        Date.now(),
        1,
      );
    await account.pass(QUARTER_MS, tell);
  },
};

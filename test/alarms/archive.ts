/** What the functions of the audit archive tell of how things stand; that it stands so is held by their own tests. */
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import {
  ARCHIVE_METRICS,
  METRIC_NAMESPACE,
  SOURCE_DIMENSION,
  STACK_DIMENSION,
} from '../../contract/metrics.ts';
import { type Account, DAY_MS, MINUTE_MS } from './account.ts';

const QUARTER_MS = 15 * MINUTE_MS;
/** A run at its longest: the next one tells of itself no sooner. */
const RUN_MS = QUARTER_MS;

type Told = Partial<Record<keyof typeof ARCHIVE_METRICS, number>>;

/** As long as all is well. */
const OF_SOURCE: Told = { collectionFailed: 0, collectionAge: 60, recordsArchived: 5 };
const OF_ALL: Told = { derivationAge: 300, reportsFailed: 0 };

function tell(account: Account, told: Told, source?: AuditSource): void {
  for (const [key, value] of Object.entries(told)) {
    const dimensions = {
      [STACK_DIMENSION]: 'CloudOne',
      ...(source === undefined ? {} : { [SOURCE_DIMENSION]: source }),
    };
    const name = ARCHIVE_METRICS[key as keyof typeof ARCHIVE_METRICS];
    account.store.put({ namespace: METRIC_NAMESPACE, name, dimensions }, Date.now(), value);
  }
}

/** To be passed to `Account.pass`: every source and the derivation tell at each quarter of an hour. */
export function archiveRuns(account: Account, amiss: Told = {}, of?: AuditSource): () => void {
  return () => {
    if (Date.now() % RUN_MS !== 0) {
      return;
    }
    for (const source of AUDIT_SOURCES) {
      tell(account, { ...OF_SOURCE, ...(source === of ? amiss : {}) }, source);
    }
    tell(account, { ...OF_ALL, ...(of === undefined ? amiss : {}) });
  };
}

const NAMES: readonly [name: string, source: AuditSource][] = [
  ['CloudOne', 'cloudone'],
  ['AppDynamics', 'appdynamics'],
  ['IbmCloud', 'ibmcloud'],
];

const amissFor = (milliseconds: number, told: Told, source?: AuditSource) => (account: Account) =>
  account.pass(milliseconds, archiveRuns(account, told, source));

export const ARCHIVE_CASES: Readonly<Record<string, (account: Account) => Promise<void>>> = {
  ...Object.fromEntries(
    NAMES.flatMap(([name, source]) => {
      const path = `AuditArchive/${name}/${name}`;
      return [
        [`${path}CollectionFailedAlarm`, amissFor(4 * QUARTER_MS, { collectionFailed: 1 }, source)],
        [`${path}CollectionAgeAlarm`, amissFor(4 * QUARTER_MS, { collectionAge: DAY_MS / 1000 + 1 }, source)],
        [`${path}RecordsUnreadableAlarm`, amissFor(QUARTER_MS, { recordsUnreadable: 1 }, source)],
        [`${path}RecordsUndatedAlarm`, amissFor(QUARTER_MS, { recordsUndated: 1 }, source)],
        [`${path}EventsUnknownAlarm`, amissFor(QUARTER_MS, { unknownEvents: 1 }, source)],
      ];
    }),
  ),
  'AuditArchive/AppDynamics/AppDynamicsEventsLostAlarm': amissFor(
    QUARTER_MS,
    { eventsLost: 1 },
    'appdynamics',
  ),
  'AuditArchive/IbmCloud/IbmCloudObjectsUnreadAlarm': amissFor(QUARTER_MS, { objectsUnread: 1 }, 'ibmcloud'),
  'AuditArchive/IbmCloud/IbmCloudSetupIncompleteAlarm': amissFor(
    QUARTER_MS,
    { setupIncomplete: 1 },
    'ibmcloud',
  ),
  'AuditArchive/Derivation/DerivationAgeAlarm': amissFor(4 * QUARTER_MS, { derivationAge: 6 * 3600 + 1 }),
  'AuditArchive/Reports/ReportsFailedAlarm': amissFor(12 * QUARTER_MS, { reportsFailed: 1 }),
  // SQS tells it of a queue that holds a message.
  'AuditArchive/CallsNotDeliveredAlarm': async (account) => {
    const queue = {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: 'UndeliveredCalls20239329.QueueName' },
    };
    await account.pass(QUARTER_MS, () => account.store.put(queue, Date.now(), 1));
  },
};

/** S3, DynamoDB and SQS: denying, throttling, away. */
import type { FaultCase } from '../case.ts';
import { largeFile } from '../files.ts';
import type { AwsTrouble, Operation } from '../stand-ins/aws.ts';
import { type AwsAnswer, failure, s3Failure } from '../stand-ins/aws-answer.ts';
import type { WriteKind } from '../stand-ins/dynamodb.ts';
import type { World } from '../world.ts';
import { letterLacks, NOT_GZIP } from './destination-answers.ts';

const MINUTE_MS = 60_000;
const DENIED = s3Failure(403, 'AccessDenied', 'User is not authorized to perform: s3:GetObject');
const KMS_DENIED = s3Failure(403, 'AccessDenied', 'User is not authorized to perform: kms:Decrypt');
const SLOW_DOWN = s3Failure(503, 'SlowDown', 'Please reduce your request rate.');
const THROTTLED = failure(
  400,
  'ProvisionedThroughputExceededException',
  'The level of configured throughput was exceeded.',
);
const AWAY = failure(500, 'InternalServerError', 'The service is away.');

/** Troubles an operation until so much time has passed. */
function troubleFor(
  world: World,
  operation: Operation,
  ms: number,
  trouble: AwsTrouble,
  write?: WriteKind,
): void {
  let isOver = false;
  world.mapping.in(ms, () => {
    isOver = true;
  });
  world.aws.trouble(operation, (call) =>
    !isOver && (write === undefined || call.write === write) ? trouble : undefined,
  );
}

const forTime: readonly (readonly [string, string, Operation, number, AwsAnswer])[] = [
  ['s3/slow-down', 'S3 answers SlowDown for ten minutes', 'GetObject', 10, SLOW_DOWN],
  [
    's3/internal-error',
    'S3 answers 500 for three minutes',
    'GetObject',
    3,
    s3Failure(500, 'InternalError', 'We encountered an internal error.'),
  ],
  ['s3/denied-for-a-while', 'S3 denies access for ten minutes', 'GetObject', 10, DENIED],
  ['ledger/throttled', 'DynamoDB throttles everything for ten minutes', 'UpdateItem', 10, THROTTLED],
  ['ledger/away', 'DynamoDB answers 500 for an hour', 'UpdateItem', 60, AWAY],
];

const passing: FaultCase[] = forTime.map(([name, injected, operation, minutes, answer]) => ({
  name,
  injected,
  expected: 'files come back, and arrive once',
  visible: ['ObjectsFailed'],
  run: async (world) => {
    troubleFor(world, operation, minutes * MINUTE_MS, answer);
    world.addMany(5);
    await world.workOff();
  },
}));

const once: FaultCase[] = (
  [
    ['s3/slow-down-once', 'S3 answers SlowDown once', 'GetObject', SLOW_DOWN],
    ['s3/reset', 'the connection to S3 is reset once', 'GetObject', 'reset'],
    ['s3/hang', 'S3 does not answer once', 'GetObject', 'hang'],
    ['s3/cut-off', 'S3 breaks off in the middle of a file once', 'GetObject', 'cut-off'],
    ['ledger/throttled-once', 'DynamoDB throttles once', 'UpdateItem', THROTTLED],
    ['ledger/reset', 'the connection to DynamoDB is reset once', 'UpdateItem', 'reset'],
    ['ledger/hang', 'DynamoDB does not answer once', 'UpdateItem', 'hang'],
  ] as const
).map(([name, injected, operation, trouble]) => ({
  name,
  injected,
  expected: 'every file arrives once',
  run: async (world) => {
    world.aws.trouble(operation, ({ number }) => (number === 1 ? trouble : undefined));
    world.addMany(3);
    await world.workOff();
  },
}));

const denied: FaultCase[] = (
  [
    ['s3/access-denied', 'S3 denies access to one file for good', DENIED, 's3:GetObject'],
    ['s3/kms-denied', 'the key of one file denies access for good', KMS_DENIED, 'kms:Decrypt'],
  ] as const
).map(([name, injected, answer, words]) => ({
  name,
  injected,
  expected: 'it is tried five times, and dead-lettered with the words of S3; the rest arrives',
  deadLetters: ['ObjectUnreadable'],
  visible: ['ObjectsFailed', 'ObjectsDeadLettered'],
  run: async (world) => {
    const [unreadable] = world.addMany(4);
    world.aws.trouble('GetObject', ({ key }) => (key === unreadable?.key ? answer : undefined));
    await world.workOff();
    return letterLacks(world, words);
  },
}));

const notes: FaultCase[] = (
  [
    ['claim', 'claims', 0, false],
    ['acknowledge', 'acknowledgements', 9, false],
    ['release', 'given-back leases', 0, true],
    ['progress', 'progress', 24, false],
  ] as const
).map(([write, what, duplicates, isFailing]) => ({
  name: `ledger/no-${what.replaceAll(' ', '-')}`,
  injected: `DynamoDB takes no ${what} for ten minutes${isFailing ? ', while uploads fail' : ''}`,
  expected:
    duplicates > 0
      ? 'nothing counts as forwarded without the ledger; repetitions come under the same keys'
      : 'every file arrives once',
  duplicates: duplicates * 5,
  visible: ['ObjectsFailed'],
  run: async (world) => {
    troubleFor(world, 'UpdateItem', 10 * MINUTE_MS, AWAY, write);
    if (isFailing) {
      world.destination.reacts = ({ number }) => (number <= 3 ? { status: 503 } : 'take');
    }
    if (write === 'progress') {
      world.add(largeFile());
    } else {
      world.addMany(isFailing ? 1 : 3);
    }
    await world.workOff();
  },
}));

const circuit: FaultCase[] = [
  {
    name: 'circuit/not-readable',
    injected: 'the circuit cannot be read',
    expected: 'forwarding goes on as if it were closed',
    run: async (world) => {
      world.aws.trouble('GetItem', () => AWAY);
      world.addMany(15);
      await world.workOff(2);
      return world.mapping.invocations.answered > 2 ? ['files came back'] : [];
    },
  },
  {
    name: 'circuit/not-writable-in-an-outage',
    injected: 'the destination is away for ten minutes, and the circuit cannot be written',
    expected: 'the circuit opens for each process alone, and everything arrives once',
    visible: ['CircuitOpen'],
    run: async (world) => {
      troubleFor(world, 'UpdateItem', 24 * 60 * MINUTE_MS, AWAY, 'circuit');
      world.destination.reacts = () => (world.clock.elapsedMs < 10 * MINUTE_MS ? { status: 503 } : 'take');
      world.addMany(12);
      await world.workOff(2);
    },
  },
  {
    name: 'circuit/nonsense-in-its-item',
    injected: 'the item of the circuit holds nonsense',
    expected: 'that is a closed circuit',
    run: async (world) => {
      world.aws.dynamoDb.items.set('#circuit/CloudOne', {
        object: { S: '#circuit/CloudOne' },
        revision: { S: 'many' },
        openUntil: { S: 'tomorrow' },
      });
      world.addMany(5);
      await world.workOff();
    },
  },
];

const queues: FaultCase[] = [
  {
    name: 'queue/dead-letters-not-taken',
    injected: 'the dead-letter queue takes nothing for ten minutes',
    expected: 'the bad file stays in the queue, and is dead-lettered once afterwards',
    deadLetters: ['NotGzip'],
    visible: ['ObjectsFailed', 'ObjectsDeadLettered'],
    run: async (world) => {
      troubleFor(world, 'SendMessage', 10 * MINUTE_MS, AWAY);
      world.addMany(2);
      world.add(NOT_GZIP);
      await world.workOff();
    },
  },
  {
    name: 'queue/redelivery-not-taken',
    injected: 'the time of redelivery cannot be set, while uploads fail',
    expected: 'messages come back after the visibility time-out, and arrive once',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      world.aws.trouble('ChangeMessageVisibilityBatch', () => AWAY);
      world.destination.reacts = ({ number }) => (number <= 6 ? { status: 503 } : 'take');
      world.addMany(2);
      await world.workOff();
    },
  },
];

export const awsServices: readonly FaultCase[] = [
  ...passing,
  ...once,
  ...denied,
  ...notes,
  ...circuit,
  ...queues,
];

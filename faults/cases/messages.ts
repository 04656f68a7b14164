/** Messages: repeated, out of order, not ours, and batches in which any subset fails. */
import type { FaultCase } from '../case.ts';
import { badFile, trailFile } from '../files.ts';
import { s3Failure } from '../stand-ins/aws-answer.ts';
import type { StoredTrailFile, World } from '../world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOT_GZIP_BYTES = Buffer.from('not gzip at all');

/** All subsets of four, as lists of indices. */
const SUBSETS = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((index) => bits & (1 << index)));
const FAILURES = SUBSETS.flat().length;

/** One batch of four for each subset, one after the other. */
async function eachSubset(
  world: World,
  arrange: (subset: readonly number[]) => readonly StoredTrailFile[],
): Promise<void> {
  world.mapping.batchSize = 4;
  for (const subset of SUBSETS) {
    arrange(subset);
    await world.workOff();
  }
}

/** Whether a message's key names no CloudTrail file. */
function messageFor(key: string): string {
  return JSON.stringify({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'trail-bucket' }, object: { key, 'version-id': '1' } },
  });
}

const FOREIGN: readonly (readonly [string, string, string, string | undefined])[] = [
  ['not-json', 'a message that is not JSON', 'Hello', 'MalformedMessage'],
  ['another-shape', "a message of S3's own notifications", '{"Records":[{"s3":{}}]}', 'MalformedMessage'],
  ['empty', 'a message with nothing in it', '', 'MalformedMessage'],
  [
    'wrong-key',
    "a message for a file that is not CloudTrail's",
    messageFor('AWSLogs/elb/access.log.gz'),
    'NotACloudTrailFile',
  ],
  [
    'digest',
    'a message for a digest file',
    messageFor(
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/20/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261120T070000Z.json.gz',
    ),
    undefined,
  ],
  ['test-event', "S3's test event", '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}', undefined],
];

const foreign: FaultCase[] = FOREIGN.map(([name, what, body, reason]) => ({
  name: `message/${name}`,
  injected: `${what}, among others`,
  expected:
    reason === undefined ? 'it is skipped and counted' : `it is dead-lettered with ${reason}, unchanged`,
  deadLetters: reason === undefined ? [] : [reason],
  visible: [reason === undefined ? 'ObjectsSkipped' : 'ObjectsDeadLettered'],
  run: async (world) => {
    world.addMany(2);
    world.aws.queue.send(body);
    world.addMany(2);
    await world.workOff();
    const letters = world.aws.deadLetters.messages;
    return letters.every((letter) => letter.body === body) ? [] : ['the dead letter is not the message'];
  },
}));

export const messages: readonly FaultCase[] = [
  ...foreign,
  {
    name: 'message/twice-in-a-batch',
    injected: 'each message comes twice in one batch',
    expected: 'every file is sent once',
    run: async (world) => {
      for (const { messageBody } of world.addMany(5)) {
        world.aws.queue.send(messageBody);
      }
      await world.workOff();
    },
  },
  {
    name: 'message/twice-with-an-hour-between',
    injected: 'each message comes again after an hour',
    expected: 'the second is skipped: the ledger knows the file',
    visible: ['ObjectsSkipped'],
    run: async (world) => {
      const files = world.addMany(5);
      world.mapping.in(60 * 60_000, () => {
        for (const { messageBody } of files) {
          world.aws.queue.send(messageBody);
        }
      });
      await world.workOff();
    },
  },
  {
    name: 'message/to-two-functions-at-once',
    injected: 'the queue shows four messages to two functions at the same time',
    expected: 'one of them has the lease, the other leaves it: every file arrives once',
    run: async (world) => {
      for (let index = 0; index < 4; index += 1) {
        const { messageBody } = world.store(trailFile());
        world.aws.queue.send(messageBody, { shownTwiceAt: 1 });
      }
      // Nothing is taken until both have tried to claim all four.
      const claimed = Promise.withResolvers<void>();
      world.moments.on('before the claim', (count) => {
        if (count === 8) {
          claimed.resolve();
        }
      });
      world.destination.reacts = () => claimed.promise.then(() => 'take');
      await world.workOff(2);
    },
  },
  {
    name: 'message/reversed',
    injected: 'the queue gives the newest messages first',
    expected: 'every file arrives once',
    run: async (world) => {
      world.aws.queue.order = (visible) => visible.toReversed();
      world.addMany(35);
      await world.workOff(2);
    },
  },
  {
    name: 'message/shuffled-and-doubled',
    injected: 'messages are doubled and shuffled, and three functions work at them',
    expected: 'every file arrives once',
    run: async (world) => {
      let state = 20;
      const random = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state;
      };
      world.aws.queue.order = (visible) =>
        visible
          .map((message) => ({ message, at: random() }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ message }) => message);
      for (const { messageBody } of world.addMany(50)) {
        world.aws.queue.send(messageBody);
      }
      await world.workOff(3);
    },
  },
  {
    name: 'message/versions-out-of-order',
    injected: 'one key is written three times, and the messages come newest first',
    expected: 'each version is a file of its own, and arrives once',
    run: async (world) => {
      const key = world.newKey();
      const bodies = [1, 2, 3].map(() => world.store(trailFile(), key).messageBody);
      for (const body of bodies.toReversed()) {
        world.aws.queue.send(body);
      }
      await world.workOff();
    },
  },
  {
    name: 'message/any-subset-unreadable',
    injected: 'sixteen batches of four: in each, another subset cannot be read from S3 once',
    expected: 'exactly those come back, and everything arrives once',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      const failing = new Set<string>();
      let failures = 0;
      world.aws.trouble('GetObject', ({ key = '' }) => {
        const fails = failing.delete(key);
        failures += fails ? 1 : 0;
        return fails ? s3Failure(403, 'AccessDenied', 'Access Denied') : undefined;
      });
      await eachSubset(world, (subset) => {
        const files = world.addMany(4);
        for (const index of subset) {
          failing.add(files[index]?.key ?? '');
        }
        return files;
      });
      const reads = world.aws.calls.get('GetObject') ?? 0;
      return [
        ...(failures === FAILURES ? [] : [`${failures} failures were injected, not ${FAILURES}`]),
        ...(reads === 64 + FAILURES ? [] : [`${reads} reads: others came back too`]),
      ];
    },
  },
  {
    name: 'message/any-subset-not-taken',
    injected: 'sixteen batches of four: in each, another subset is answered 404 at its first three tries',
    expected: 'those come back, and everything arrives once',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      const tries = new Map<string, number>();
      world.destination.reacts = async ({ ids }) => {
        const [id = ''] = await ids();
        const left = tries.get(id) ?? 0;
        tries.set(id, left - 1);
        return left > 0 ? { status: 404 } : 'take';
      };
      await eachSubset(world, (subset) => {
        const files = world.addMany(4);
        for (const index of subset) {
          tries.set(files[index]?.ids[0] ?? '', 3);
        }
        return files;
      });
    },
  },
  {
    name: 'message/any-subset-poisoned',
    injected: 'sixteen batches of four: in each, another subset is not gzip',
    expected: 'exactly those are dead-lettered, and the others arrive',
    deadLetters: Array(FAILURES).fill('NotGzip'),
    visible: ['ObjectsDeadLettered'],
    run: (world) =>
      eachSubset(world, (subset) =>
        world.add(
          ...[0, 1, 2, 3].map((index) => (subset.includes(index) ? badFile(NOT_GZIP_BYTES) : trailFile())),
        ),
      ),
  },
  {
    name: 'message/old-in-an-outage',
    injected: 'messages that are 13 days old, while the destination answers 503',
    expected: 'they are dead-lettered with the reason, before the queue drops them',
    deadLetters: Array(4).fill('DestinationUnavailable'),
    visible: ['ObjectsDeadLettered'],
    run: async (world) => {
      world.destination.reacts = () => ({ status: 503, headers: { 'retry-after': '60' } });
      for (let index = 0; index < 4; index += 1) {
        const { messageBody } = world.store(trailFile());
        world.aws.queue.send(messageBody, { ageMs: 13.01 * DAY_MS });
      }
      await world.workOff();
    },
  },
];

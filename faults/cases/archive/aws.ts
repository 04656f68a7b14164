/** S3 and DynamoDB: throttling, away, and with answers that get lost. */
import type { ArchiveCallKind } from '../../archive/calls.ts';
import type { ArchiveCase } from '../../archive/trial.ts';
import type { ArchiveFunction, ArchiveWorld } from '../../archive/world.ts';
import type { AwsTrouble } from '../../stand-ins/aws.ts';
import { failure, s3Failure } from '../../stand-ins/aws-answer.ts';

const SLOW_DOWN = s3Failure(503, 'SlowDown', 'Please reduce your request rate.');
const THROTTLED = failure(400, 'ThrottlingException', 'Rate of requests exceeds the allowed throughput.');
/** What the SDK tries by itself. */
const TRIES = 3;
/** Most of these wait for the next try. */
const options = { timeScale: 10 };

type Place = readonly [ArchiveFunction, ArchiveCallKind, AwsTrouble];

const PLACES: readonly Place[] = [
  ['cloudone', 'ListObjectsV2', SLOW_DOWN],
  ['cloudone', 'PutObject', SLOW_DOWN],
  ['cloudone', 'UpdateItem', THROTTLED],
  ['derivation', 'ListObjectsV2', SLOW_DOWN],
  ['derivation', 'GetObject', SLOW_DOWN],
  ['derivation', 'GetObject', 'cut-off'],
  ['derivation', 'PutObject', SLOW_DOWN],
  ['derivation', 'Query', THROTTLED],
  ['derivation', 'UpdateItem', THROTTLED],
  ['derivation', 'DeleteItem', THROTTLED],
];

function nameOf([name, kind, trouble]: Place): string {
  return `${name}-${kind.toLowerCase()}-${trouble === THROTTLED ? 'throttled' : trouble === 'cut-off' ? 'cut-off' : '503'}`;
}

const wordsOf = (trouble: AwsTrouble) =>
  trouble === 'cut-off' ? 'is cut off' : trouble === THROTTLED ? 'is throttled' : 'is answered 503';

/** As far as the function that is troubled. */
async function runUpTo(world: ArchiveWorld, name: ArchiveFunction): Promise<void> {
  if (name === 'derivation') {
    await world.run('cloudone');
    world.calls.beginAnew();
  }
}

const once = PLACES.map((place): ArchiveCase => {
  const [name, kind, trouble] = place;
  return {
    name: `archive/${nameOf(place)}-once`,
    injected: `a ${kind} of ${name} ${wordsOf(trouble)}, once`,
    expected: 'it is tried again within the run; every record is archived and derived once',
    options: { ...options, sources: ['cloudone'] },
    run: async (world) => {
      await runUpTo(world, name);
      world.calls.on('before', kind, ({ number }) => (number === 1 ? trouble : undefined));
      await world.run(name);
    },
  };
});

const lasting = PLACES.map((place): ArchiveCase => {
  const [name, kind, trouble] = place;
  return {
    name: `archive/${nameOf(place)}-for-a-run`,
    injected: `every ${kind} of ${name} ${wordsOf(trouble)}, for a whole run`,
    expected: 'the run fails and says so; the next one goes on; every record is archived and derived once',
    fails: true,
    options: { ...options, sources: ['cloudone'] },
    run: async (world) => {
      await runUpTo(world, name);
      world.calls.on('before', kind, () => trouble);
      await world.run(name);
      world.skipLease();
    },
  };
});

const UNANSWERED: readonly (readonly [ArchiveFunction, ArchiveCallKind])[] = [
  ['cloudone', 'PutObject'],
  ['cloudone', 'UpdateItem'],
  ['derivation', 'PutObject'],
  ['derivation', 'UpdateItem'],
  ['derivation', 'DeleteItem'],
];

const unanswered = UNANSWERED.flatMap(([name, kind]) =>
  [1, TRIES].map(
    (times): ArchiveCase => ({
      name: `archive/${name}-${kind.toLowerCase()}-unanswered-${times === 1 ? 'once' : 'for-good'}`,
      injected: `a ${kind} of ${name} is carried out, and the answer gets lost, ${times === 1 ? 'once' : 'at every try'}`,
      expected: 'it is done again, or found done; every record is archived and derived once',
      fails: undefined,
      options: { ...options, sources: ['cloudone'] },
      run: async (world) => {
        await runUpTo(world, name);
        world.calls.on('after', kind, ({ number }) => (number <= times ? 'reset' : undefined));
        await world.run(name);
        world.skipLease();
      },
    }),
  ),
);

export const aws: readonly ArchiveCase[] = [...once, ...lasting, ...unanswered];

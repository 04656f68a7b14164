/** `kill -9` at every stage of an object. */
import type { FaultCase } from '../case.ts';
import { largeFile, trailFile } from '../files.ts';
import type { Moment } from '../moments.ts';
import type { World } from '../world.ts';
import { NOT_GZIP } from './destination-answers.ts';

/** Three files of three events, all under way at once: what is kept of them and not yet noted goes again. */
const EVENTS = 9;

interface Kill {
  readonly moment: Moment;
  readonly duplicates?: number;
}

/** Before the destination keeps a file, nothing can arrive twice but others that were faster. */
const WITH_SMALL_FILES: readonly Kill[] = [
  { moment: 'before the claim' },
  { moment: 'after the claim', duplicates: EVENTS },
  { moment: 'before GetObject', duplicates: EVENTS },
  { moment: 'after GetObject', duplicates: EVENTS },
  { moment: 'before the upload', duplicates: EVENTS },
  { moment: 'in the middle of the upload', duplicates: EVENTS },
  { moment: 'after the upload, before it is kept', duplicates: EVENTS },
  { moment: 'after it is kept, before the acknowledgement', duplicates: EVENTS },
  { moment: 'after the acknowledgement', duplicates: EVENTS },
  { moment: 'before the ledger says acknowledged', duplicates: EVENTS },
  { moment: 'after the ledger says acknowledged', duplicates: EVENTS },
  { moment: 'before the answer' },
];

const slug = (moment: Moment) => moment.replaceAll(/[^a-z]+/gi, '-').toLowerCase();

const small: FaultCase[] = WITH_SMALL_FILES.map(({ moment, duplicates = 0 }) => ({
  name: `killed/${slug(moment)}`,
  injected: `the process is killed ${moment}`,
  expected: 'the batch comes back after the visibility time-out, everything arrives',
  duplicates,
  run: async (world) => {
    world.killAt(moment);
    world.addMany(3);
    await world.workOff();
    return notKilled(world);
  },
}));

/** A single file shows exactly what may be repeated: nothing, unless the destination kept it unnoticed. */
const alone: FaultCase[] = (
  [
    ['before the claim', 0],
    ['after the claim', 0],
    ['before GetObject', 0],
    ['after GetObject', 0],
    ['in the middle of the upload', 0],
    ['after the upload, before it is kept', 0],
    ['before the ledger says acknowledged', 3],
    ['after the ledger says acknowledged', 0],
    ['before the answer', 0],
  ] as const
).map(([moment, duplicates]) => ({
  name: `killed/alone-${slug(moment)}`,
  injected: `the process is killed ${moment} of its only file`,
  expected: duplicates === 0 ? 'the file arrives exactly once' : 'the file arrives again, under the same key',
  duplicates,
  run: async (world) => {
    world.killAt(moment);
    world.addMany(1);
    await world.workOff();
    const again = [...world.destination.counts.values()].filter((count) => count > 1).length;
    return [...notKilled(world), ...(again === duplicates ? [] : [`${again} events arrived again`])];
  },
}));

const LARGE_EVENTS = 24;

const large: FaultCase[] = (
  [
    ['before the upload', 3],
    ['after it is kept, before the acknowledgement', 2],
    ['before progress is noted', 1],
    ['after progress is noted', 1],
    ['after progress is noted', 2],
    ['before the ledger says acknowledged', 1],
  ] as const
).map(([moment, time]) => ({
  name: `killed/large-${slug(moment)}-${time}`,
  injected: `the process is killed ${moment}, of a file of several parts, the ${time}. time`,
  expected: 'it goes on behind the acknowledged parts; repetitions come under the same keys',
  duplicates: LARGE_EVENTS,
  run: async (world) => {
    world.killAt(moment, time);
    world.add(largeFile());
    await world.workOff();
    return notKilled(world);
  },
}));

export const kills: readonly FaultCase[] = [
  ...small,
  ...alone,
  ...large,
  {
    name: 'killed/twice-in-a-row',
    injected: 'the process is killed after the claim, and again at the next try',
    expected: 'the file arrives at the third try',
    run: async (world) => {
      world.killAt('after the claim', 1, 2);
      world.addMany(1);
      await world.workOff();
      return notKilled(world, 2);
    },
  },
  {
    name: 'killed/by-its-object',
    injected: 'one object kills the process whenever it is read',
    expected: 'it is dead-lettered with ForwarderDied after five deaths, and the rest arrives',
    deadLetters: ['ForwarderDied'],
    duplicates: EVENTS,
    run: async (world) => {
      const [killer] = world.addMany(3);
      world.aws.trouble('GetObject', ({ key }) => {
        if (key === killer?.key) {
          world.killForwarders();
          return 'reset';
        }
        return undefined;
      });
      await world.workOff();
      return notKilled(world, 5);
    },
  },
  ...(['before the lease is given back', 'after the lease is given back'] as const).map<FaultCase>(
    (moment) => ({
      name: `killed/${slug(moment)}`,
      injected: `an upload fails, and the process is killed ${moment}`,
      expected: 'the file arrives, when the lease has ended at the latest',
      run: async (world) => {
        world.killAt(moment);
        world.destination.reacts = ({ number }) => (number <= 3 ? { status: 503 } : 'take');
        world.addMany(1);
        await world.workOff();
        return notKilled(world);
      },
    }),
  ),
  ...(['before the redelivery', 'after the redelivery'] as const).map<FaultCase>((moment) => ({
    name: `killed/${slug(moment)}`,
    injected: `one of three uploads fails, and the process is killed ${moment} of its message`,
    expected: 'all three messages come back, and only the one file is sent again',
    run: async (world) => {
      world.killAt(moment);
      const [failing] = world.addMany(3);
      let failures = 0;
      world.destination.reacts = async ({ ids }) => {
        const fails = failures < 3 && (await ids()).some((id) => failing?.ids.includes(id));
        failures += fails ? 1 : 0;
        return fails ? { status: 503 } : 'take';
      };
      await world.workOff();
      return notKilled(world);
    },
  })),
  {
    name: 'killed/before-the-dead-letter',
    injected: 'a bad file, and the process is killed before its dead letter is stored',
    expected: 'it is dead-lettered at the next try',
    deadLetters: ['NotGzip'],
    run: async (world) => {
      world.killAt('before the dead letter');
      world.add(NOT_GZIP);
      await world.workOff();
      return notKilled(world);
    },
  },
  {
    name: 'killed/after-the-dead-letter',
    injected: 'a bad file, and the process is killed when its dead letter is stored',
    expected: 'it is dead-lettered again rather than not at all',
    deadLetters: ['NotGzip', 'NotGzip'],
    run: async (world) => {
      world.killAt('after the dead letter');
      world.add(NOT_GZIP);
      await world.workOff();
      return notKilled(world);
    },
  },
  ...(['before the circuit changes', 'after the circuit changed'] as const).flatMap((moment) =>
    (
      [
        [1, 'while it opens the circuit'],
        [2, 'while it takes the turn to try'],
        [3, 'while it closes the circuit'],
      ] as const
    ).map<FaultCase>(([time, when]) => ({
      name: `killed/${slug(moment)}-${time}`,
      injected: `the destination is away for a moment, and the process is killed ${moment}, ${when}`,
      expected: 'the circuit does not stay open: everything arrives',
      duplicates: 30,
      run: async (world) => {
        world.killAt(moment, time);
        // Away until the circuit has opened.
        const { circuitStates } = world.aws.dynamoDb;
        world.destination.reacts = () => (circuitStates.length === 0 ? { status: 503 } : 'take');
        world.addMany(10);
        await world.workOff();
        return notKilled(world);
      },
    })),
  ),
  {
    name: 'killed/at-random',
    injected: 'of four processes, all are killed at every 25th upload',
    expected: 'sixty files arrive all the same',
    duplicates: 1000,
    run: async (world) => {
      world.moments.on('after it is kept, before the acknowledgement', (count) => {
        if (count % 25 === 0) {
          world.killForwarders();
        }
      });
      world.add(...Array.from({ length: 60 }, () => trailFile()));
      await world.workOff(4);
      return notKilled(world, 2);
    },
  },
];

/** A case in which nobody was killed proves nothing. */
function notKilled(world: World, times = 1): string[] {
  return world.deaths >= times ? [] : [`killed ${world.deaths} times instead of ${times}`];
}

/** A destination that is away for long, in simulated time. */
import { FORWARDING_METRICS } from '../../contract/metrics.ts';
import type { FaultCase } from '../case.ts';
import { trailFile } from '../files.ts';
import { LoggedMetrics } from '../metrics.ts';
import type { Reaction } from '../stand-ins/destination.ts';
import type { World } from '../world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Requests that an outage of an hour may see: some objects at the beginning, then one try after each wait. */
const FEW_UPLOADS = 60;
/** From the end of an outage to the last arrival: the longest wait for a try, and the time over which messages return. */
const LATEST_ARRIVAL_MS = 17 * MINUTE_MS;

/** CloudTrail delivers a file every so often. */
function deliverEvery(world: World, ms: number, files: number): void {
  for (let index = 0; index < files; index += 1) {
    world.mapping.in(index * ms, () => {
      world.add(trailFile());
    });
  }
}

async function anHourOf(world: World, reaction: Reaction): Promise<readonly string[]> {
  world.destination.reacts = () => (world.clock.elapsedMs < HOUR_MS ? reaction : 'take');
  world.addMany(10);
  deliverEvery(world, 2 * MINUTE_MS, 30);
  await world.workOff(3);
  return [...circuitComplaints(world), ...arrivalComplaints(world)];
}

function circuitComplaints(world: World): string[] {
  const metrics = new LoggedMetrics(world.lines);
  const opened = world.aws.dynamoDb.circuitStates.map(({ openedAt }) => openedAt?.N);
  const refused = world.destination.uploads - world.destination.kept.length;
  return [
    // Open once, however often the destination is tried meanwhile; then closed.
    ...(new Set(opened.filter((at) => at !== undefined)).size === 1
      ? []
      : ['the circuit closed in the outage']),
    ...(opened.at(-1) === undefined ? [] : ['the circuit is still open']),
    ...(metrics.values(FORWARDING_METRICS.circuitOpen).at(-1) === 0
      ? []
      : ['no metric says that it is over']),
    ...(refused > FEW_UPLOADS ? [`${refused} uploads were burnt on the outage`] : []),
  ];
}

function arrivalComplaints({ clock, destination }: World): string[] {
  const last = Math.max(...destination.kept.map(({ at }) => at));
  const afterMs = clock.elapsedMs - (clock.now() - last) - HOUR_MS;
  return afterMs > LATEST_ARRIVAL_MS
    ? [`the last file arrived ${Math.round(afterMs / MINUTE_MS)} minutes after the end of the outage`]
    : [];
}

const hours: FaultCase[] = (
  [
    ['503', 'answers 503', { status: 503 }],
    ['reset', 'resets every connection', { reset: 'before the body' }],
    ['401', 'refuses the token', { status: 401 }],
    [
      'proxy',
      'is replaced by a proxy with a page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    ],
    ['429', 'answers 429 with Retry-After: 300', { status: 429, headers: { 'retry-after': '300' } }],
  ] as const
).map(([name, what, reaction]) => ({
  name: `outage/an-hour-of-${name}`,
  injected: `for an hour the destination ${what}, while a file comes every two minutes`,
  expected:
    'the circuit opens, nothing is dead-lettered, everything arrives once, within 17 minutes of its end',
  visible: ['ObjectsFailed', 'ObjectsPostponed', 'CircuitOpen'],
  run: (world) => anHourOf(world, reaction),
}));

export const outages: readonly FaultCase[] = [
  ...hours,
  {
    name: 'outage/silence',
    injected: 'for 20 minutes the destination takes connections and never answers',
    expected: 'the circuit opens, nothing is dead-lettered, everything arrives once',
    visible: ['ObjectsFailed', 'ObjectsPostponed', 'CircuitOpen'],
    options: { timeScale: 25 },
    run: async (world) => {
      world.destination.reacts = () =>
        world.clock.elapsedMs < 20 * MINUTE_MS ? { hang: 'after the body' } : 'take';
      world.addMany(10);
      await world.workOff();
    },
  },
  {
    name: 'outage/on-and-off',
    injected: 'for two hours the destination is away for ten minutes and there for five',
    expected: 'everything arrives once, and nothing is dead-lettered',
    visible: ['ObjectsPostponed'],
    run: async (world) => {
      world.destination.reacts = () => {
        const minute = world.clock.elapsedMs / MINUTE_MS;
        return minute < 120 && minute % 15 < 10 ? { status: 502 } : 'take';
      };
      world.addMany(10);
      deliverEvery(world, 3 * MINUTE_MS, 40);
      await world.workOff(2);
    },
  },
  {
    name: 'outage/rate-limited',
    injected: 'the destination takes ten uploads a minute, and answers 429 to the rest',
    expected: 'everything arrives once, at the rate that it allows',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      const taken = new Map<number, number>();
      world.destination.reacts = () => {
        const minute = Math.floor(world.clock.elapsedMs / MINUTE_MS);
        const count = (taken.get(minute) ?? 0) + 1;
        taken.set(minute, count);
        return count > 10 ? { status: 429, headers: { 'retry-after': '60' } } : 'take';
      };
      world.addMany(100);
      await world.workOff(2);
    },
  },
  {
    name: 'outage/two-weeks',
    injected: 'the destination is away for longer than the queue remembers, asking for an hour each time',
    expected: 'after 13 days the files are dead-lettered with the reason; the queue drops nothing in silence',
    deadLetters: Array(3).fill('DestinationUnavailable'),
    visible: ['ObjectsPostponed', 'ObjectsDeadLettered'],
    run: async (world) => {
      world.destination.reacts = () => ({ status: 503, headers: { 'retry-after': '3600' } });
      world.addMany(3);
      await world.workOff();
      const days = world.clock.elapsedMs / DAY_MS;
      return days > 13 && days < 14 ? [] : [`it was given up after ${days.toFixed(1)} days`];
    },
  },
  {
    name: 'outage/receives-do-not-count',
    injected: 'an outage of six hours, and then one failure of S3 for each file',
    expected: 'the receives of the outage are not held against the files: they arrive',
    visible: ['ObjectsPostponed', 'ObjectsFailed'],
    run: async (world) => {
      world.destination.reacts = () => (world.clock.elapsedMs < 6 * HOUR_MS ? { status: 503 } : 'take');
      const failed = new Set<string>();
      world.aws.trouble('GetObject', ({ key = '' }) => {
        if (world.clock.elapsedMs < 6 * HOUR_MS || failed.has(key)) {
          return undefined;
        }
        failed.add(key);
        return 'cut-off';
      });
      world.addMany(5);
      await world.workOff();
    },
  },
  {
    name: 'outage/vision-one',
    injected: 'an hour without Vision One',
    expected: 'the circuit of that destination opens, and everything arrives once',
    visible: ['CircuitOpen', 'ObjectsPostponed'],
    options: { destination: 'VisionOne' },
    run: (world) => anHourOf(world, { status: 503 }),
  },
  {
    name: 'outage/the-one-that-tries-dies',
    injected: 'in an outage, the process whose turn it is to try is killed in its upload',
    expected: 'another takes the turn, and everything arrives',
    duplicates: 30,
    run: async (world) => {
      let isAway = true;
      world.destination.reacts = () => {
        const isTry = isAway && world.clock.elapsedMs > 25_000;
        if (isTry) {
          isAway = false;
          world.killForwarders();
        }
        return isAway || isTry ? { status: 503 } : 'take';
      };
      world.addMany(10);
      await world.workOff(2);
      return world.deaths > 0 ? [] : ['nobody was killed'];
    },
  },
];

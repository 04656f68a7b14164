/** What a destination may answer to an upload. */
import type { FaultCase } from '../case.ts';
import { badFile, largeFile, trailFile } from '../files.ts';
import type { Reaction, Upload } from '../stand-ins/destination.ts';
import type { World } from '../world.ts';

const TRIES = 3;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Treats the first uploads in one way, and takes what comes after them. */
function first(count: number, reaction: Reaction): (upload: Upload) => Reaction {
  return ({ number }) => (number <= count ? reaction : 'take');
}

/** Statuses that say nothing about the content: the way to the destination, or its health. */
const PASSING = [
  300, 301, 302, 303, 304, 307, 308, 404, 405, 407, 408, 410, 411, 429, 500, 501, 502, 503, 504, 511, 520,
];

const passing: FaultCase[] = PASSING.map((status) => ({
  name: `answer/${status}`,
  injected: `the destination answers ${status} to all tries of one invocation`,
  expected: 'the file comes back after a minute and arrives once',
  visible: ['ObjectsFailed'],
  run: async (world) => {
    world.destination.reacts = first(TRIES, { status, headers: { location: 'https://elsewhere.example/' } });
    world.addMany(1);
    await world.workOff();
  },
}));

const refusing: FaultCase[] = [400, 409, 415, 422].map((status) => ({
  name: `answer/${status}`,
  injected: `the destination answers ${status} to one file of three`,
  expected: 'that file is dead-lettered with DestinationRefused, the others arrive',
  deadLetters: ['DestinationRefused'],
  visible: ['ObjectsDeadLettered'],
  run: async (world) => {
    const [bad] = world.addMany(3);
    world.destination.reacts = async ({ ids }) =>
      (await ids()).some((id) => bad?.ids.includes(id)) ? { status, body: 'This record is wrong.' } : 'take';
    await world.workOff();
    return letterLacks(world, `answered ${status}`);
  },
}));

const unauthorized: FaultCase[] = [401, 403].map((status) => ({
  name: `answer/${status}`,
  injected: `the destination answers ${status}, also to the token read anew`,
  expected: 'the file comes back and arrives once the token is taken',
  visible: ['ObjectsFailed'],
  run: async (world) => {
    world.destination.reacts = first(2, { status });
    world.addMany(1);
    await world.workOff();
    return world.aws.calls.get('GetSecretValue') === 1 ? ['the token was not read anew'] : [];
  },
}));

const success: FaultCase[] = [200, 201, 204, 299].map((status) => ({
  name: `answer/${status}`,
  injected: `the destination answers ${status} without a body`,
  expected: 'the files count as delivered',
  run: async (world) => {
    world.destination.reacts = () => ({ status });
    world.addMany(2);
    await world.workOff();
  },
}));

const HTML = '<!DOCTYPE html><html><body>Sign in to the network</body></html>';

const proxies: FaultCase[] = (
  [
    ['200-html', 'a page', { 'content-type': 'text/html' }],
    ['200-html-without-type', 'a page without its type', {}],
  ] as const
).map(([name, what, headers]) => ({
  name: `answer/${name}`,
  injected: `a proxy swallows the uploads of one invocation and answers 200 with ${what}`,
  expected: 'nothing counts as delivered; the file arrives later',
  visible: ['ObjectsFailed'],
  run: async (world) => {
    world.destination.reacts = first(TRIES, { status: 200, headers, body: HTML });
    world.addMany(1);
    await world.workOff();
  },
}));

const tooMuch: FaultCase = {
  name: 'answer/endless-body',
  injected: 'the destination keeps an upload and answers 200 with two megabytes',
  expected: 'the answer is not read to its end, the upload is repeated under the same key',
  duplicates: 3,
  run: async (world) => {
    world.destination.reacts = first(1, { status: 200, body: 'x'.repeat(2_000_000), keep: true });
    world.addMany(1);
    await world.workOff();
  },
};

/** @param leastMs that must lie between the refusal and the next upload; at most an hour and a quarter. */
function waiting(
  name: string,
  what: string,
  retryAfter: (world: World) => string | undefined,
  leastMs: number,
): FaultCase {
  return {
    name: `answer/429-retry-after-${name}`,
    injected: `the destination answers 429 ${what}`,
    expected: `nothing is sent for ${leastMs / SECOND_MS} s, and then the file arrives within the hour`,
    run: async (world) => {
      const times: number[] = [];
      world.destination.reacts = ({ number }) => {
        times.push(world.clock.now());
        const value = retryAfter(world);
        const headers: Record<string, string> = value === undefined ? {} : { 'retry-after': value };
        return number === 1 ? { status: 429, headers } : 'take';
      };
      world.addMany(1);
      await world.workOff();
      const waitedMs = (times[1] ?? 0) - (times[0] ?? 0);
      return [
        ...(waitedMs < leastMs ? [`waited for ${waitedMs} ms, and was asked for ${leastMs}`] : []),
        ...(waitedMs > 75 * MINUTE_MS ? [`waited for ${waitedMs} ms`] : []),
      ];
    },
  };
}

const retryAfter: FaultCase[] = [
  waiting('seconds', 'with Retry-After: 2, which is waited for at once', () => '2', 2 * SECOND_MS),
  waiting('many-seconds', 'with Retry-After: 900, which the queue waits for', () => '900', 900 * SECOND_MS),
  waiting(
    'date',
    'with Retry-After as a date in 20 minutes',
    ({ clock }) => new Date(clock.now() + 20 * MINUTE_MS).toUTCString(),
    19 * MINUTE_MS,
  ),
  waiting('past-date', 'with Retry-After as a date of last year', () => 'Wed, 01 Jan 2025 00:00:00 GMT', 0),
  waiting('absurd-seconds', 'with Retry-After: 99999999999', () => '99999999999', 60 * MINUTE_MS),
  waiting(
    'absurd-date',
    'with Retry-After in the year 9999',
    () => 'Fri, 31 Dec 9999 23:59:59 GMT',
    60 * MINUTE_MS,
  ),
  waiting('nonsense', 'with Retry-After: soon', () => 'soon', 0),
  waiting('negative', 'with Retry-After: -5', () => '-5', 0),
  waiting('absent', 'without Retry-After', () => undefined, 0),
];

const sizes: FaultCase[] = [
  {
    name: 'answer/413-halved',
    injected: 'the destination answers 413 to every upload above 200 KB',
    expected: 'parts are cut smaller until they are taken; nothing arrives twice',
    run: async (world) => {
      world.destination.reacts = ({ contentLength }) => (contentLength > 200_000 ? { status: 413 } : 'take');
      world.add(largeFile(), trailFile());
      await world.workOff();
    },
  },
  {
    name: 'answer/413-one-record',
    injected: 'the destination answers 413 to one record, even alone',
    expected: 'all other records arrive; the dead letter RecordRefused names the record',
    deadLetters: ['RecordRefused'],
    visible: ['ObjectsDeadLettered'],
    run: async (world) => {
      const file = trailFile({ records: 6, padding: 40_000 });
      world.add(file);
      const refused = file.ids[3] ?? '';
      world.destination.reacts = async ({ ids }) =>
        (await ids()).includes(refused) ? { status: 413 } : 'take';
      await world.workOff();
      const missing = file.ids.filter((id) => id !== refused && !world.destination.counts.has(id));
      return [...missing.map((id) => `${id} did not arrive`), ...letterLacks(world, refused)];
    },
  },
  {
    name: 'answer/413-everything',
    injected: 'the destination answers 413 to everything, however small, for ten minutes',
    expected: 'that is an outage, not a fact about the records: the file comes back and arrives',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      let isBroken = true;
      world.mapping.in(10 * MINUTE_MS, () => {
        isBroken = false;
      });
      world.destination.reacts = () => (isBroken ? { status: 413 } : 'take');
      world.addMany(2);
      await world.workOff();
    },
  },
];

const afterwards: FaultCase[] = [
  {
    name: 'answer/echo-of-the-token',
    injected: 'the destination refuses a file and repeats our credential in its answer',
    expected: 'the dead letter has its words, and not the token',
    deadLetters: ['DestinationRefused'],
    run: async (world) => {
      world.destination.reacts = ({ token }) => ({ status: 400, body: `You sent ${token}` });
      world.addMany(1);
      await world.workOff();
      return letterLacks(world, 'You sent ***');
    },
  },
  {
    name: 'answer/acknowledges-then-fails',
    injected: 'the destination takes five files, and then answers 500 for half an hour',
    expected: 'the five are not sent again, the others arrive after it',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      let isBack = false;
      world.mapping.in(30 * MINUTE_MS, () => {
        isBack = true;
      });
      world.destination.reacts = ({ number }) => (number <= 5 || isBack ? 'take' : { status: 500 });
      world.addMany(20);
      await world.workOff();
    },
  },
  {
    name: 'answer/large-file-fails-half-way',
    injected: 'the destination takes two parts of a large file, and then answers 503',
    expected: 'what was acknowledged is not sent again',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      world.destination.reacts = ({ number }) => (number > 2 && number < 12 ? { status: 503 } : 'take');
      world.add(largeFile());
      await world.workOff();
    },
  },
  {
    name: 'answer/nothing-to-send',
    injected: 'files without records, while the destination answers 500',
    expected: 'they are acknowledged without an upload',
    run: async (world) => {
      world.destination.reacts = () => ({ status: 500 });
      world.addMany(5, { records: 0 });
      await world.workOff();
      return world.destination.uploads > 0 ? ['something was uploaded'] : [];
    },
  },
];

export const destinationAnswers: readonly FaultCase[] = [
  ...passing,
  ...refusing,
  ...unauthorized,
  ...success,
  ...proxies,
  tooMuch,
  ...retryAfter,
  ...sizes,
  ...afterwards,
];

/** Complaints where no dead letter has these words. */
export function letterLacks(world: World, words: string): string[] {
  const details = world.aws.deadLetters.messages.map(({ attributes }) => attributes.Detail ?? '');
  return details.some((detail) => detail.includes(words))
    ? []
    : [`no dead letter says "${words}": ${details}`];
}

/** A file that is not CloudTrail's, for cases in which any will do. */
export const NOT_GZIP = badFile(Buffer.from('{"Records":[]}'));

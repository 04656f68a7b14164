/** What may happen to the connection to the destination. */
import type { FaultCase } from '../case.ts';
import { DEFAULT_TIME_SCALE } from '../clock.ts';
import { largeFile } from '../files.ts';
import type { Reaction } from '../stand-ins/destination.ts';

const TRIES = 3;
const MINUTE_MS = 60_000;

interface Breaking {
  readonly name: string;
  readonly injected: string;
  readonly reaction: Reaction;
  /** Events of one file that arrive again: those that the destination kept without our knowing. */
  readonly duplicates?: number;
  readonly large?: boolean;
}

const BREAKING: readonly Breaking[] = [
  {
    name: 'reset-before-the-body',
    injected: 'the connection is reset before the body',
    reaction: { reset: 'before the body' },
  },
  {
    name: 'reset-in-the-body',
    injected: 'the connection is reset in the middle of the body',
    reaction: { reset: 'in the body' },
    large: true,
  },
  {
    name: 'reset-after-the-body',
    injected: 'the connection is reset after the body, which is thrown away',
    reaction: { reset: 'after the body' },
  },
  {
    name: 'reset-after-the-body-kept',
    injected: 'the connection is reset after the body, which is kept',
    reaction: { reset: 'after the body', keep: true },
    duplicates: 3 * TRIES,
  },
  {
    name: 'reset-in-the-answer',
    injected: 'the connection is reset in the middle of a 202',
    reaction: { reset: 'in the answer', keep: true },
    duplicates: 3 * TRIES,
  },
  {
    name: 'hang-before-the-body',
    injected: 'the destination never reads the body',
    reaction: { hang: 'before the body' },
  },
  {
    name: 'hang-after-the-body',
    injected: 'the destination never answers',
    reaction: { hang: 'after the body' },
  },
  {
    name: 'hang-after-the-body-kept',
    injected: 'the destination keeps the upload, and never answers',
    reaction: { hang: 'after the body', keep: true },
    duplicates: 3 * TRIES,
  },
  {
    name: 'too-slow-an-answer',
    injected: 'the destination keeps the upload, and answers after 45 s',
    reaction: { status: 202, keep: true, afterMs: 45_000 },
    duplicates: 3 * TRIES,
  },
];

const breaking: FaultCase[] = BREAKING.map(({ name, injected, reaction, duplicates = 0, large = false }) => ({
  name: `connection/${name}`,
  injected: `${injected}, for all tries of one invocation`,
  expected:
    duplicates > 0
      ? 'the file comes back and arrives, repetitions under the same key'
      : 'the file comes back and arrives once',
  duplicates,
  visible: ['ObjectsFailed'],
  options: { timeScale: name.startsWith('reset') ? DEFAULT_TIME_SCALE : 15 },
  run: async (world) => {
    world.destination.reacts = ({ number }) => (number <= (large ? 4 * TRIES : TRIES) ? reaction : 'take');
    world.add(...(large ? [largeFile()] : []));
    world.addMany(large ? 0 : 1);
    await world.workOff();
  },
}));

export const connections: readonly FaultCase[] = [
  ...breaking,
  {
    name: 'connection/slow-answer',
    injected: 'the destination answers after 20 s, every time',
    expected: 'that is waited for: every file arrives once',
    options: { timeScale: 10 },
    run: async (world) => {
      world.destination.reacts = () => ({ status: 202, afterMs: 20_000 });
      world.addMany(4);
      await world.workOff();
    },
  },
  {
    name: 'connection/one-reset',
    injected: 'one connection is reset',
    expected: 'the upload is tried again within the invocation',
    run: async (world) => {
      world.destination.reacts = ({ number }) => (number === 1 ? { reset: 'before the body' } : 'take');
      world.addMany(3);
      await world.workOff();
      return world.mapping.invocations.answered > 1 ? ['it took more than one invocation'] : [];
    },
  },
  {
    name: 'connection/no-such-host',
    injected: "the destination's name is not found, for the look-ups of two invocations",
    expected: 'the file comes back and arrives once',
    visible: ['ObjectsFailed'],
    options: { namesNotFound: 2 * TRIES },
    run: async (world) => {
      world.addMany(1);
      await world.workOff();
    },
  },
  {
    name: 'connection/refused',
    injected: 'connections to the destination are refused for ten minutes',
    expected: 'the circuit opens, and every file arrives once',
    visible: ['ObjectsFailed', 'CircuitOpen'],
    run: async (world) => {
      await world.destination.server.stop();
      world.mapping.in(10 * MINUTE_MS, () => world.destination.server.start());
      world.addMany(12);
      await world.workOff();
    },
  },
  {
    name: 'connection/time-runs-out',
    injected: 'the function has only 20 s, and the destination does not answer',
    expected: 'the lease is given back in time, and the file arrives later',
    visible: ['ObjectsFailed'],
    options: { timeScale: 10 },
    run: async (world) => {
      world.mapping.timeoutMs = 20_000;
      world.destination.reacts = ({ number }) => (number === 1 ? { hang: 'after the body' } : 'take');
      world.addMany(1);
      await world.workOff();
      return world.deaths > 0 ? ['the function was still running when its time was over'] : [];
    },
  },
];

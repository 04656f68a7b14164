/**
 * Gives this process the time of the case. To be imported before anything that may keep `Date` or a timer.
 *
 * `Date` follows the clock of the case; timers and `AbortSignal.timeout`, which are what the code under test
 * waits with, end `scale` times sooner. Node's own timers of sockets are left alone.
 */
import { createRequire } from 'node:module';

const scale = Number(process.env.FAULTS_TIME_SCALE);
const RealDate = Date;
let setAt = performance.now();
let base = RealDate.now();

/** @param now milliseconds since 1970. */
export function setNow(now: number): void {
  base = now;
  setAt = performance.now();
}

const now = () => Math.floor(base + (performance.now() - setAt) * scale);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, parts, newTarget) =>
    Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

const realSetTimeout = globalThis.setTimeout;
const scaledSetTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
  realSetTimeout(callback, ms / scale, ...args);
globalThis.setTimeout = Object.assign(scaledSetTimeout, realSetTimeout) as typeof setTimeout;

const realSignalTimeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => realSignalTimeout(Math.ceil(ms / scale));

/** The bundle is CommonJS: it reads the properties of what `require` gives whenever it calls. */
const require = createRequire(import.meta.url);
const timers = require('node:timers/promises') as typeof import('node:timers/promises');
const realWait = timers.setTimeout;
const wait: typeof realWait = (ms, value, options) => realWait((ms ?? 0) / scale, value, options);
Object.assign(timers, { setTimeout: wait });

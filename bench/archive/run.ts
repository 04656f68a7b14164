/**
 * The archive of a year of one tenant's events: collected from the three vendors, derived, and asked, by the functions' own bundles,
 * each in a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { BUNDLING } from '../../lib/shared/bundling.ts';
import type { PageOrder } from '../../rehearsal/vendors/audit-settings.ts';
import { BenchProcessError } from '../processes.ts';
import type { Placement } from '../processor.ts';
import { ARCHIVE_HANDLERS, environmentOf } from './environment.ts';
import type { ArchiveCase } from './figures.ts';
import { MeasuredFunction, Surroundings } from './processes.ts';
import { BUCKETS } from './protocol.ts';

export interface ArchivePlan {
  /** Of all sources together. */
  readonly events: number;
  /** Of Cloud One's pages. */
  readonly order: PageOrder;
  readonly onCase: (result: ArchiveCase) => void;
}

const LAMBDA = fileURLToPath(new URL('../../lambda/', import.meta.url));
const CLI = fileURLToPath(new URL('../../bin/trailbridge.ts', import.meta.url));
const SAVED_QUESTION = 'failures';
/** A first collection is many runs of fifteen minutes at a vendor's pace, and few at ours. */
const MOST_RUNS = 50;

/** @param folder for bundles and the query's cache. @throws BenchProcessError where something was not archived. */
export async function runArchive(
  plan: ArchivePlan,
  folder: string,
  place: Placement,
): Promise<ArchiveCase[]> {
  mkdirSync(folder, { recursive: true });
  const surroundings = await Surroundings.start(place);
  try {
    await surroundings.fill({ events: plan.events, now: Date.now(), order: plan.order });
    const run = new ArchiveRun(surroundings, folder, place, plan);
    const results: ArchiveCase[] = [];
    for (const source of AUDIT_SOURCES) {
      results.push(await run.collect(source));
    }
    results.push(await run.derive(), await run.query());
    return results;
  } finally {
    surroundings.stop();
  }
}

class ArchiveRun {
  readonly #surroundings: Surroundings;
  readonly #folder: string;
  readonly #place: Placement;
  readonly #plan: ArchivePlan;
  #records = 0;

  constructor(surroundings: Surroundings, folder: string, place: Placement, plan: ArchivePlan) {
    this.#surroundings = surroundings;
    this.#folder = folder;
    this.#place = place;
    this.#plan = plan;
  }

  /** A source's first collection, until it has caught up. */
  async collect(source: AuditSource): Promise<ArchiveCase> {
    const work = await this.#invokeUntil(
      source,
      async ({ lines }) => lines.findLast(({ caughtUp }) => caughtUp !== undefined)?.caughtUp ?? false,
    );
    const tally = await this.#surroundings.tally();
    const { records: events, rawBytes, seconds: floorSeconds } = await this.#surroundings.floor(source);
    this.#records += events;
    const wanted = Math.floor(this.#plan.events / AUDIT_SOURCES.length);
    if (events !== wanted) {
      throw new BenchProcessError(`Of ${source}'s ${wanted} events, ${events} are in the archive.`);
    }
    return this.#told({
      name: `collect-${source}`,
      events,
      rawBytes,
      ...work,
      objects: tally.rawObjects[source] ?? 0,
      calls: { ...tally.calls, vendor: tally.vendorCalls[source] },
      floorSeconds,
    });
  }

  /** All that was collected. */
  async derive(): Promise<ArchiveCase> {
    const floor = await this.#surroundings.floor();
    await this.#surroundings.tally();
    let calls: Readonly<Record<string, number>> = {};
    let objects = 0;
    const work = await this.#invokeUntil('derivation', async () => {
      const tally = await this.#surroundings.tally();
      calls = summed(calls, tally.calls);
      objects = tally.derivedObjects;
      return tally.staleHours === 0;
    });
    return this.#told({
      name: 'derive',
      events: floor.records,
      rawBytes: floor.rawBytes,
      ...work,
      objects,
      calls,
      floorSeconds: floor.seconds,
    });
  }

  /** One saved question about the whole year, the files' download included. */
  async query(): Promise<ArchiveCase> {
    const { measured } = this.#place;
    const cache = join(this.#folder, 'cache');
    const [command = '', ...args] = [...measured, process.execPath, CLI];
    const question = ['audit', 'query', '--saved', SAVED_QUESTION, '--archive', `s3://${BUCKETS.derived}`];
    const begunAt = performance.now();
    execFileSync(command, [...args, ...question, '--cache', cache, '--json'], {
      env: { PATH: process.env.PATH, HOME: this.#folder, ...environmentOf(this.#surroundings) },
      stdio: ['ignore', 'ignore', 'inherit'],
      maxBuffer: Number.MAX_SAFE_INTEGER,
    });
    const seconds = (performance.now() - begunAt) / 1000;
    const tally = await this.#surroundings.tally();
    return this.#told({
      name: 'query',
      events: this.#records,
      rawBytes: 0,
      runs: 1,
      seconds,
      processorSeconds: null,
      peakRssMB: null,
      objects: tally.derivedObjects,
      calls: tally.calls,
      floorSeconds: null,
    });
  }

  async #invokeUntil(
    name: AuditSource | 'derivation',
    isDone: (worker: MeasuredFunction) => Promise<boolean>,
  ) {
    const bundle = join(this.#folder, `${name}.cjs`);
    await build({ ...BUNDLING, entryPoints: [join(LAMBDA, ARCHIVE_HANDLERS[name])], outfile: bundle });
    const worker = new MeasuredFunction(bundle, environmentOf(this.#surroundings), this.#place);
    const work = { runs: 0, seconds: 0, processorSeconds: 0, peakRssMB: 0 };
    try {
      do {
        if (work.runs === MOST_RUNS) {
          throw new BenchProcessError(`${name} is not done after ${MOST_RUNS} runs.`);
        }
        const { seconds, processorSeconds, peakRssMB } = await worker.invoke();
        work.runs += 1;
        work.seconds += seconds;
        work.processorSeconds += processorSeconds;
        work.peakRssMB = peakRssMB;
      } while (!(await isDone(worker)));
    } finally {
      await worker.stop();
    }
    return work;
  }

  #told(measured: Omit<ArchiveCase, 'ofEvents' | 'order' | 'eventsPerSecond' | 'rawMBps' | 'floorRatio'>) {
    const { events, seconds, rawBytes, floorSeconds } = measured;
    const result: ArchiveCase = {
      ...measured,
      ofEvents: this.#plan.events,
      order: this.#plan.order,
      eventsPerSecond: events / seconds,
      rawMBps: rawBytes / 1e6 / seconds,
      floorRatio: floorSeconds === null ? null : seconds / floorSeconds,
    };
    this.#plan.onCase(result);
    return result;
  }
}

function summed(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) {
    sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

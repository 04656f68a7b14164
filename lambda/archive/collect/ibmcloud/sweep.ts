/**
 * Sweeps: ways through all of the bucket's keys, in their order, each over as many runs as it takes. The first reads all there is;
 * later ones find what was stored so late that its hour was no longer a recent one, and what was written again.
 */
import { logger } from '../../../shared/logger.ts';
import type { IbmObject } from '../../../vendors/ibm-object-storage.ts';
import { folderOfHours, hourOfKey } from '../../ibmcloud/object-key.ts';
import { pagesOf } from './bucket-walk.ts';
import { isLate } from './recent.ts';
import type { HourObject, IbmCloudRun } from './run.ts';
import { EVER, type SweepState } from './state.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** For clocks that differ, and for what is stored while it is listed. */
const CLOCK_MARGIN_MS = 60 * MINUTE_MS;

/** @returns whether a sweep that was due, or was under way, is finished. */
export async function sweep(run: IbmCloudRun): Promise<boolean> {
  if (run.state.sweep === undefined && !isDue(run)) {
    return true;
  }
  let state = run.state.sweep ?? begin(run);
  const walk = { ...run.place, signal: run.signal };
  for await (const page of pagesOf(walk, run.place.prefix, { from: state.after || undefined })) {
    const { objects, foreign } = sorted(page, run.place.prefix);
    const isRead = await run.readObjects(
      objects.filter((object) => isWanted(object, state, run)),
      (batch) => {
        state = { ...state, after: batch.at(-1)?.key ?? state.after };
        run.change({ sweep: state });
      },
    );
    if (!isRead) {
      return false;
    }
    state = pastPage(state, page, foreign);
    run.change({ sweep: state });
    if (run.session.timeIsUp()) {
      await run.save();
      return false;
    }
  }
  finish(run, state);
  return true;
}

/** One listed page a minute at most, so that a small bucket is swept in every run, and a large one once a day. */
function isDue({ state: { swept, owedFrom }, session }: IbmCloudRun): boolean {
  if (swept === undefined || owedFrom !== undefined) {
    return true;
  }
  return session.now().getTime() >= swept.endedAt + Math.min(swept.pages * MINUTE_MS, DAY_MS);
}

function begin(run: IbmCloudRun): SweepState {
  const { recentFrom, owedFrom, swept } = run.state;
  const state: SweepState = {
    after: '',
    before: recentFrom,
    allFrom: swept === undefined ? EVER : (owedFrom ?? recentFrom),
    storedSince: swept === undefined ? 0 : swept.startedAt - CLOCK_MARGIN_MS,
    startedAt: run.session.now().getTime(),
    pages: 0,
    foreign: 0,
  };
  run.setAside.sweepBegins();
  run.change({ sweep: state, owedFrom: undefined });
  return state;
}

function sorted(
  page: readonly IbmObject[],
  prefix: string,
): { objects: HourObject[]; foreign: readonly string[] } {
  const objects: HourObject[] = [];
  const foreign: string[] = [];
  for (const object of page) {
    const hour = hourOfKey(object.key, prefix);
    if (hour !== undefined) {
      objects.push({ ...object, hour });
    } else if (!object.key.endsWith('/')) {
      foreign.push(object.key);
    }
  }
  return { objects, foreign };
}

/**
 * Of a folder that the recent look does not list, whatever was stored since the sweep before, of any hour: nobody else reads it.
 * And once more what could not be read.
 */
function isWanted(
  object: HourObject,
  { before, allFrom, storedSince }: SweepState,
  run: IbmCloudRun,
): boolean {
  const { hour, key, storedAt } = object;
  if (run.setAside.has(hour, key)) {
    return true;
  }
  if (!run.folders.has(folderOfHours(key))) {
    return storedAt >= storedSince;
  }
  return hour < before && (hour >= allFrom || (isLate(object) && storedAt >= storedSince));
}

function pastPage(state: SweepState, page: readonly IbmObject[], foreign: readonly string[]): SweepState {
  if (state.foreign === 0 && foreign.length > 0) {
    logger.warn('Objects that are not laid out as Event Routing does are not read', { such: foreign[0] });
  }
  return {
    ...state,
    after: page.at(-1)?.key ?? state.after,
    pages: state.pages + 1,
    foreign: state.foreign + foreign.length,
  };
}

function finish(run: IbmCloudRun, { startedAt, pages, foreign }: SweepState): void {
  const endedAt = run.session.now().getTime();
  run.setAside.sweepEnds();
  logger.info('Swept the bucket', { pages, foreign });
  run.change({ sweep: undefined, swept: { startedAt, endedAt, pages } });
}

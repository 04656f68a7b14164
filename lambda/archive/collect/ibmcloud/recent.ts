/** The recent hours, which are listed in every run, because several writers deliver to them, late, and may write again. */

import { BEHIND_HOURS, folderHour, hourOfKey, startOfFolderHour } from '../../ibmcloud/object-key.ts';
import { foldersOfHours, pagesOf } from './bucket-walk.ts';
import type { HourObject, IbmCloudRun } from './run.ts';
import { recentSince } from './state.ts';

const HOUR_MS = 3_600_000;
/** Before this many hours have gone, the latest sweep is not yet to find what is stored late; see `isLate`. */
const LEAST_RECENT_HOURS = 2;
/** What was stored so long after the beginning of its hour may have come when the hour was no longer a recent one. */
const LATE_AFTER_MS = 1.5 * HOUR_MS;
/** A collector that was away for longer leaves what it missed to a sweep, which can stop anywhere and go on. */
const LONGEST_RECENT_MS = 12 * HOUR_MS;

/** Whether looking at the recent hours, however few they are, may have missed it. */
export function isLate({ hour, storedAt }: HourObject): boolean {
  return storedAt - startOfFolderHour(hour) > LATE_AFTER_MS;
}

/** @returns whether all of the recent hours' objects are read. */
export async function readRecent(run: IbmCloudRun): Promise<boolean> {
  const startedAt = run.session.now();
  leaveLongPast(run, startedAt);
  run.folders = new Set(await foldersOfHours({ ...run.place, signal: run.signal }, run.place.prefix));
  for (const folder of run.folders) {
    if (!(await readFolder(run, folder, startedAt))) {
      return false;
    }
  }
  const from = recentSince(startedAt);
  if (from > run.state.recentFrom) {
    run.moveRecentTo(from);
  }
  return true;
}

function leaveLongPast(run: IbmCloudRun, now: Date): void {
  if (now.getTime() - startOfFolderHour(run.state.recentFrom) > LONGEST_RECENT_MS) {
    leaveToSweep(run, recentSince(now));
  }
}

/** The recent hours begin later: what is before is the next sweep's. */
function leaveToSweep(run: IbmCloudRun, hour: string): void {
  const { owedFrom, recentFrom } = run.state;
  run.change({ owedFrom: owedFrom !== undefined && owedFrom < recentFrom ? owedFrom : recentFrom });
  run.moveRecentTo(hour);
}

async function readFolder(run: IbmCloudRun, folder: string, now: Date): Promise<boolean> {
  const walk = { ...run.place, signal: run.signal };
  for await (const page of pagesOf(walk, folder, {
    from: `${folder}${run.state.recentFrom}`,
    until: `${folder}${BEHIND_HOURS}`,
  })) {
    const unread = page.flatMap((object): HourObject[] => {
      const hour = hourOfKey(object.key, run.place.prefix);
      return hour === undefined || hour < run.state.recentFrom || run.isDealtWith({ ...object, hour })
        ? []
        : [{ ...object, hour }];
    });
    if (!(await run.readObjects(unread, () => narrow(run, now)))) {
      return false;
    }
    if (run.session.timeIsUp()) {
      return false;
    }
  }
  return true;
}

/** Where there are more objects than can be remembered, fewer hours are recent. */
function narrow(run: IbmCloudRun, now: Date): void {
  const latest = folderHour(now.getTime() - LEAST_RECENT_HOURS * HOUR_MS);
  while (run.hasTooManyHashes && run.state.recentFrom < latest) {
    leaveToSweep(run, folderHour(startOfFolderHour(run.state.recentFrom) + HOUR_MS));
  }
}

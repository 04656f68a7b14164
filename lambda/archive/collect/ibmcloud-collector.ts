/**
 * Collects IBM Cloud's activity tracking events from the bucket that Event Routing writes to.
 *
 * Nobody tells when a bucket is complete: see docs/adr/0028-another-ones-bucket.md for how nothing is missed.
 */
import { logger } from '../../shared/logger.ts';
import type { CollectOutcome, Collector, CollectSession } from './collector.ts';
import { readRecent } from './ibmcloud/recent.ts';
import { type IbmCloudPlace, IbmCloudRun } from './ibmcloud/run.ts';
import { setupProblem } from './ibmcloud/setup-check.ts';
import { type IbmCloudState, ibmCloudState } from './ibmcloud/state.ts';
import { sweep } from './ibmcloud/sweep.ts';
import { fixedPlace } from './place.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * @param place asked for at the beginning of each run, so that new credentials are used at once.
 * @param name of the place, in words.
 */
export function ibmCloudCollector(
  place: (signal: AbortSignal) => Promise<IbmCloudPlace>,
  name: string,
): Collector<IbmCloudState> {
  return {
    source: 'ibmcloud',
    arrive: fixedPlace(name),
    state: ibmCloudState,
    collect: async (session) => collect(await place(session.signal), session),
  };
}

async function collect(
  place: IbmCloudPlace,
  session: CollectSession<IbmCloudState>,
): Promise<CollectOutcome> {
  const run = new IbmCloudRun(place, session);
  const startedAt = session.now().getTime();
  const isRecentRead = await readRecent(run);
  const isSwept = isRecentRead && (await sweep(run));
  if (isSwept) {
    checkSetup(run);
  }
  await run.save();
  if (run.setAside.size > 0) {
    session.tell('objectsUnread');
  }
  const { swept, sweep: underWay, owedFrom } = run.state;
  const isAllRead = isRecentRead && swept !== undefined && owedFrom === undefined;
  // A later sweep looks for what may have come late: nothing is known to be lacking while it is under way.
  const reads = underWay !== undefined && underWay.allFrom < underWay.before;
  return {
    caughtUp: isRecentRead && isSwept && owedFrom === undefined,
    completeUntil: isAllRead && !reads ? startedAt : undefined,
    gaps: run.setAside.spans(),
  };
}

/** Warns once a day, and tells of it where a day has not mended it: in a new account nothing may have happened yet. */
function checkSetup(run: IbmCloudRun): void {
  const now = run.session.now().getTime();
  const { events, accountEvents, warnedAt = Number.NEGATIVE_INFINITY } = run.state;
  const problem = setupProblem(events, accountEvents);
  if (problem === undefined) {
    return;
  }
  const { setupProblemSince = now } = run.state;
  run.change({ setupProblemSince });
  if (now - setupProblemSince >= DAY_MS) {
    run.session.tell('setupIncomplete');
  }
  if (now - warnedAt >= DAY_MS) {
    logger.warn(problem);
    run.change({ warnedAt: now });
  }
}

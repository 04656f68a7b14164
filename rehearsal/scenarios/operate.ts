import { backfillForgotten } from '../acts/backfill.ts';
import { deployWithFlow } from '../acts/deploy-with-flow.ts';
import { forwardingResults } from '../acts/forwarding-results.ts';
import { lookInside } from '../acts/look-inside.ts';
import { pauseAndResume } from '../acts/pause.ts';
import { redriveRefused } from '../acts/redrive.ts';
import type { Scenario } from './scenario.ts';

/** What one does with a stack that stands, by its command line tool, while files flow through it. */
export const operate: Scenario = {
  name: 'operate',
  about: 'pauses under load, updates, resumes; redrives what was refused; backfills what the queue forgot',
  requires: { destination: 'cloudone' },
  play: async (rehearsal) => {
    const { flow, outputs } = await deployWithFlow(rehearsal);
    await pauseAndResume(rehearsal, flow, outputs, [flow.next(5), flow.next(4), flow.next(3)]);
    await redriveRefused(rehearsal, flow, outputs, flow.next(2));
    await backfillForgotten(rehearsal, flow, outputs, flow.next(1));
    await forwardingResults(rehearsal, flow);
    await lookInside(rehearsal);
  },
};

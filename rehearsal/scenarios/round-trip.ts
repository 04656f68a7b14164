import { checkHealth } from '../acts/check-health.ts';
import { deploy } from '../acts/deploy.ts';
import { forwardAll } from '../acts/forward-all.ts';
import { lookInside } from '../acts/look-inside.ts';
import { proveCompleteness } from '../acts/prove-completeness.ts';
import { stepGaps, vendorStepsOf } from '../steps.ts';
import type { Scenario } from './scenario.ts';

/** The main job: everything is registered, every file forwarded, and everything taken back. */
export const roundTrip: Scenario = {
  name: 'round-trip',
  about: 'deploys, forwards everything, destroys',
  play: async (rehearsal) => {
    await deploy(rehearsal);
    const { stage, options, found } = rehearsal;
    found.problems.push(...stepGaps(stage.simulator.state().calls, vendorStepsOf(options)));
    await forwardAll(rehearsal);
    await proveCompleteness(rehearsal);
    await checkHealth(rehearsal);
    await lookInside(rehearsal);
  },
};

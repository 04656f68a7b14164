import { makeChange } from '../acts/change.ts';
import { deployWithFlow } from '../acts/deploy-with-flow.ts';
import { forwardingResults } from '../acts/forwarding-results.ts';
import { lookInside } from '../acts/look-inside.ts';
import { createOtherBucket } from '../buckets.ts';
import { createApiKeySecret } from '../credentials.ts';
import type { Scenario } from './scenario.ts';
import { changesOf, FILTER } from './update-changes.ts';

/** Before, during and after each change. */
const PARTS_A_CHANGE = 3;

/** Everything that can be changed about a stack that stands is changed, while files flow through it. */
export const update: Scenario = {
  name: 'update',
  about: 'deploys, changes each parameter in turn while files flow, destroys',
  requires: { destination: 'cloudone', existingBucket: true },
  prepare: async ({ clients }) => {
    await createOtherBucket(clients);
    await createApiKeySecret(clients);
  },
  play: async (rehearsal) => {
    const { flow } = await deployWithFlow(rehearsal, [FILTER]);
    const changes = await changesOf(rehearsal);
    for (const [index, change] of changes.entries()) {
      const left = PARTS_A_CHANGE * (changes.length - index);
      await makeChange(rehearsal, change, flow, {
        before: flow.next(left),
        during: flow.next(left - 1),
        after: flow.next(left - 2),
      });
    }
    await forwardingResults(rehearsal, flow);
    await lookInside(rehearsal);
  },
};

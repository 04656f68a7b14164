import { OUTPUTS } from '../../contract/parameters.ts';
import { makeChange } from '../acts/change.ts';
import { deploy } from '../acts/deploy.ts';
import { forwardingResults } from '../acts/forwarding-results.ts';
import { lookInside } from '../acts/look-inside.ts';
import { STACK } from '../acts/stack.ts';
import { createOtherBucket } from '../buckets.ts';
import { createApiKeySecret } from '../credentials.ts';
import { FileFlow } from '../file-flow.ts';
import { deliveredOn } from '../input/corpus.ts';
import { outputsOf } from '../stack-watch.ts';
import { holdingsOf } from '../vendor-holdings.ts';
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
    const { stage, options, corpus, found } = rehearsal;
    await deploy(rehearsal);
    found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
    const outputs = await outputsOf(stage.clients, STACK);
    const flow = new FileFlow(stage, deliveredOn(new Date(), corpus), {
      deadLetterQueue: outputs[OUTPUTS.deadLetterQueueUrl] ?? '',
      ledgerTable: outputs[OUTPUTS.ledgerTable] ?? '',
      filters: [...(options.filter === undefined ? [] : [options.filter]), FILTER],
    });
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

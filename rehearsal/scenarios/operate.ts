import { OUTPUTS } from '../../contract/parameters.ts';
import { backfillForgotten } from '../acts/backfill.ts';
import { deploy } from '../acts/deploy.ts';
import { forwardingResults } from '../acts/forwarding-results.ts';
import { lookInside } from '../acts/look-inside.ts';
import { pauseAndResume } from '../acts/pause.ts';
import { redriveRefused } from '../acts/redrive.ts';
import { STACK } from '../acts/stack.ts';
import { FileFlow } from '../file-flow.ts';
import { deliveredOn } from '../input/corpus.ts';
import { outputsOf } from '../stack-watch.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import type { Scenario } from './scenario.ts';

/** What one does with a stack that stands, by its command line tool, while files flow through it. */
export const operate: Scenario = {
  name: 'operate',
  about: 'pauses under load, updates, resumes; redrives what was refused; backfills what the queue forgot',
  requires: { destination: 'cloudone' },
  play: async (rehearsal) => {
    const { stage, corpus, found, options } = rehearsal;
    await deploy(rehearsal);
    found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
    const outputs = await outputsOf(stage.clients, STACK);
    const flow = new FileFlow(stage, deliveredOn(new Date(), corpus), {
      deadLetterQueue: outputs[OUTPUTS.deadLetterQueueUrl] ?? '',
      ledgerTable: outputs[OUTPUTS.ledgerTable] ?? '',
      filters: options.filter === undefined ? [] : [options.filter],
    });
    await pauseAndResume(rehearsal, flow, outputs, [flow.next(5), flow.next(4), flow.next(3)]);
    await redriveRefused(rehearsal, flow, outputs, flow.next(2));
    await backfillForgotten(rehearsal, flow, outputs, flow.next(1));
    await forwardingResults(rehearsal, flow);
    await lookInside(rehearsal);
  },
};

/** A deployment that files flow through from then on, part by part, while things are done to it. */
import { OUTPUTS } from '../../contract/parameters.ts';
import { FileFlow } from '../file-flow.ts';
import { deliveredOn } from '../input/corpus.ts';
import type { GivenFilter } from '../input/filter.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { outputsOf } from '../stack-watch.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import { deploy } from './deploy.ts';
import { STACK } from './stack.ts';

/**
 * Deploys, and has the input at hand to be put part by part.
 *
 * @param filters that the stack is given later, besides the one that it is deployed with.
 */
export async function deployWithFlow(
  rehearsal: Rehearsal,
  filters: readonly GivenFilter[] = [],
): Promise<{ readonly flow: FileFlow; readonly outputs: Readonly<Record<string, string>> }> {
  const { stage, options, corpus, found } = rehearsal;
  await deploy(rehearsal);
  found.vendor = { ...found.vendor, registered: holdingsOf(stage.simulator) };
  const outputs = await outputsOf(stage.clients, STACK);
  const flow = new FileFlow(stage, deliveredOn(new Date(), corpus), {
    deadLetterQueue: outputs[OUTPUTS.deadLetterQueueUrl] ?? '',
    ledgerTable: outputs[OUTPUTS.ledgerTable] ?? '',
    filters: [...(options.filter === undefined ? [] : [options.filter]), ...filters],
  });
  return { flow, outputs };
}

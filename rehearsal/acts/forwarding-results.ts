import type { FileFlow } from '../file-flow.ts';
import { noteResults } from '../forward.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { outputsOf } from '../stack-watch.ts';
import { STACK } from './stack.ts';

/** Notes what has become of all files that flowed, which must be the whole input. */
export async function forwardingResults({ stage, found }: Rehearsal, flow: FileFlow): Promise<void> {
  const { put: corpus, createdAt } = flow;
  await noteResults(stage, await outputsOf(stage.clients, STACK), { corpus, createdAt }, found);
  if (!flow.isUsedUp) {
    found.problems.push('Not all files of the input were forwarded.');
  }
}

import type { Rehearsal } from '../scenarios/scenario.ts';
import { cdkDestroy, STACK } from './stack.ts';

/** @throws CdkError */
export async function destroy(
  { stage, progress }: Pick<Rehearsal, 'stage' | 'progress'>,
  stack = STACK,
): Promise<void> {
  await progress.phase(
    'destroy',
    'destroying (cdk destroy)',
    () => cdkDestroy(stage, stack),
    () => 'destroyed (cdk destroy)',
  );
}

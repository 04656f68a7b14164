import type { Rehearsal } from '../scenarios/scenario.ts';
import { cdkDestroy } from './stack.ts';

/** @throws CdkError */
export async function destroy({ stage, progress }: Pick<Rehearsal, 'stage' | 'progress'>): Promise<void> {
  await progress.phase(
    'destroy',
    'destroying (cdk destroy)',
    () => cdkDestroy(stage),
    () => 'destroyed (cdk destroy)',
  );
}

import { earlierFileKey } from '../existing-bucket.ts';
import { forward } from '../forward.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { outputsOf } from '../stack-watch.ts';
import { forwardByVendorClient } from '../vendor-client/forward.ts';
import { STACK } from './stack.ts';

/** Puts the whole input into the bucket, and checks everything that must come of it. */
export async function forwardAll({ stage, progress, options, corpus, found }: Rehearsal): Promise<void> {
  const outputs = await outputsOf(stage.clients, STACK);
  await progress.phase(
    'forward',
    `forwarding ${corpus.files.length} files`,
    () =>
      options.destination === 'vendorclient'
        ? forwardByVendorClient(stage, progress, { corpus, outputs }, found)
        : forward(
            stage,
            progress,
            {
              corpus,
              stackName: STACK,
              outputs,
              existingBucket: options.existingBucket ? { earlierFile: earlierFileKey(stage.aws) } : undefined,
              // An AWS that was given may keep secrets without rotating them.
              rotateMidway: options.destination === 'cloudone' && !stage.aws.provider.external,
            },
            found,
          ),
    () => `forwarded ${corpus.files.length} files, ${found.delivered.events} events arrived`,
  );
}

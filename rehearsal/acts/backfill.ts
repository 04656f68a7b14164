/** The queue has forgotten files, as in a pause that lasts for weeks; they are listed, and forwarded. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import { PAUSE_KEY } from '../../contract/pause.ts';
import type { FileFlow } from '../file-flow.ts';
import { type InputFile, isForwarded } from '../input/corpus.ts';
import { command, expectThat, type Outputs, waitForMessages } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';

const WEEKS_MS = 20 * 86_400_000;

interface BackfillResult {
  readonly backfill: string;
  readonly phase: string;
  readonly counted: { readonly objects: number } | null;
  readonly queued: { readonly objects: number };
}

export async function backfillForgotten(
  rehearsal: Rehearsal,
  flow: FileFlow,
  outputs: Outputs,
  files: readonly InputFile[],
): Promise<void> {
  const { stage, progress, options } = rehearsal;
  await progress.phase('forward', 'outlasting the queue (trailbridge pause, resume)', async () => {
    await command(stage, ['pause']);
    await flow.into(outputs[OUTPUTS.bucketName] ?? '', files);
    await forget(stage, outputs, files.filter(isForwarded).length);
    const { backfill } = await command<{ backfill: string | null }>(stage, ['resume']);
    expectThat(rehearsal, backfill !== null, 'Nothing was listed after a pause of weeks.');
  });
  await progress.phase('forward', 'backfilling what was forgotten (trailbridge backfill)', async () => {
    const since = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const inBucket = flow.put.files.filter(isForwarded).length + (options.existingBucket ? 1 : 0);
    const counted = await command<BackfillResult>(stage, ['backfill', '--from', since, '--dry-run']);
    expectThat(
      rehearsal,
      counted.counted?.objects === inBucket,
      `The bucket holds ${inBucket} files, and the backfill has counted ${counted.counted?.objects}.`,
    );
    // Slow enough that it takes several turns of the lister; left alone, and watched again.
    const begun = await command<BackfillResult>(stage, [
      'backfill',
      '--from',
      since,
      '--rate',
      '20',
      '--no-wait',
    ]);
    const watched = await command<BackfillResult>(stage, ['backfill', '--resume', begun.backfill]);
    expectThat(
      rehearsal,
      watched.phase === 'complete' && watched.queued.objects === inBucket,
      `The backfill has queued ${watched.queued.objects} of ${inBucket} files, and is ${watched.phase}.`,
    );
    await flow.arrive((arrived, of) => progress.detail('forward', `${arrived} of ${of} events arrived …`));
  });
}

/** As after weeks: the queue is empty, and the pause began long ago. */
async function forget({ clients, ...stage }: Stage, outputs: Outputs, waiting: number): Promise<void> {
  const queueUrl = outputs[OUTPUTS.queueUrl] ?? '';
  await waitForMessages({ clients, ...stage }, queueUrl, waiting);
  await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
  await clients.dynamoDb.send(
    new UpdateItemCommand({
      TableName: outputs[OUTPUTS.ledgerTable],
      Key: { [LEDGER_PARTITION_KEY]: { S: PAUSE_KEY } },
      UpdateExpression: 'SET pausedAt = :at',
      ExpressionAttributeValues: { ':at': { S: new Date(Date.now() - WEEKS_MS).toISOString() } },
    }),
  );
}

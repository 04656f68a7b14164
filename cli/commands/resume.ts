import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import type { BackfillOrder } from '../../contract/backfill.ts';
import { QUEUE_RETENTION_DAYS } from '../../contract/forwarding.ts';
import { HARMLESS_WITH_BACKLOG_MS, LONGEST_WAIT_MS, QUEUE_MEMORY_MS } from '../../contract/pause.ts';
import { daysOfFolders } from '../../lambda/shared/listing/stored-objects.ts';
import { allOf } from '../../lambda/shared/queue-depth.ts';
import { files } from '../amounts.ts';
import { type AwsOptions, clientConfiguration } from '../aws.ts';
import { watchLister, watchQueue } from '../backfill-watch.ts';
import { type BackfillServices, startBackfill } from '../backfills.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../errors.ts';
import { ForwarderMapping } from '../forwarder-mapping.ts';
import { type ForwardingStack, findForwardingStack } from '../forwarding-stack.ts';
import type { Output, Streams } from '../output.ts';
import { type Pause, PauseMark } from '../pause-mark.ts';
import { ProgressLine } from '../progress-line.ts';
import { askQueueDepth } from '../queue-depth.ts';

interface ResumeOptions extends AwsOptions {
  readonly wait: boolean;
  readonly json?: boolean;
}

/** What `trailbridge resume --json` prints. */
export interface ResumeResult {
  /** Null where it was not paused. */
  readonly pausedSince: string | null;
  /** The listing of what the queue may have forgotten; null where it has forgotten nothing. */
  readonly backfill: string | null;
  /** Messages in the queue at the end, those of newer files included. */
  readonly inQueue: number;
  readonly watchedToTheEnd: boolean;
}

const HOUR_MS = 3_600_000;

export function addResumeCommand({ program, output, streams, finish }: CommandContext): void {
  program
    .command('resume')
    .description('Goes on with forwarding after a pause, and catches up')
    .option('--no-wait', 'do not watch it catch up')
    .addHelpText(
      'after',
      `
Where the pause has outlasted the queue's memory (${QUEUE_RETENTION_DAYS} days), what was stored since its
beginning is listed and queued again; files that were forwarded are not sent again.

It may be given twice, and where nothing is paused. Watching may be interrupted: it goes on.

Examples:
  $ npx trailbridge resume
  $ npx trailbridge resume --no-wait --json`,
    )
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<ResumeOptions>();
      const result = await resume(options, output(), streams);
      output().result(result, textOf);
      finish(result.watchedToTheEnd || !options.wait ? EXIT.ok : EXIT.interrupted);
    });
}

/**
 * First the listing is asked for, then the mapping is enabled, then the pause is forgotten: interrupted anywhere, the
 * same command goes on.
 *
 * @throws UserError where the stack or AWS cannot be reached, or AWS refuses.
 */
async function resume(options: ResumeOptions, output: Output, streams: Streams): Promise<ResumeResult> {
  const stack = await findForwardingStack(options);
  const configuration = clientConfiguration(options);
  const sqs = new SQSClient(configuration);
  const dynamoDb = new DynamoDBClient(configuration);
  const services = { ...stack, sqs, dynamoDb };
  const { wait } = streams;
  const mark = new PauseMark(dynamoDb, stack.ledgerTable);
  const mapping = new ForwarderMapping(new LambdaClient(configuration), stack.mappingId, wait);

  const { isEnabled, lastModified } = await mapping.settled();
  const pause = (await mark.read()) ?? (isEnabled ? undefined : withoutMark(lastModified));
  if (pause === undefined) {
    const inQueue = allOf(await askQueueDepth(sqs, stack.queueUrl));
    return { pausedSince: null, backfill: null, inQueue, watchedToTheEnd: true };
  }
  const forgotten = forgottenBy(pause, Date.now());
  const healing = forgotten && (await listForgotten(services, stack, pause, forgotten));
  if (healing !== undefined) {
    output.note(
      `The pause has outlasted the queue: what was stored since is listed (backfill ${healing.id}).`,
    );
  }
  await mapping.turn(true);
  await mark.remove(pause);

  const progress = new ProgressLine(streams, options.json === true);
  const watching = { progress, wait, signal: streams.onInterrupt() };
  let inQueue = allOf(await askQueueDepth(sqs, stack.queueUrl));
  try {
    if (options.wait) {
      const queued =
        healing === undefined ? 0 : (await watchLister(services, healing, watching)).progress.queued.objects;
      inQueue = await watchQueue(services, { queued: inQueue + queued, before: 0 }, watching);
    }
  } finally {
    progress.clear();
  }
  return {
    pausedSince: pause.since.toISOString(),
    backfill: healing?.id ?? null,
    inQueue,
    watchedToTheEnd: options.wait && !watching.signal.aborted,
  };
}

/** Of a mapping that was disabled without us, Lambda knows since when at the latest; of its queue nobody knows. */
function withoutMark(lastModified: Date | undefined): Pause {
  return { since: lastModified ?? new Date(0), withBacklog: true };
}

interface Span {
  readonly from: number;
  readonly before: number;
}

/**
 * What the queue may have forgotten: files that were stored since the pause began, and those that waited then, which
 * may have waited for long. What is newer than the queue's memory is still in it.
 *
 * @returns milliseconds since 1970; nothing where the queue has forgotten nothing.
 */
export function forgottenBy({ since, withBacklog }: Pause, now: number): Span | undefined {
  const pausedFor = now - since.getTime();
  const [harmless, waitedFor] = withBacklog
    ? [HARMLESS_WITH_BACKLOG_MS, LONGEST_WAIT_MS]
    : [QUEUE_MEMORY_MS, HOUR_MS];
  return pausedFor > harmless
    ? { from: since.getTime() - waitedFor, before: now - QUEUE_MEMORY_MS }
    : undefined;
}

async function listForgotten(
  services: BackfillServices,
  { bucket }: ForwardingStack,
  { since }: Pause,
  { from, before }: Span,
) {
  const order: BackfillOrder = {
    bucket,
    days: daysOfFolders(new Date(from), new Date(before)),
    stored: { from: new Date(from).toISOString(), before: new Date(before).toISOString() },
    accounts: [],
    regions: [],
    countFirst: false,
    dryRun: false,
    orderedAt: new Date().toISOString(),
  };
  const id = `pause-${since.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(/[-:]/g, '')}`;
  return (await startBackfill(services, id, order)).backfill;
}

function textOf({ pausedSince, backfill, inQueue, watchedToTheEnd }: ResumeResult): string {
  if (pausedSince === null) {
    return 'Forwarding was not paused.';
  }
  const resumed = `Forwarding has resumed; it was paused since ${pausedSince}.`;
  if (watchedToTheEnd) {
    return `${resumed}\nIt has caught up: the queue is empty.`;
  }
  const listing = backfill === null ? '' : ` What the queue had forgotten is listed as backfill ${backfill}.`;
  return `${resumed}\nIt is catching up: ${files(inQueue)} in the queue.${listing}`;
}

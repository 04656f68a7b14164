import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { QUEUE_RETENTION_DAYS } from '../../contract/forwarding.ts';
import { allOf, type QueueDepth } from '../../lambda/shared/queue-depth.ts';
import { files } from '../amounts.ts';
import { type AwsOptions, clientConfiguration } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { ForwarderMapping } from '../forwarder-mapping.ts';
import { findForwardingStack } from '../forwarding-stack.ts';
import type { Output, Streams } from '../output.ts';
import { PauseMark } from '../pause-mark.ts';
import { askQueueDepth } from '../queue-depth.ts';

/** What `trailbridge pause --json` prints. */
export interface PauseResult {
  /** ISO 8601. */
  readonly pausedSince: string;
  /** Whether it was paused before. */
  readonly wasPaused: boolean;
  readonly queue: QueueDepth;
}

export function addPauseCommand({ program, output, streams }: CommandContext): void {
  program
    .command('pause')
    .description('Stops forwarding, without losing anything')
    .addHelpText(
      'after',
      `
The forwarder takes nothing from its queue until npx trailbridge resume. Files wait in the
queue for ${QUEUE_RETENTION_DAYS} days; what a longer pause outlasts is listed and queued again by resume.
What the forwarder has in its hands already is finished, which may take two minutes.

It may be given twice. An update of the stack leaves it paused, unless the update changes the
forwarder's event source mapping: npx trailbridge status says how it is.

Examples:
  $ npx trailbridge pause
  $ npx trailbridge pause --stack CloudOne --region eu-central-1 --json`,
    )
    .action(async (_options: object, command: Command) => {
      output().result(await pause(command.optsWithGlobals<AwsOptions>(), output(), streams), textOf);
    });
}

/**
 * The pause is remembered before the mapping is disabled: interrupted in between, it is remembered to have begun too
 * early, which costs nothing. Of a mapping that somebody has disabled otherwise, Lambda knows the time.
 *
 * @throws UserError where the stack or AWS cannot be reached, or AWS refuses.
 */
async function pause(options: AwsOptions, output: Output, streams: Streams): Promise<PauseResult> {
  const stack = await findForwardingStack(options);
  const configuration = clientConfiguration(options);
  const sqs = new SQSClient(configuration);
  const mark = new PauseMark(new DynamoDBClient(configuration), stack.ledgerTable);
  const mapping = new ForwarderMapping(new LambdaClient(configuration), stack.mappingId, streams.wait);

  const { isEnabled, lastModified } = await mapping.settled();
  const remembered = await mark.read();
  const since = isEnabled ? new Date() : (lastModified ?? new Date());
  const withBacklog = allOf(await askQueueDepth(sqs, stack.queueUrl)) > 0;
  const paused = await mark.set({ since, withBacklog });
  if (isEnabled) {
    output.note('Lambda is disabling the mapping, which takes up to a minute …');
  }
  await mapping.turn(false);
  return {
    pausedSince: paused.since.toISOString(),
    wasPaused: !isEnabled && remembered !== undefined,
    queue: await askQueueDepth(sqs, stack.queueUrl),
  };
}

function textOf({ pausedSince, wasPaused, queue }: PauseResult): string {
  const hands = queue.inFlight === 0 ? '' : `, ${files(queue.inFlight)} still in the forwarder's hands`;
  return (
    `Forwarding ${wasPaused ? 'was paused already,' : 'is paused'} since ${pausedSince}.\n` +
    `In the queue: ${files(queue.waiting + queue.delayed)}${hands}. To go on: npx trailbridge resume`
  );
}

import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { OUTPUTS } from '../../contract/parameters.ts';
import { type AwsOptions, askAws, clientConfiguration, describeStack } from '../aws.ts';
import { EXIT } from '../errors.ts';
import { columns, type Output } from '../output.ts';

/** What `trailbridge status --json` prints. */
export interface Status {
  readonly stack: string;
  /** CloudFormation's status of the stack. */
  readonly stackStatus: string;
  readonly cloudOne: { readonly accountId: string | null; readonly region: string | null };
  /** As it was when the stack was last deployed. */
  readonly visionOneConnection: string | null;
  readonly bucket: string | null;
  /** Where the files go: `CloudOne`, `VisionOne`, or `VendorClient`, whose own queues are not ours to look into. */
  readonly destination: string | null;
  /** Files waiting, and being forwarded; null where the vendor's client forwards. */
  readonly queue: { readonly waiting: number; readonly inFlight: number } | null;
  readonly deadLetters: number | null;
}

export function addStatusCommand(
  program: Command,
  output: () => Output,
  finish: (exitStatus: number) => void,
): void {
  program
    .command('status')
    .description('Shows the connections, the queue and the dead letters of a deployed stack')
    .addHelpText(
      'after',
      `
Exits with 1 when files are dead-lettered or the stack is not in a complete state.

Examples:
  $ npx trailbridge status
  $ npx trailbridge status --stack CloudOne --region eu-central-1 --json`,
    )
    .action(async (_options: object, command: Command) => {
      const status = await readStatus(command.optsWithGlobals<AwsOptions>());
      output().result(status, textOf);
      finish(isHealthy(status) ? EXIT.ok : EXIT.failed);
    });
}

/** @throws UserError where the stack or AWS cannot be reached. */
export async function readStatus(options: AwsOptions): Promise<Status> {
  const stack = await describeStack(options);
  const sqs = new SQSClient(clientConfiguration(options));
  const [queue, deadLetters] = await Promise.all(
    [OUTPUTS.queueUrl, OUTPUTS.deadLetterQueueUrl].map((name) => countMessages(sqs, stack.output(name))),
  );
  return {
    stack: options.stack,
    stackStatus: stack.status,
    cloudOne: {
      accountId: stack.output(OUTPUTS.cloudOneAccountId),
      region: stack.output(OUTPUTS.cloudOneRegion),
    },
    visionOneConnection: stack.output(OUTPUTS.visionOneStatus),
    bucket: stack.output(OUTPUTS.bucketName),
    destination: stack.output(OUTPUTS.destination),
    queue: queue ?? null,
    deadLetters: deadLetters?.waiting ?? null,
  };
}

export function isHealthy({ stackStatus, destination, deadLetters }: Status): boolean {
  const isForwarded = destination === 'VendorClient' || deadLetters === 0;
  return /^(CREATE|UPDATE)_COMPLETE$/.test(stackStatus) && isForwarded;
}

/** A stack that is still being made, or was rolled back, has no outputs. */
async function countMessages(
  sqs: SQSClient,
  queueUrl: string | null,
): Promise<{ waiting: number; inFlight: number } | undefined> {
  if (queueUrl === null) {
    return undefined;
  }
  const { Attributes = {} } = await askAws('SQS', () =>
    sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    ),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

function textOf(status: Status): string {
  const { cloudOne, queue, deadLetters } = status;
  return columns([
    ['Stack', `${status.stack} (${status.stackStatus})`],
    [
      'Trend Cloud One',
      cloudOne.accountId === null ? '-' : `account ${cloudOne.accountId} in ${cloudOne.region}`,
    ],
    ['Trend Vision One', status.visionOneConnection ?? '-'],
    ['CloudTrail bucket', status.bucket ?? '-'],
    ['Destination', destinationOf(status)],
    ['Queue', queue === null ? '-' : `${queue.waiting} waiting, ${queue.inFlight} being forwarded`],
    ['Dead letters', deadLetters === null ? '-' : String(deadLetters)],
  ]);
}

function destinationOf({ destination }: Status): string {
  return destination === 'VendorClient'
    ? "VendorClient: the vendor's own client forwards, without a queue to look into"
    : (destination ?? '-');
}

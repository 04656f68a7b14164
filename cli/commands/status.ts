import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import type { QueueDepth } from '../../lambda/shared/queue-depth.ts';
import { type AwsOptions, clientConfiguration, type DeployedStack, describeStack } from '../aws.ts';
import { type CircuitStatus, circuitInWords, readCircuitStatus } from '../circuit.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UserError } from '../errors.ts';
import { ForwarderMapping } from '../forwarder-mapping.ts';
import { columns, type Wait } from '../output.ts';
import { PauseMark } from '../pause-mark.ts';
import { askQueueDepth } from '../queue-depth.ts';

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
  /** Whether the forwarder takes files from the queue; null where the vendor's client forwards. */
  readonly forwarding: ForwardingState | null;
  /** Whether the forwarder waits for the destination; null where the vendor's client forwards. */
  readonly circuit: CircuitStatus | null;
  /** Files waiting, being forwarded, and held back by a rate limit; null where the vendor's client forwards. */
  readonly queue: QueueDepth | null;
  readonly deadLetters: number | null;
}

export interface ForwardingState {
  readonly isEnabled: boolean;
  /** Of a pause that is remembered, ISO 8601; null where none is. */
  readonly pausedSince: string | null;
}

export function addStatusCommand({ program, output, streams, finish }: CommandContext): void {
  program
    .command('status')
    .description('Shows the connections, the queue and the dead letters of a deployed stack')
    .addHelpText(
      'after',
      `
Exits with 1 when files are dead-lettered, forwarding is paused, the circuit is open (the
destination takes nothing, so that files wait), or the stack is not in a complete state.

Examples:
  $ npx trailbridge status
  $ npx trailbridge status --stack CloudOne --region eu-central-1 --json`,
    )
    .action(async (_options: object, command: Command) => {
      const status = await readStatus(command.optsWithGlobals<AwsOptions>(), streams.wait);
      output().result(status, textOf);
      finish(isHealthy(status) ? EXIT.ok : EXIT.failed);
    });
}

/** @throws UserError where the stack or AWS cannot be reached. */
export async function readStatus(options: AwsOptions, wait: Wait): Promise<Status> {
  const stack = await describeStack(options);
  if (stack.output(ARCHIVE_OUTPUTS.rawBucket) !== null) {
    throw new UserError(
      `The stack "${options.stack}" is an audit archive: npx trailbridge audit status --stack ${options.stack}.`,
    );
  }
  const sqs = new SQSClient(clientConfiguration(options));
  const depth = (name: string) => ifGiven(stack.output(name), (url) => askQueueDepth(sqs, url));
  const waitingIn = async (...names: readonly string[]) => {
    const depths = (await Promise.all(names.map(depth))).filter((each) => each !== null);
    return depths.length === 0 ? null : depths.reduce((sum, { waiting }) => sum + waiting, 0);
  };
  const [queue, deadLetters, forwarding, circuit] = await Promise.all([
    depth(OUTPUTS.queueUrl),
    // All that `redrive` would move back.
    waitingIn(OUTPUTS.deadLetterQueueUrl, OUTPUTS.eventDeadLetterQueueUrl, OUTPUTS.listingDeadLetterQueueUrl),
    forwardingState(options, stack, wait),
    circuitStatus(options, stack),
  ]);
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
    forwarding,
    circuit,
    queue,
    deadLetters,
  };
}

export function isHealthy({ stackStatus, destination, deadLetters, forwarding, circuit }: Status): boolean {
  const isForwarded =
    destination === 'VendorClient' ||
    (deadLetters === 0 && forwarding?.isEnabled !== false && circuit?.isOpen !== true);
  return /^(CREATE|UPDATE)_COMPLETE$/.test(stackStatus) && isForwarded;
}

async function forwardingState(
  options: AwsOptions,
  stack: DeployedStack,
  wait: Wait,
): Promise<ForwardingState | null> {
  const configuration = clientConfiguration(options);
  const [mapping, pause] = await Promise.all([
    ifGiven(stack.output(OUTPUTS.forwarderMappingId), (id) =>
      new ForwarderMapping(new LambdaClient(configuration), id, wait).state(),
    ),
    ifGiven(stack.output(OUTPUTS.ledgerTable), (table) =>
      new PauseMark(new DynamoDBClient(configuration), table).read(),
    ),
  ]);
  return mapping === null
    ? null
    : { isEnabled: mapping.isEnabled, pausedSince: pause?.since.toISOString() ?? null };
}

async function circuitStatus(options: AwsOptions, stack: DeployedStack): Promise<CircuitStatus | null> {
  const destination = stack.output(OUTPUTS.destination);
  const table = stack.output(OUTPUTS.ledgerTable);
  return destination === null || table === null
    ? null
    : readCircuitStatus(new DynamoDBClient(clientConfiguration(options)), table, destination);
}

/** A stack that is still being made, or was rolled back, has no outputs. */
async function ifGiven<T>(
  output: string | null,
  look: (output: string) => Promise<T>,
): Promise<Exclude<T, undefined> | null> {
  return output === null ? null : (((await look(output)) ?? null) as Exclude<T, undefined> | null);
}

function textOf(status: Status): string {
  const { cloudOne, forwarding, circuit, queue, deadLetters } = status;
  return columns([
    ['Stack', `${status.stack} (${status.stackStatus})`],
    [
      'Trend Cloud One',
      cloudOne.accountId === null ? '-' : `account ${cloudOne.accountId} in ${cloudOne.region}`,
    ],
    ['Trend Vision One', status.visionOneConnection ?? '-'],
    ['CloudTrail bucket', status.bucket ?? '-'],
    ['Destination', destinationOf(status)],
    ['Forwarding', forwarding === null ? '-' : forwardingInWords(forwarding)],
    ['Circuit', circuit === null ? '-' : circuitInWords(circuit)],
    ['Queue', queue === null ? '-' : queueInWords(queue)],
    ['Dead letters', deadLetters === null ? '-' : String(deadLetters)],
  ]);
}

function forwardingInWords({ isEnabled, pausedSince }: ForwardingState): string {
  if (isEnabled) {
    return pausedSince === null
      ? 'on'
      : `on, although it was paused at ${pausedSince} and nobody has resumed: npx trailbridge pause, or resume`;
  }
  return pausedSince === null
    ? 'off: the event source mapping is disabled, not by npx trailbridge pause; resume enables it'
    : `paused since ${pausedSince}; to go on: npx trailbridge resume`;
}

function queueInWords({ waiting, inFlight, delayed }: QueueDepth): string {
  const heldBack = delayed === 0 ? '' : `, ${delayed} held back`;
  return `${waiting} waiting, ${inFlight} being forwarded${heldBack}`;
}

function destinationOf({ destination }: Status): string {
  return destination === 'VendorClient'
    ? "VendorClient: the vendor's own client forwards, without a queue to look into"
    : (destination ?? '-');
}

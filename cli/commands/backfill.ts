import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Backfill, BackfillOrder, Tally } from '../../contract/backfill.ts';
import { allOf } from '../../lambda/shared/queue-depth.ts';
import { files, megabytes } from '../amounts.ts';
import { type AwsOptions, clientConfiguration } from '../aws.ts';
import { watchLister, watchQueue } from '../backfill-watch.ts';
import { type BackfillServices, idOf, resumeBackfill, type Start, startBackfill } from '../backfills.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { type ForwardingStack, findForwardingStack } from '../forwarding-stack.ts';
import { addLogFileOptions, isDay, type LogFileOptions } from '../options.ts';
import type { Output, Streams } from '../output.ts';
import { PauseMark } from '../pause-mark.ts';
import { ProgressLine } from '../progress-line.ts';
import { askQueueDepth } from '../queue-depth.ts';

interface BackfillOptions extends AwsOptions, LogFileOptions {
  readonly from?: string;
  readonly to?: string;
  readonly rate?: number;
  readonly count: boolean;
  readonly dryRun?: boolean;
  readonly resume?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** What `trailbridge backfill --json` prints. */
export interface BackfillResult {
  readonly backfill: string;
  readonly start: Start;
  readonly phase: Backfill['progress']['phase'];
  readonly days: BackfillOrder['days'];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly dryRun: boolean;
  /** Null where it was not counted. */
  readonly counted: Tally | null;
  readonly queued: Tally;
  /** Messages in the forwarding queue at the end, those of newer files included. */
  readonly inQueue: number;
  /** Since when forwarding is paused: the files wait in the queue. */
  readonly pausedSince: string | null;
  /** `false` where the lister goes on while nobody watches. */
  readonly watchedToTheEnd: boolean;
}

const HIGHEST_RATE = 10_000;
const LOWEST_RATE = 0.1;

export function addBackfillCommand({ program, output, streams, finish }: CommandContext): void {
  const command = program
    .command('backfill')
    .description('Forwards files that are in the bucket already, of a range of days')
    .option('--from <date>', 'first day, YYYY-MM-DD', day)
    .option('--to <date>', 'last day, which is included (default: today)', day);
  addLogFileOptions(command)
    .option('--rate <files-per-second>', 'queue no more than so many on average', rate)
    .option('--no-count', 'do not count first: begins sooner, and tells no estimate')
    .option('--dry-run', 'only count')
    .option('--resume <id>', 'go on with a backfill that was interrupted')
    .option('--no-wait', 'do not watch it')
    .addHelpText(
      'after',
      `
The days are those of CloudTrail's folders (…/CloudTrail/<region>/2026/03/01/), in UTC: the
day on which CloudTrail delivered the file, which just after midnight is the one after the
event's.

The deployed lister does the work, so nothing depends on this terminal: interrupted, the
backfill goes on, and the same command or --resume shows it again. It is also what to give
after the lister has failed. Files that were forwarded before are not sent again.

How long it takes is guessed from the pace so far. What is shown of forwarding is the length
of the queue that all files go through, newer ones too: that a file has left it means that it
was forwarded, or is dead-lettered.

Examples:
  $ npx trailbridge backfill --from 2026-03-01 --to 2026-03-31 --dry-run
  $ npx trailbridge backfill --from 2026-03-01 --to 2026-03-31 --rate 50
  $ npx trailbridge backfill --from 2026-03-01 --account 111122223333 --log-region eu-west-1 us-east-1
  $ npx trailbridge backfill --resume 3f2a9c01`,
    )
    .action(async (_options: object, given: Command) => {
      const options = given.optsWithGlobals<BackfillOptions>();
      checkOptions(options);
      const result = await backfill(options, output(), streams);
      output().result(result, textOf);
      finish(result.watchedToTheEnd || !options.wait ? EXIT.ok : EXIT.interrupted);
    });
}

async function backfill(options: BackfillOptions, output: Output, streams: Streams): Promise<BackfillResult> {
  const stack = await findForwardingStack(options);
  const configuration = clientConfiguration(options);
  const services = {
    ...stack,
    dynamoDb: new DynamoDBClient(configuration),
    sqs: new SQSClient(configuration),
  };
  const waiting = allOf(await askQueueDepth(services.sqs, stack.queueUrl));
  const started = await start(options, stack, services);
  // Of one that was under way, some is in the queue already.
  const before = started.start.startsWith('begun') ? waiting : 0;
  const { id } = started.backfill;
  output.note(inWords(started.start, id));

  const pause = await new PauseMark(services.dynamoDb, stack.ledgerTable).read();
  const progress = new ProgressLine(streams, options.json === true);
  const watching = {
    progress,
    wait: streams.wait,
    signal: streams.onInterrupt(),
  };
  let seen = started.backfill;
  let inQueue = waiting;
  try {
    if (options.wait) {
      seen = await watchLister(services, started.backfill, watching);
      const { queued, phase } = seen.progress;
      inQueue =
        phase === 'complete' && queued.objects > 0 && pause === undefined
          ? await watchQueue(services, { queued: queued.objects, before }, watching)
          : allOf(await askQueueDepth(services.sqs, stack.queueUrl));
    }
  } finally {
    progress.clear();
  }
  const { order } = seen;
  return {
    backfill: id,
    start: started.start,
    phase: seen.progress.phase,
    days: order.days,
    accounts: order.accounts,
    regions: order.regions,
    dryRun: order.dryRun,
    counted: seen.progress.counted ?? null,
    queued: seen.progress.queued,
    inQueue,
    pausedSince: pause?.since.toISOString() ?? null,
    watchedToTheEnd: options.wait && !watching.signal.aborted,
  };
}

function start(options: BackfillOptions, { bucket }: ForwardingStack, services: BackfillServices) {
  if (options.resume !== undefined) {
    return resumeBackfill(
      services,
      options.resume,
      options.rate === undefined ? {} : { ratePerSecond: options.rate },
    );
  }
  const order: BackfillOrder = {
    bucket,
    days: daysOf(options),
    accounts: [...(options.account ?? [])],
    regions: [...(options.logRegion ?? [])],
    ratePerSecond: options.rate,
    countFirst: options.count,
    dryRun: options.dryRun === true,
    orderedAt: new Date().toISOString(),
  };
  return startBackfill(services, idOf(order), order);
}

/** @throws UsageError */
function checkOptions(options: BackfillOptions): void {
  const { resume, from } = options;
  if (resume !== undefined) {
    const others = (['from', 'to', 'account', 'logRegion', 'dryRun'] as const).filter(
      (name) => options[name] !== undefined,
    );
    if (others.length > 0) {
      throw new UsageError(
        'With --resume, days and filters are those that the backfill was begun with. Leave the other options out; only --rate may change.',
      );
    }
    return;
  }
  if (from === undefined) {
    throw new UsageError('Give the first day with --from YYYY-MM-DD, or --resume <id>.');
  }
  const { first, last } = daysOf(options);
  if (first > last) {
    throw new UsageError(`--from ${first} is after --to ${last}.`);
  }
  if (last > today()) {
    throw new UsageError(`--to ${last} is in the future: in UTC, today is ${today()}.`);
  }
}

function daysOf({ from, to }: BackfillOptions): BackfillOrder['days'] {
  return { first: from ?? '', last: to ?? today() };
}

function today(): string {
  return new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
}

function day(text: string): string {
  if (!isDay(text)) {
    throw new InvalidArgumentError('A day is given as YYYY-MM-DD, such as 2026-03-31.');
  }
  return text;
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value >= LOWEST_RATE && value <= HIGHEST_RATE)) {
    throw new InvalidArgumentError(`It is a number from ${LOWEST_RATE} to ${HIGHEST_RATE}.`);
  }
  return value;
}

const STARTS: Readonly<Record<Start, string>> = {
  begun: 'has begun',
  'gone on with': 'goes on from where it was',
  'begun anew': 'was complete, and has begun anew',
  'complete already': 'is complete: all is queued',
};

function inWords(start: Start, id: string): string {
  return `The backfill ${id} ${STARTS[start]}.`;
}

function textOf(result: BackfillResult): string {
  const { backfill: id, phase, counted, queued, dryRun, inQueue } = result;
  const days = `${result.days.first} to ${result.days.last}`;
  if (phase !== 'complete') {
    const counting =
      phase === 'counting' ? `${files(counted?.objects ?? 0)} counted` : `${files(queued.objects)} queued`;
    return (
      `${counting} so far. The lister goes on without this terminal; to watch it again:\n` +
      `  npx trailbridge backfill --resume ${id}`
    );
  }
  if (dryRun) {
    const { objects, bytes } = counted ?? queued;
    return (
      `${files(objects)} (${megabytes(bytes)}, compressed) would be queued for ${days}.\n` +
      'Which of them were forwarded before was not looked up: those are not sent again. How long the destination takes ' +
      'for the others is not known.'
    );
  }
  const done = `${files(queued.objects)} (${megabytes(queued.bytes)}, compressed) queued for ${days}.`;
  if (result.pausedSince !== null) {
    return `${done}\nForwarding is paused since ${result.pausedSince}: they wait until npx trailbridge resume.`;
  }
  if (result.watchedToTheEnd && inQueue > 0) {
    return `${done}\nAs many as were queued have left the queue; ${files(inQueue)} still wait in it, of these or of others.`;
  }
  return result.watchedToTheEnd
    ? `${done}\nAll have left the queue: forwarded now or before, or dead-lettered (see npx trailbridge status).`
    : `${done}\n${files(inQueue)} in the queue, newer ones included.`;
}

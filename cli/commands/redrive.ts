import { SQSClient } from '@aws-sdk/client-sqs';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../lambda/shared/remote-words.ts';
import { thousands } from '../amounts.ts';
import { type AwsOptions, clientConfiguration } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { type DeadLetter, deadLetterQueues, REASONS } from '../dead-letters/kinds.ts';
import { Redrive, type RedriveTally } from '../dead-letters/redrive.ts';
import { EXIT } from '../errors.ts';
import { findForwardingStack } from '../forwarding-stack.ts';
import { columns, type Streams } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';

interface RedriveOptions extends AwsOptions {
  readonly reason?: readonly string[];
  readonly object?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `trailbridge redrive --json` prints. */
export interface RedriveResult {
  /** How many messages were in the queues, by reason. */
  readonly found: Readonly<Record<string, number>>;
  /** One of each reason. */
  readonly examples: RedriveTally['examples'];
  readonly dryRun: boolean;
  /** How many more the queues had that were not looked at, about. */
  readonly unseen: number;
  /** Messages that were asked for, within the limit. */
  readonly chosen: number;
  /** Of these, back in the queue that they came from. */
  readonly moved: number;
  /** Messages that were dead-lettered again by then: put their cause right first. */
  readonly cameBack: number;
  readonly interrupted: boolean;
}

export function addRedriveCommand({ program, output, streams, finish }: CommandContext): void {
  program
    .command('redrive')
    .description('Shows what was dead-lettered, and moves it back to be tried again')
    .option('--reason <code...>', 'only what was dead-lettered for these reasons', reasons)
    .option('--object <key-prefix>', 'only files whose key begins so')
    .option('--limit <number>', 'move no more than so many', limit)
    .option('--dry-run', 'only show')
    .addHelpText(
      'after',
      `
Three queues are looked at: the files that could not be forwarded, the events that did not
reach the forwarding queue (EventNotDelivered), and what could not be listed (NotListed).
Without options everything is moved. Put the cause right first: what fails again is
dead-lettered again.

A message is deleted after it has been sent on, so nothing is lost if this is interrupted;
what was forwarded before is not sent again. Others see no dead letters while it looks, and
for up to ten minutes after it was killed.

Exits with 1 when something that was chosen could not be moved.

Examples:
  $ npx trailbridge redrive --dry-run
  $ npx trailbridge redrive --reason ObjectUnreadable Unexpected
  $ npx trailbridge redrive --object AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/ --limit 100`,
    )
    .action(async (_options: object, command: Command) => {
      const options = command.optsWithGlobals<RedriveOptions>();
      const result = await redrive(options, streams);
      output().result(result, textOf);
      finish(exitStatusOf(result, options.limit));
    });
}

/** @throws UserError where the stack or AWS cannot be reached, or AWS refuses: what was not moved stays. */
async function redrive(options: RedriveOptions, streams: Streams): Promise<RedriveResult> {
  const stack = await findForwardingStack(options);
  const progress = new ProgressLine(streams, options.json === true);
  const signal = streams.onInterrupt();
  const dryRun = options.dryRun === true;
  const work = new Redrive(new SQSClient(clientConfiguration(options)), {
    isChosen: (letter) => isChosen(letter, options),
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    dryRun,
    signal,
    onProgress: ({ found, moved }) =>
      progress.show(
        'Dead letters',
        `${thousands(total(found))} found${dryRun ? '' : `, ${thousands(moved)} moved`}`,
      ),
  });
  try {
    for (const queue of deadLetterQueues(stack)) {
      await work.workOff(queue);
    }
  } finally {
    progress.clear();
  }
  return { ...work.tally, dryRun, interrupted: signal.aborted };
}

function isChosen({ reason, key }: DeadLetter, options: RedriveOptions): boolean {
  return (
    (options.reason === undefined || options.reason.includes(reason)) &&
    (options.object === undefined || key?.startsWith(options.object) === true)
  );
}

function exitStatusOf(
  { interrupted, dryRun, chosen, moved, unseen }: RedriveResult,
  wanted: number | undefined,
): number {
  if (interrupted) {
    return EXIT.interrupted;
  }
  const isAll = unseen === 0 || chosen === wanted;
  return isAll && (dryRun || moved === chosen) ? EXIT.ok : EXIT.failed;
}

function reasons(text: string, before: readonly string[] = []): readonly string[] {
  const reason = REASONS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (reason === undefined) {
    throw new InvalidArgumentError(`The reasons are ${REASONS.join(', ')}.`);
  }
  return [...before, reason];
}

function limit(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new InvalidArgumentError('It is a whole number, 1 or more.');
  }
  return Number(text);
}

function total(found: Readonly<Record<string, number>>): number {
  return Object.values(found).reduce((sum, count) => sum + count, 0);
}

function textOf(result: RedriveResult): string {
  const { found, examples, dryRun, chosen, moved, cameBack, unseen, interrupted } = result;
  if (total(found) === 0 && unseen === 0) {
    return interrupted ? 'Interrupted before anything was found.' : 'There are no dead letters.';
  }
  const rows = Object.entries(found)
    .toSorted(([, left], [, right]) => right - left)
    .map(
      ([reason, count]) =>
        [printable(reason), `${thousands(count).padStart(6)}  ${exampleOf(examples[reason])}`] as const,
    );
  const left = total(found) - moved;
  const outcome = dryRun
    ? `${thousands(chosen)} would be moved.`
    : `${thousands(moved)} moved back, ${thousands(left)} left.`;
  const unmoved =
    dryRun || moved === chosen ? '' : ` SQS did not take ${thousands(chosen - moved)}: try again.`;
  const back =
    cameBack === 0 ? '' : ` ${thousands(cameBack)} came back at once: put their cause right first.`;
  const more =
    unseen === 0
      ? ''
      : ` About ${thousands(unseen)} more were not looked at: give the command again for those.`;
  return `${columns(rows)}\n${interrupted ? 'Interrupted: ' : ''}${outcome}${unmoved}${back}${more}`;
}

function exampleOf(example: Pick<DeadLetter, 'key' | 'detail'> | undefined): string {
  return [example?.key, example?.detail]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(': ');
}

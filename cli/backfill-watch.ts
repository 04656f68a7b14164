/** Watching a backfill: what is listed, what is queued, what has left the queue. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Backfill } from '../contract/backfill.ts';
import { allOf } from '../lambda/shared/queue-depth.ts';
import { files, megabytes, thousands } from './amounts.ts';
import { type BackfillServices, readBackfill } from './backfills.ts';
import { UserError } from './errors.ts';
import type { Wait } from './output.ts';
import { Pacemaker, type ProgressLine } from './progress-line.ts';
import { askQueueDepth } from './queue-depth.ts';

const POLL_MS = 1_000;
/** SQS counts approximately: it must have said so as often in a row. */
const QUIET_LOOKS = 3;

export interface Watching {
  readonly progress: ProgressLine;
  readonly wait: Wait;
  /** Aborts when the user has seen enough. */
  readonly signal: AbortSignal;
}

/**
 * Watches until the lister has done its work.
 *
 * @returns the backfill as it was seen last: not complete where the user has interrupted the watching.
 * @throws UserError where the lister has failed; it tries again by itself.
 */
export async function watchLister(
  services: BackfillServices,
  backfill: Backfill,
  { progress, wait, signal }: Watching,
): Promise<Backfill> {
  const pacemaker = new Pacemaker();
  let seen = backfill;
  while (seen.progress.phase !== 'complete' && !signal.aborted) {
    throwFailure(seen);
    show(seen, progress, pacemaker);
    await wait(POLL_MS, signal);
    seen = (await readBackfill(services, backfill.id)) ?? seen;
  }
  return seen;
}

function show({ progress }: Backfill, line: ProgressLine, pacemaker: Pacemaker): void {
  const { phase, counted, queued, position } = progress;
  if (phase === 'counting') {
    const { objects, bytes } = counted ?? { objects: 0, bytes: 0 };
    const where =
      position === undefined ? '' : `, now in ${position.folder === '' ? 'the bucket' : position.folder}`;
    line.show('Counting', `${files(objects)} so far (${megabytes(bytes)})${where}`);
  } else if (counted === undefined) {
    line.show('Queueing', `${files(queued.objects)} so far; how many there are was not counted`);
  } else {
    const fraction = { done: queued.objects, of: counted.objects };
    const left = pacemaker.left(fraction);
    line.show(
      'Queueing',
      `${thousands(queued.objects)} of ${files(counted.objects)}${left === '' ? '' : `, ${left}`}`,
      fraction,
    );
  }
}

function throwFailure({ id, progress: { failure } }: Backfill): void {
  if (failure !== undefined) {
    throw new UserError(
      `The lister has failed (${failure.replace(/\.$/, '')}). Nothing is lost: it tries again within half an hour, five ` +
        `times in all. Put the cause right, then go on at once with: npx trailbridge backfill --resume ${id}`,
    );
  }
}

/**
 * Watches until the forwarding queue is as short as it was, or the user has seen enough. Files that are stored
 * meanwhile go through the same queue, and what failed waits in it to be tried again: so what is told is how much is
 * left in the queue, and what has left it at least.
 *
 * @param queued messages that were put into the queue.
 * @param before messages that were in it before.
 * @returns messages in the queue, as it was seen last.
 */
export async function watchQueue(
  queue: { readonly sqs: SQSClient; readonly queueUrl: string },
  { queued, before }: { readonly queued: number; readonly before: number },
  { progress, wait, signal }: Watching,
): Promise<number> {
  const pacemaker = new Pacemaker();
  for (let quiet = 0; ; ) {
    const left = allOf(await askQueueDepth(queue.sqs, queue.queueUrl));
    quiet = left <= before ? quiet + 1 : 0;
    if (quiet >= QUIET_LOOKS || signal.aborted) {
      return left;
    }
    const fraction = { done: Math.max(0, queued - left), of: queued };
    const pace = pacemaker.left(fraction);
    progress.show(
      'Forwarding',
      `${files(left)} in the queue, newer ones included${pace === '' ? '' : `, ${pace}`}`,
      fraction,
    );
    await wait(POLL_MS, signal);
  }
}

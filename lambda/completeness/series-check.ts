/** One region's part of a round: what has become due since the last one. */
import { type CompletenessResult, type DigestPosition, NO_POSITION } from '../../contract/completeness.ts';
import type { SeriesMemory } from '../../contract/completeness-round.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { checkCompleteness, objectsToQueue } from './completeness-check.ts';
import { CompletenessTally } from './completeness-tally.ts';
import { laterOf } from './digest-chains.ts';
import type { CheckWindow } from './digest-observations.ts';
import { OpenGaps } from './open-gaps.ts';
import type { CompletenessServices } from './ports.ts';
import { DIGEST_PERIOD_MS } from './silence.ts';

export interface SeriesTask {
  readonly window: CheckWindow;
  readonly memory: SeriesMemory | undefined;
  readonly services: CompletenessServices;
  readonly queue: (objects: readonly ObjectReference[]) => Promise<void>;
  /** Whether there is time to go on. */
  readonly hasTime: () => boolean;
  readonly now: Date;
}

export interface SeriesOutcome {
  readonly result: CompletenessResult;
  readonly memory: SeriesMemory;
  /** Why the window's end was not reached. */
  readonly stopped: 'OutOfTime' | 'TooManyGaps' | undefined;
  readonly gaps: OpenGaps;
}

/** A trail that has written no digest for so long is taken to be gone. It has been told of until then. */
const RETIRED_AFTER_MS = 14 * 24 * DIGEST_PERIOD_MS;

/** Gaps that are held in memory at once; the rest is for the next round. */
const MAXIMUM_SURPLUS = 10_000;

/**
 * Goes on with the check of a region, and with its open gaps. It stops between two digests when time runs out or gaps
 * become too many, and remembers where. Of a digest whose gaps are let go, those that are not held in memory are queued
 * once and let go, too.
 *
 * The window begins where the last one ended, so that nothing is counted twice.
 *
 * @throws whatever the services and the queue throw; then nothing is remembered, and what was queued is queued again.
 */
export async function checkSeries(task: SeriesTask): Promise<SeriesOutcome> {
  const { memory, services, now } = task;
  const gaps = new OpenGaps(memory ?? { gaps: [] }, now);
  await gaps.close(services.ledger);
  const window = windowFrom(task);
  const tally = new CompletenessTally(window);
  let position = memory?.position ?? NO_POSITION;
  let stopped: SeriesOutcome['stopped'];
  let found: ObjectReference[] = [];
  let isPassing = false;
  for await (const event of checkCompleteness(window, services, position)) {
    tally.add(event);
    found.push(...objectsToQueue(event));
    const isFull = found.length > MAXIMUM_SURPLUS;
    if (event.kind === 'Position' || isFull) {
      if (isPassing) {
        await gaps.pass(found, task.queue);
      } else if (!gaps.add(found)) {
        stopped = 'TooManyGaps';
        break;
      }
      found = [];
      isPassing = isFull;
    }
    if (event.kind === 'Position') {
      position = event.position;
      isPassing = false;
      if (!task.hasTime()) {
        stopped = 'OutOfTime';
        break;
      }
    }
  }
  await gaps.queue(task.queue);
  const checkedUntil = stopped === undefined ? window.to : (lastEnd(memory) ?? window.from);
  return {
    result: tally.result(),
    memory: {
      checkedUntil: checkedUntil.toISOString(),
      position: withoutRetired(position, window.to),
      ...gaps.memory,
    },
    stopped,
    gaps,
  };
}

/** The window of which nothing was told yet. */
function windowFrom({ window, memory }: SeriesTask): CheckWindow {
  return { ...window, from: laterOf(window.from, lastEnd(memory) ?? window.from), goesOn: true };
}

function lastEnd(memory: SeriesMemory | undefined): Date | undefined {
  return memory && new Date(memory.checkedUntil);
}

function withoutRetired(position: DigestPosition, to: Date): DigestPosition {
  const isRetired = (seenUntil: string) => to.getTime() - Date.parse(seenUntil) > RETIRED_AFTER_MS;
  return { ...position, chains: position.chains.filter(({ seenUntil }) => !isRetired(seenUntil)) };
}

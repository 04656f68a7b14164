/** Goes on with a backfill that was asked for by command, for as long as there is time. */
import {
  type Backfill,
  type BackfillProgress,
  type BackfillTurn,
  NOTHING,
  type Tally,
} from '../../contract/backfill.ts';
import { wordsOf } from '../shared/aws-errors.ts';
import { queueObjects } from '../shared/listing/object-queue.ts';
import type { StoredObject } from '../shared/listing/stored-objects.ts';
import { logger } from '../shared/logger.ts';
import { BackfillStore, BackfillTakenOverError } from './backfill-store.ts';
import { continueLater, type ListerServices } from './lister.ts';
import { type ListingScope, listingSteps } from './listing-steps.ts';
import { Pace } from './pace.ts';

/** What became of a turn. */
export type TurnResult = 'complete' | 'goes on later' | 'dropped';

/**
 * Goes on where the ledger's table says that the backfill is. What is noted there is queued already, so a turn that
 * dies queues again what it had queued since its last note, and leaves nothing out.
 *
 * A message of a former chain is dropped: somebody has gone on with the backfill by command since.
 *
 * @throws what S3, SQS and DynamoDB throw, after it was noted for who watches: the message is then received again.
 */
export async function continueBackfill(turn: BackfillTurn, services: ListerServices): Promise<TurnResult> {
  const store = new BackfillStore(services.dynamoDb, services.ledgerTable);
  const backfill = await store.read(turn.backfill, services.signal);
  if (backfill === undefined || backfill.chain !== turn.chain || backfill.progress.phase === 'complete') {
    logger.info('Backfill message is out of date', { ...turn, chainNow: backfill?.chain });
    return 'dropped';
  }
  const run = new BackfillRun(backfill, store, services);
  try {
    return await run.goOn();
  } catch (error) {
    if (error instanceof BackfillTakenOverError) {
      logger.info('Backfill is gone on with elsewhere', { ...turn });
      return 'dropped';
    }
    await run.noteFailure(error);
    throw error;
  }
}

const NOTE_EVERY_MS = 2_000;

class BackfillRun {
  #backfill: Backfill;
  #pace: Pace;
  #notedAt = Date.now();
  #steps = 0;
  readonly #store: BackfillStore;
  readonly #services: ListerServices;

  constructor(backfill: Backfill, store: BackfillStore, services: ListerServices) {
    this.#backfill = backfill;
    this.#pace = new Pace(backfill.order.ratePerSecond, backfill.progress.nextSlotAt);
    this.#store = store;
    this.#services = services;
  }

  async goOn(): Promise<TurnResult> {
    for (;;) {
      const { order, progress } = this.#backfill;
      if (!(await this.#listPhase(progress))) {
        return 'goes on later';
      }
      const isOver = this.#backfill.progress.phase === 'queueing' || order.dryRun;
      await this.#note({
        ...this.#backfill.progress,
        position: undefined,
        phase: isOver ? 'complete' : 'queueing',
      });
      if (isOver) {
        const { counted, queued } = this.#backfill.progress;
        logger.info('Backfill complete', { backfill: this.#backfill.id, counted, queued });
        return 'complete';
      }
    }
  }

  /** Best effort: the error itself is what counts. */
  async noteFailure(error: unknown): Promise<void> {
    const { id, progress } = this.#backfill;
    const noted = { ...progress, failure: wordsOf(error) };
    try {
      await this.#store.note(this.#backfill, noted, this.#services.signal);
    } catch (cause) {
      logger.warn('The failure could not be noted for who watches', { backfill: id, error: cause as Error });
    }
  }

  /** @returns `false` where the rest is left to a new message. */
  async #listPhase(since: BackfillProgress): Promise<boolean> {
    const { s3, signal, keyPrefixes } = this.#services;
    const { order } = this.#backfill;
    const listing = { s3, bucket: order.bucket, signal };
    let progress = since;
    for await (const step of listingSteps(listing, keyPrefixes, this.#scope(), since.position)) {
      progress = { ...progress, position: step.position, nextSlotAt: this.#pace.nextSlotAt };
      const restSeconds = since.phase === 'queueing' ? this.#pace.restSeconds() : 0;
      // At least one step a run, or it would never end.
      if (restSeconds > 0 || (this.#steps > 0 && !this.#services.hasTime())) {
        await this.#note(progress);
        await this.#handOver(restSeconds);
        return false;
      }
      if (Date.now() - this.#notedAt >= NOTE_EVERY_MS) {
        await this.#note(progress);
      }
      this.#steps += 1;
      progress = await this.#add(progress, await step.list());
    }
    this.#backfill = { ...this.#backfill, progress };
    return true;
  }

  #scope(): ListingScope {
    const { order, progress } = this.#backfill;
    return { ...order, pageSize: progress.phase === 'queueing' ? this.#pace.pageSize : undefined };
  }

  async #add(progress: BackfillProgress, objects: readonly StoredObject[]): Promise<BackfillProgress> {
    if (progress.phase === 'counting') {
      return { ...progress, counted: sum(progress.counted ?? NOTHING, objects) };
    }
    const { sqs, forwardingQueueUrl, signal } = this.#services;
    await queueObjects(sqs, forwardingQueueUrl, objects, signal, this.#pace.take(objects.length));
    return { ...progress, queued: sum(progress.queued, objects), nextSlotAt: this.#pace.nextSlotAt };
  }

  async #note(progress: BackfillProgress): Promise<void> {
    const noted = { ...progress, failure: undefined, updatedAt: new Date().toISOString() };
    this.#backfill = await this.#store.note(this.#backfill, noted, this.#services.signal);
    this.#notedAt = Date.now();
  }

  async #handOver(delaySeconds: number): Promise<void> {
    const { id, chain, progress } = this.#backfill;
    await continueLater(this.#services, { backfill: id, chain }, delaySeconds);
    logger.info('Backfill goes on in a new message', { backfill: id, delaySeconds, progress });
  }
}

function sum({ objects, bytes }: Tally, more: readonly StoredObject[]): Tally {
  return {
    objects: objects + more.length,
    bytes: more.reduce((total, { size = 0 }) => total + size, bytes),
  };
}

/** Beginning a backfill, or going on with one: the deployed lister does the work. */
import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  type Backfill,
  type BackfillOrder,
  type BackfillProgress,
  type BackfillTurn,
  NOTHING,
} from '../contract/backfill.ts';
import { BackfillStore, BackfillTakenOverError } from '../lambda/listing/backfill-store.ts';
import { askAws } from './aws.ts';
import { UserError } from './errors.ts';

export interface BackfillServices {
  readonly dynamoDb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly ledgerTable: string;
  readonly listingQueueUrl: string;
}

/** The lister notes something every two seconds at most. */
const ATTEMPTS = 10;

/** How a backfill came to be under way. */
export type Start = 'begun' | 'gone on with' | 'begun anew' | 'complete already';

export interface Started {
  readonly backfill: Backfill;
  readonly start: Start;
}

/** What the same command is known by: another rate does not make it another backfill. */
export function idOf({ bucket, days, stored, accounts, regions, dryRun }: BackfillOrder): string {
  const what = JSON.stringify([
    bucket,
    days,
    stored ?? null,
    accounts.toSorted(),
    regions.toSorted(),
    dryRun,
  ]);
  return createHash('sha256').update(what).digest('hex').slice(0, 8);
}

/**
 * Has the lister work on a backfill. One of that id that is not complete is gone on with from where it is, one that is
 * complete is begun anew: there may be other files since, and those that were forwarded are not sent again.
 *
 * @throws UserError where AWS refuses or cannot be reached.
 */
export function startBackfill(
  services: BackfillServices,
  id: string,
  order: BackfillOrder,
): Promise<Started> {
  return beginChain(services, id, (former) => {
    if (former === undefined) {
      return { start: 'begun', order, progress: beginning(order) };
    }
    return former.progress.phase === 'complete'
      ? { start: 'begun anew', order, progress: beginning(order) }
      : { start: 'gone on with', order, progress: former.progress };
  });
}

/**
 * Goes on with a backfill as it was begun; one that is complete is left so.
 *
 * @throws UserError where there is none of that id.
 */
export function resumeBackfill(
  services: BackfillServices,
  id: string,
  changes: Partial<Pick<BackfillOrder, 'ratePerSecond'>>,
): Promise<Started> {
  return beginChain(services, id, (former) => {
    if (former === undefined) {
      throw new UserError(
        `There is no backfill "${id}" in this stack's ledger. The command that began one has printed its id; the same ` +
          'command goes on with it, too.',
      );
    }
    if (former.progress.phase === 'complete') {
      return former;
    }
    return { start: 'gone on with', order: { ...former.order, ...changes }, progress: former.progress };
  });
}

/** @throws UserError where DynamoDB refuses or cannot be reached. */
export async function readBackfill(
  { dynamoDb, ledgerTable }: BackfillServices,
  id: string,
): Promise<Backfill | undefined> {
  return await askAws('DynamoDB', () => new BackfillStore(dynamoDb, ledgerTable).read(id));
}

function beginning({ countFirst, dryRun, orderedAt }: BackfillOrder): BackfillProgress {
  return { phase: countFirst || dryRun ? 'counting' : 'queueing', queued: NOTHING, updatedAt: orderedAt };
}

interface Decision extends Pick<Backfill, 'order' | 'progress'> {
  readonly start: Start;
}

/** First the order is noted, then the message is sent: interrupted in between, the same command sends it. */
async function beginChain(
  services: BackfillServices,
  id: string,
  decide: (former: Backfill | undefined) => Decision | Backfill,
): Promise<Started> {
  const store = new BackfillStore(services.dynamoDb, services.ledgerTable);
  for (let attempt = 1; ; attempt += 1) {
    const former = await readBackfill(services, id);
    const decision = decide(former);
    if (!('start' in decision)) {
      return { backfill: decision, start: 'complete already' };
    }
    const { start, order, progress } = decision;
    try {
      const state = { order, progress: { ...progress, failure: undefined } };
      const backfill = await askAws('DynamoDB', () => store.begin(id, state, former));
      await sendTurn(services, { backfill: id, chain: backfill.chain });
      return { backfill, start };
    } catch (error) {
      // The lister has noted something in between: from there.
      if (!(error instanceof BackfillTakenOverError) || attempt >= ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function sendTurn({ sqs, listingQueueUrl }: BackfillServices, turn: BackfillTurn): Promise<void> {
  await askAws('SQS', () =>
    sqs.send(new SendMessageCommand({ QueueUrl: listingQueueUrl, MessageBody: JSON.stringify(turn) })),
  );
}

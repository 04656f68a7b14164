import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  LEDGER_DAYS,
  LEDGER_EXPIRY_ATTRIBUTE,
  LEDGER_PARTITION_KEY,
  ledgerKeyOf,
} from '../../contract/ledger.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { wordsOf } from '../shared/aws-errors.ts';
import { RetryableError } from './failures.ts';
import { countOf, type DroppedByRule } from './record-account.ts';

/** How far an object has come, counted from its start without a gap. */
export interface Progress {
  readonly parts: number;
  readonly records: number;
}

/** What a claim found. */
export type Claim =
  /** The object is ours until the lease ends; `progress` is where to go on. */
  | {
      readonly status: 'claimed';
      readonly progress: Progress;
      /** Claims in a row before this one that ended without a word: their function died. */
      readonly unfinishedClaims: number;
      /** Tries that failed for what may lie with the object. */
      readonly failedTries: number;
    }
  /** The destination has the object already. */
  | { readonly status: 'acknowledged' }
  /** Another invocation is at it. */
  | { readonly status: 'held' };

export interface Lease {
  /** A Lambda request id and message id. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** How a try ended that did not bring the object to the destination. */
export interface Failure {
  /** Its code, such as `NotGzip`. */
  readonly reason: string;
  /** What the next claim is told as its `failedTries`. */
  readonly failedTries: number;
}

export interface Acknowledgement extends Progress {
  /** Of the file: those that were sent, and those that the filter dropped. */
  readonly readRecords: number;
  readonly droppedByRule: DroppedByRule;
  readonly rawBytes: number;
  readonly sha256: string;
  readonly acknowledgedAt: Date;
}

/** What the ledger holds in place of a fingerprint where nothing is filtered. */
export const NO_FILTER = 'none';

export const NO_PROGRESS: Progress = { parts: 0, records: 0 };

/**
 * The forwarder's side of the ledger: one conditional write to claim an object, one to acknowledge it, and
 * one per part of an object of several parts.
 *
 * Every method throws RetryableError `LedgerUnavailable` where DynamoDB does not do its part.
 */
export class Ledger {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: string;
  readonly #destination: string;
  readonly #filter: string;

  /**
   * @param destination whose acknowledgements count.
   * @param filter fingerprint of the filter that records are numbered behind.
   */
  constructor(
    client: Pick<DynamoDBClient, 'send'>,
    table: string,
    destination: string,
    filter: string = NO_FILTER,
  ) {
    this.#client = client;
    this.#table = table;
    this.#destination = destination;
    this.#filter = filter;
  }

  /**
   * Takes the lease of an object if nobody has it, its holder's time is over, or it is ours already.
   *
   * Progress that another destination acknowledged is not progress here: an object that was under way, or
   * delivered, when the stack's destination changed starts from the beginning. So does one that was under way
   * when the filter changed: its records are numbered otherwise.
   */
  async claim(object: ObjectReference, lease: Lease, signal: AbortSignal): Promise<Claim> {
    try {
      const { Attributes: item = {} } = await this.#update(object, signal, {
        UpdateExpression:
          'SET #state = :forwarding, leaseOwner = :owner, leaseUntil = :until, ' +
          'parts = if_not_exists(parts, :zero), records = if_not_exists(records, :zero), ' +
          'claims = if_not_exists(claims, :zero) + :one, #expiry = :expiry',
        ConditionExpression:
          'attribute_not_exists(#state) ' +
          'OR (#state = :acknowledged AND destination <> :destination) ' +
          'OR (#state = :forwarding AND ' +
          '(attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseOwner = :owner))',
        ExpressionAttributeNames: { '#state': 'state', '#expiry': LEDGER_EXPIRY_ATTRIBUTE },
        ExpressionAttributeValues: {
          ':forwarding': { S: 'forwarding' },
          ':acknowledged': { S: 'acknowledged' },
          ':destination': { S: this.#destination },
          ':owner': { S: lease.owner },
          ':until': { N: String(lease.until) },
          ':now': { N: String(Date.now()) },
          ':zero': { N: '0' },
          ':one': { N: '1' },
          ':expiry': ledgerExpiry(),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const progress =
        item.destination?.S === this.#destination && (item.filter?.S ?? NO_FILTER) === this.#filter
          ? { parts: Number(item.parts?.N ?? 0), records: Number(item.records?.N ?? 0) }
          : NO_PROGRESS;
      return {
        status: 'claimed',
        progress,
        unfinishedClaims: Number(item.claims?.N ?? 1) - 1,
        failedTries: Number(item.failedTries?.N ?? 0),
      };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { status: error.Item?.state?.S === 'acknowledged' ? 'acknowledged' : 'held' };
      }
      throw unavailable('claiming an object', error);
    }
  }

  /**
   * Notes parts that the destination acknowledged, so that they are not sent again after a crash.
   *
   * @throws RetryableError `LeaseLost` where another invocation has taken the object over.
   */
  async recordProgress(
    object: ObjectReference,
    owner: string,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#update(object, signal, {
        UpdateExpression:
          'SET parts = :parts, records = :records, destination = :destination, #filter = :filter',
        ConditionExpression: 'leaseOwner = :owner',
        ExpressionAttributeNames: { '#filter': 'filter' },
        ExpressionAttributeValues: {
          ':parts': { N: String(progress.parts) },
          ':records': { N: String(progress.records) },
          ':destination': { S: this.#destination },
          ':filter': { S: this.#filter },
          ':owner': { S: owner },
        },
      });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        throw new RetryableError('LeaseLost', 'Another invocation has taken the object over.', {
          cause: error,
        });
      }
      throw unavailable('noting an acknowledged part', error);
    }
  }

  /** Notes that the destination has the whole object. True whoever holds the lease, hence unconditional. */
  async acknowledge(
    object: ObjectReference,
    acknowledgement: Acknowledgement,
    signal: AbortSignal,
  ): Promise<void> {
    const { parts, records, readRecords, droppedByRule, rawBytes, sha256, acknowledgedAt } = acknowledgement;
    try {
      await this.#update(object, signal, {
        UpdateExpression:
          'SET #state = :acknowledged, parts = :parts, records = :records, rawBytes = :rawBytes, ' +
          'sha256 = :sha256, acknowledgedAt = :acknowledgedAt, destination = :destination, #expiry = :expiry, ' +
          'readRecords = :readRecords, droppedRecords = :droppedRecords, droppedByRule = :droppedByRule, ' +
          '#filter = :filter ' +
          'REMOVE leaseOwner, leaseUntil, failure, failedTries, claims',
        ExpressionAttributeNames: {
          '#state': 'state',
          '#expiry': LEDGER_EXPIRY_ATTRIBUTE,
          '#filter': 'filter',
        },
        ExpressionAttributeValues: {
          ':acknowledged': { S: 'acknowledged' },
          ':readRecords': { N: String(readRecords) },
          ':droppedRecords': { N: String(countOf(droppedByRule)) },
          ':droppedByRule': { M: numbersOf(droppedByRule) },
          ':filter': { S: this.#filter },
          ':parts': { N: String(parts) },
          ':records': { N: String(records) },
          ':rawBytes': { N: String(rawBytes) },
          ':sha256': { S: sha256 },
          ':acknowledgedAt': { S: acknowledgedAt.toISOString() },
          ':destination': { S: this.#destination },
          ':expiry': ledgerExpiry(),
        },
      });
    } catch (error) {
      throw unavailable('acknowledging an object', error);
    }
  }

  /** Gives the lease back after a failure, so that the next try need not wait for its end. */
  async release(
    object: ObjectReference,
    owner: string,
    { reason, failedTries }: Failure,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#update(object, signal, {
        UpdateExpression:
          'SET failure = :failure, failedTries = :failedTries REMOVE leaseOwner, leaseUntil, claims',
        ConditionExpression: 'leaseOwner = :owner',
        ExpressionAttributeValues: {
          ':failure': { S: reason },
          ':failedTries': { N: String(failedTries) },
          ':owner': { S: owner },
        },
      });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        // Somebody else holds it by now: there is nothing of ours to give back.
        return;
      }
      throw unavailable('releasing an object', error);
    }
  }

  #update(
    object: ObjectReference,
    signal: AbortSignal,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ) {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { [LEDGER_PARTITION_KEY]: { S: ledgerKeyOf(object) } },
      ...input,
    });
    return this.#client.send(command, { abortSignal: signal });
  }
}

function numbersOf(counts: ReadonlyMap<string, number>): Record<string, { N: string }> {
  return Object.fromEntries([...counts].map(([name, count]) => [name, { N: String(count) }]));
}

/** The value of `LEDGER_EXPIRY_ATTRIBUTE` for an item that is written now. */
export function ledgerExpiry(): { N: string } {
  return { N: String(Math.floor(Date.now() / 1000) + LEDGER_DAYS * 24 * 60 * 60) };
}

function unavailable(doing: string, cause: unknown): RetryableError {
  return new RetryableError('LedgerUnavailable', `The ledger failed at ${doing} (${wordsOf(cause)}).`, {
    cause,
  });
}

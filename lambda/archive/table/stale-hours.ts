/** Which hours have raw records that their derived files do not have yet. */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateQuery,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ARCHIVE_TABLE_KEYS, type ArchiveHour, type AuditSource } from '../../../contract/archive.ts';
import { explainAwsError } from '../../shared/aws-errors.ts';

/** An hour whose derived files are to be written. */
export interface StaleHour {
  readonly source: AuditSource;
  readonly hour: ArchiveHour;
  /** Another one after every marking. */
  readonly mark: string;
  /** Since when it is stale, in milliseconds since the epoch. */
  readonly since: number;
  /** Something may still be stored in it until then, in milliseconds since the epoch; 0 where nothing is under way. */
  readonly storingUntil: number;
  /** When it was last tried to derive it, in milliseconds since the epoch; 0 where that was never. */
  readonly triedAt: number;
}

/**
 * How long what is being stored may take to arrive: a function's longest life (AWS Lambda Developer Guide, "Lambda quotas": 15
 * minutes), and a minute for what it has sent last, and for clocks that differ.
 */
export const STORING_MS = 16 * 60_000;

/** Every method throws AwsCallError where DynamoDB does not do its part. */
export class StaleHours {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;
  readonly #signal: AbortSignal | undefined;

  constructor(dynamoDb: DynamoDBClient, table: string, signal?: AbortSignal) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
    this.#signal = signal;
  }

  /**
   * Stores something in an hour, and has it derived.
   *
   * The hour is marked before, with the time until which the storing may go on: a mark that is seen until then is not taken away,
   * for what belongs to it may not be there yet. Afterwards that time is taken back. So a derivation that runs meanwhile leaves
   * the hour stale; and so it stays after a crash, or a write that was given up and arrives nevertheless, until nothing of it can
   * be under way any more.
   *
   * @param now the present, in milliseconds since the epoch.
   * @throws besides, what `store` throws: the hour stays marked.
   */
  async storing(
    source: AuditSource,
    hour: ArchiveHour,
    now: () => number,
    store: () => Promise<void>,
  ): Promise<void> {
    const mark = randomUUID();
    const markedAt = now();
    await this.#update(source, hour, {
      // Where the call is repeated although it had arrived, the time stays until it is over: later, but safe.
      UpdateExpression:
        'SET staleMark = :mark, staleSince = if_not_exists(staleSince, :now), ' +
        'storingUntil = :until, storingUntilBefore = if_not_exists(storingUntil, :none)',
      ExpressionAttributeValues: {
        ':mark': { S: mark },
        ':now': { N: String(markedAt) },
        ':until': { N: String(markedAt + STORING_MS) },
        ':none': { N: '0' },
      },
    });
    await store();
    if (!(await this.#settle(source, hour, mark))) {
      await this.#markAnew(source, hour, now());
    }
  }

  /**
   * Remembers that it is about to be tried to derive an hour: should that fail, or never end, others come first the next time.
   *
   * @param now milliseconds since the epoch.
   */
  async tried({ source, hour, mark }: StaleHour, now: number): Promise<void> {
    await this.#updateIf(source, hour, {
      UpdateExpression: 'SET triedAt = :now',
      // An hour that was marked again is tried all the same; one that is not stale any more must not become it.
      ConditionExpression: 'staleMark = :mark',
      ExpressionAttributeValues: { ':now': { N: String(now) }, ':mark': { S: mark } },
    });
  }

  /** A source's stale hours, the oldest first. What is marked meanwhile may or may not be among them. */
  async *list(source: AuditSource): AsyncGenerator<StaleHour, void, undefined> {
    const pages = paginateQuery(
      { client: this.#dynamoDb },
      {
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: ARCHIVE_TABLE_KEYS.stale(source) } },
        ConsistentRead: true,
      },
      { abortSignal: this.#signal },
    )[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#explained('Query', () => pages.next());
      if (done === true) {
        return;
      }
      for (const { sk, staleMark, staleSince, storingUntil, triedAt } of value.Items ?? []) {
        yield {
          source,
          hour: sk?.S ?? '',
          mark: staleMark?.S ?? '',
          since: Number(staleSince?.N),
          storingUntil: Number(storingUntil?.N ?? 0),
          triedAt: Number(triedAt?.N ?? 0),
        };
      }
    }
  }

  /**
   * Takes a mark away, once the derived files hold what was there when it was read. Not for an hour in which something may still
   * be stored.
   *
   * @returns false where the hour was marked again since: it stays stale.
   */
  async clear({ source, hour, mark }: StaleHour): Promise<boolean> {
    const command = new DeleteItemCommand({
      TableName: this.#table,
      Key: keyOf(source, hour),
      ConditionExpression: 'staleMark = :mark',
      ExpressionAttributeValues: { ':mark': { S: mark } },
    });
    try {
      await this.#dynamoDb.send(command, { abortSignal: this.#signal });
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw explainAwsError(`dynamodb:DeleteItem on ${this.#table}`, error, this.#signal);
    }
  }

  /** @returns false where another has marked the hour meanwhile, or the time was over. */
  #settle(source: AuditSource, hour: ArchiveHour, mark: string): Promise<boolean> {
    return this.#updateIf(source, hour, {
      // Not to nothing: what somebody else was storing may still be under way.
      UpdateExpression: 'SET storingUntil = storingUntilBefore',
      ConditionExpression: 'staleMark = :mark',
      ExpressionAttributeValues: { ':mark': { S: mark } },
    });
  }

  /** For who comes after the time: what is stored now may have been missed by who took the mark away. */
  async #markAnew(source: AuditSource, hour: ArchiveHour, now: number): Promise<void> {
    await this.#update(source, hour, {
      UpdateExpression: 'SET staleMark = :mark, staleSince = if_not_exists(staleSince, :now)',
      ExpressionAttributeValues: { ':mark': { S: randomUUID() }, ':now': { N: String(now) } },
    });
  }

  async #update(source: AuditSource, hour: ArchiveHour, change: Change): Promise<void> {
    await this.#explained('UpdateItem', () => this.#send(source, hour, change));
  }

  /** @returns whether the condition held. */
  async #updateIf(source: AuditSource, hour: ArchiveHour, change: Change): Promise<boolean> {
    try {
      await this.#send(source, hour, change);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw explainAwsError(`dynamodb:UpdateItem on ${this.#table}`, error, this.#signal);
    }
  }

  #send(source: AuditSource, hour: ArchiveHour, change: Change) {
    const command = new UpdateItemCommand({ TableName: this.#table, Key: keyOf(source, hour), ...change });
    return this.#dynamoDb.send(command, { abortSignal: this.#signal });
  }

  async #explained<T>(action: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explainAwsError(`dynamodb:${action} on ${this.#table}`, error, this.#signal);
    }
  }
}

type Change = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

function keyOf(source: AuditSource, hour: ArchiveHour) {
  return { pk: { S: ARCHIVE_TABLE_KEYS.stale(source) }, sk: { S: hour } };
}

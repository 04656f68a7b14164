/** Which hours have raw records that their derived files do not have yet. */
import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateQuery,
  UpdateItemCommand,
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
}

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
   * Marks an hour, before something is stored in it: a crash in between leaves a mark too many, which costs a rebuild.
   *
   * @param now milliseconds since the epoch.
   */
  async mark(source: AuditSource, hour: ArchiveHour, now: number): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyOf(source, hour),
      UpdateExpression: 'SET staleMark = :mark, staleSince = if_not_exists(staleSince, :now)',
      ExpressionAttributeValues: { ':mark': { S: randomUUID() }, ':now': { N: String(now) } },
    });
    await this.#explained('UpdateItem', () => this.#dynamoDb.send(command, { abortSignal: this.#signal }));
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
      for (const { sk, staleMark, staleSince } of value.Items ?? []) {
        yield { source, hour: sk?.S ?? '', mark: staleMark?.S ?? '', since: Number(staleSince?.N) };
      }
    }
  }

  /**
   * Takes a mark away, once the derived files hold what was there when it was read.
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

  async #explained<T>(action: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explainAwsError(`dynamodb:${action} on ${this.#table}`, error, this.#signal);
    }
  }
}

function keyOf(source: AuditSource, hour: ArchiveHour) {
  return { pk: { S: ARCHIVE_TABLE_KEYS.stale(source) }, sk: { S: hour } };
}

import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { notificationMemoryKey } from '../../contract/trail.ts';
import { explainAwsError } from '../shared/aws-errors.ts';

/** What was last seen of a bucket's notifications. */
export interface NotificationSighting {
  /** Milliseconds since 1970. */
  readonly lastSeenOn: number;
  /** The latest look found them off. */
  readonly missing: boolean;
}

/**
 * Remembers when a bucket's notifications were last seen to be on, in an item of the ledger's table that does not
 * expire. A metric would not do: it cannot be read back as of the time when it was right.
 */
export class NotificationMemory {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;
  readonly #key: Record<string, { readonly S: string }>;

  constructor(dynamoDb: DynamoDBClient, table: string, bucket: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
    this.#key = { [LEDGER_PARTITION_KEY]: { S: notificationMemoryKey(bucket) } };
  }

  async recall(signal: AbortSignal): Promise<NotificationSighting | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true });
    const { Item } = await this.#explained(
      'dynamodb:GetItem',
      this.#dynamoDb.send(command, { abortSignal: signal }),
      signal,
    );
    const seen = Item?.lastSeenOn?.N;
    return seen === undefined
      ? undefined
      : { lastSeenOn: Number(seen), missing: Item?.isMissing?.BOOL ?? false };
  }

  /** They are on, and nothing is left to be listed. */
  seenOn(at: number, signal: AbortSignal): Promise<void> {
    return this.#note({ lastSeenOn: at, missing: false }, signal);
  }

  /** They are off: what is stored from the last sighting on has to be listed when they are back. */
  seenOff(lastSeenOn: number, signal: AbortSignal): Promise<void> {
    return this.#note({ lastSeenOn, missing: true }, signal);
  }

  async #note({ lastSeenOn, missing }: NotificationSighting, signal: AbortSignal): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: 'SET lastSeenOn = :at, isMissing = :missing',
      ExpressionAttributeValues: { ':at': { N: String(lastSeenOn) }, ':missing': { BOOL: missing } },
    });
    await this.#explained(
      'dynamodb:UpdateItem',
      this.#dynamoDb.send(command, { abortSignal: signal }),
      signal,
    );
  }

  async #explained<T>(action: string, call: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw explainAwsError(`${action} on ${this.#table}`, error, signal);
    }
  }
}

import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
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
 * Remembers whether this stack has switched a bucket's notifications on, and when they were last seen to be on, in an item of the ledger's table that does not
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
    const item = await this.#read(signal);
    const seen = item?.lastSeenOn?.N;
    return seen === undefined
      ? undefined
      : { lastSeenOn: Number(seen), missing: item?.isMissing?.BOOL ?? false };
  }

  /**
   * When this stack began to switch them on, in milliseconds since 1970; `undefined` where they were on without it.
   * Written before the act, it tells our addition from its owner's even where the act was never answered.
   */
  async recallOurs(signal: AbortSignal): Promise<number | undefined> {
    const at = (await this.#read(signal))?.switchedOnAt?.N;
    return at === undefined ? undefined : Number(at);
  }

  async noteOurs(at: number, signal: AbortSignal): Promise<void> {
    await this.#update('SET switchedOnAt = :at', { ':at': { N: String(at) } }, signal);
  }

  /** They are off again. */
  async forgetOurs(signal: AbortSignal): Promise<void> {
    await this.#update('REMOVE switchedOnAt', undefined, signal);
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
    const values = { ':at': { N: String(lastSeenOn) }, ':missing': { BOOL: missing } };
    await this.#update('SET lastSeenOn = :at, isMissing = :missing', values, signal);
  }

  async #read(signal: AbortSignal): Promise<Record<string, AttributeValue> | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true });
    const answer = this.#dynamoDb.send(command, { abortSignal: signal });
    return (await this.#explained('dynamodb:GetItem', answer, signal)).Item;
  }

  async #update(
    expression: string,
    values: Record<string, AttributeValue> | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: expression,
      ExpressionAttributeValues: values,
    });
    const answer = this.#dynamoDb.send(command, { abortSignal: signal });
    await this.#explained('dynamodb:UpdateItem', answer, signal);
  }

  async #explained<T>(action: string, call: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw explainAwsError(`${action} on ${this.#table}`, error, signal);
    }
  }
}

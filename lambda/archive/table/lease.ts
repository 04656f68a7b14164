/** Items of the archive's table that only one may work on at a time. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { explainAwsError } from '../../shared/aws-errors.ts';

export type Item = Record<string, AttributeValue>;

/** An item's key, as `ARCHIVE_TABLE_KEYS` makes it. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Another run has taken over: this one has no say any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface LeaseTable {
  readonly dynamoDb: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a try to take a lease found. */
export interface LeaseTry {
  readonly isOurs: boolean;
  /** The item as it is now, whoever holds it. */
  readonly item: Item;
}

/**
 * A lease in an item, and whatever else its holder keeps there.
 *
 * It lasts until a time that is set at the beginning and not moved: the end of the function that holds it, behind which nothing
 * of it runs any more. Every method throws AwsCallError where DynamoDB does not do its part.
 */
export class LeasedItem {
  readonly #table: LeaseTable;
  readonly #key: ItemKey;
  readonly #owner: string;

  /** @param owner another one for each run. */
  constructor(table: LeaseTable, key: ItemKey, owner: string) {
    this.#table = table;
    this.#key = key;
    this.#owner = owner;
  }

  /**
   * Takes the lease if nobody has it, or its holder's time is over.
   *
   * @param until milliseconds since the epoch.
   * @param initial attributes that are set where the item does not have them yet.
   */
  async take(until: number, now: number, initial: Item = {}): Promise<LeaseTry> {
    const setInitial = Object.keys(initial).map((name) => `, ${name} = if_not_exists(${name}, :${name})`);
    try {
      const { Attributes = {} } = await this.#update({
        UpdateExpression: `SET leaseOwner = :owner, leaseUntil = :until${setInitial.join('')}`,
        ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseOwner = :owner',
        ExpressionAttributeValues: {
          ':owner': { S: this.#owner },
          ':until': { N: String(until) },
          ':now': { N: String(now) },
          ...placeholders(initial),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return { isOurs: true, item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { isOurs: false, item: error.Item ?? {} };
      }
      throw this.#explained(error);
    }
  }

  /**
   * Sets attributes of the item, removes others, and goes on holding it.
   *
   * @throws LeaseLostError
   */
  async write(attributes: Item, removed: readonly string[] = []): Promise<void> {
    const remove = removed.length === 0 ? '' : ` REMOVE ${removed.join(', ')}`;
    await this.#writeAsOwner(`${setOf(attributes)}${remove}`, placeholders(attributes));
  }

  /**
   * Gives the lease back, with a last word.
   *
   * @throws LeaseLostError
   */
  async release(attributes: Item = {}): Promise<void> {
    const set = Object.keys(attributes).length === 0 ? '' : `${setOf(attributes)} `;
    await this.#writeAsOwner(`${set}REMOVE leaseOwner, leaseUntil`, placeholders(attributes));
  }

  async #writeAsOwner(UpdateExpression: string, values: Item): Promise<void> {
    try {
      await this.#update({
        UpdateExpression,
        ConditionExpression: 'leaseOwner = :owner',
        ExpressionAttributeValues: { ':owner': { S: this.#owner }, ...values },
      });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        throw new LeaseLostError(
          `Another run has taken over ${this.#key.pk}: this one took longer than it may.`,
          { cause: error },
        );
      }
      throw this.#explained(error);
    }
  }

  #update(input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) {
    const { dynamoDb, table, signal } = this.#table;
    const Key = { pk: { S: this.#key.pk }, sk: { S: this.#key.sk } };
    return dynamoDb.send(new UpdateItemCommand({ TableName: table, Key, ...input }), {
      abortSignal: signal,
    });
  }

  #explained(error: unknown): Error {
    const { table, signal } = this.#table;
    return explainAwsError(`dynamodb:UpdateItem on ${table}`, error, signal);
  }
}

function setOf(attributes: Item): string {
  return `SET ${Object.keys(attributes)
    .map((name) => `${name} = :${name}`)
    .join(', ')}`;
}

function placeholders(attributes: Item): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value]));
}

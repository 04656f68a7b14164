import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LEDGER_PARTITION_KEY } from '../contract/ledger.ts';
import { PAUSE_KEY } from '../contract/pause.ts';
import { askAws } from './aws.ts';

/** What is remembered of a pause, for whoever resumes. */
export interface Pause {
  readonly since: Date;
  /** Whether files waited in the queue already when it began. */
  readonly withBacklog: boolean;
}

/** Remembers a pause in the ledger's table, in an item that does not expire. */
export class PauseMark {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;
  readonly #key = { [LEDGER_PARTITION_KEY]: { S: PAUSE_KEY } };

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
  }

  async read(): Promise<Pause | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true });
    const { Item } = await askAws('DynamoDB', () => this.#dynamoDb.send(command));
    return pauseIn(Item);
  }

  /** Of two pauses the first counts. @returns the one that is remembered. */
  async set({ since, withBacklog }: Pause): Promise<Pause> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression:
        'SET pausedAt = if_not_exists(pausedAt, :since), withBacklog = if_not_exists(withBacklog, :backlog)',
      ExpressionAttributeValues: { ':since': { S: since.toISOString() }, ':backlog': { BOOL: withBacklog } },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes } = await askAws('DynamoDB', () => this.#dynamoDb.send(command));
    return pauseIn(Attributes) ?? { since, withBacklog };
  }

  /** Forgets that pause, and not another that has begun since. */
  async remove({ since }: Pause): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.#table,
      Key: this.#key,
      ConditionExpression: 'attribute_not_exists(pausedAt) OR pausedAt = :since',
      ExpressionAttributeValues: { ':since': { S: since.toISOString() } },
    });
    try {
      await askAws('DynamoDB', () => this.#dynamoDb.send(command));
    } catch (error) {
      if (!((error as Error).cause instanceof ConditionalCheckFailedException)) {
        throw error;
      }
      // Somebody has resumed, and paused again: that pause is theirs.
    }
  }
}

type Item = Record<string, { readonly S?: string; readonly BOOL?: boolean }> | undefined;

function pauseIn(item: Item): Pause | undefined {
  const since = item?.pausedAt?.S;
  return since === undefined
    ? undefined
    : { since: new Date(since), withBacklog: item?.withBacklog?.BOOL ?? true };
}

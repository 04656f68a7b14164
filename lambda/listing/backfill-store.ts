import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Backfill,
  type BackfillOrder,
  type BackfillProgress,
  backfillKey,
  backfillOrderSchema,
  backfillProgressSchema,
} from '../../contract/backfill.ts';
import { LEDGER_DAYS, LEDGER_EXPIRY_ATTRIBUTE, LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';

/** Somebody else has gone on with the backfill meanwhile: another invocation, or a command. */
export class BackfillTakenOverError extends Error {
  override readonly name = 'BackfillTakenOverError';
}

/** Keeps backfills in the ledger's table, one item each. Every write is conditional on what was read. */
export class BackfillStore {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
  }

  async read(id: string, signal?: AbortSignal): Promise<Backfill | undefined> {
    const { Item } = await this.#dynamoDb.send(
      new GetItemCommand({ TableName: this.#table, Key: keyOf(id), ConsistentRead: true }),
      { abortSignal: signal },
    );
    if (Item === undefined) {
      return undefined;
    }
    return {
      id,
      order: backfillOrderSchema.parse(JSON.parse(Item.backfillOrder?.S ?? '')),
      progress: backfillProgressSchema.parse(JSON.parse(Item.backfillProgress?.S ?? '')),
      chain: Number(Item.chain?.N),
      revision: Number(Item.revision?.N),
    };
  }

  /**
   * Begins a backfill, or one of the same id anew, or goes on with it in a new chain of messages.
   *
   * @param former as it was read; nothing where there is none yet.
   * @throws BackfillTakenOverError
   */
  async begin(
    id: string,
    state: { readonly order: BackfillOrder; readonly progress: BackfillProgress },
    former: Backfill | undefined,
  ): Promise<Backfill> {
    const next = {
      id,
      ...state,
      chain: (former?.chain ?? 0) + 1,
      revision: (former?.revision ?? 0) + 1,
    };
    await this.#write(next, former);
    return next;
  }

  /**
   * Notes how far it has come.
   *
   * @throws BackfillTakenOverError
   */
  async note(backfill: Backfill, progress: BackfillProgress, signal?: AbortSignal): Promise<Backfill> {
    const next = { ...backfill, progress, revision: backfill.revision + 1 };
    await this.#write(next, backfill, signal);
    return next;
  }

  async #write(next: Backfill, former: Backfill | undefined, signal?: AbortSignal): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyOf(next.id),
      UpdateExpression:
        'SET backfillOrder = :order, backfillProgress = :progress, #chain = :chain, revision = :revision, #expiry = :expiry',
      ConditionExpression: former === undefined ? 'attribute_not_exists(revision)' : 'revision = :former',
      ExpressionAttributeNames: { '#expiry': LEDGER_EXPIRY_ATTRIBUTE, '#chain': 'chain' },
      ExpressionAttributeValues: {
        ':order': { S: JSON.stringify(next.order) },
        ':progress': { S: JSON.stringify(next.progress) },
        ':chain': { N: String(next.chain) },
        ':revision': { N: String(next.revision) },
        ':expiry': { N: String(Math.floor(Date.now() / 1000) + LEDGER_DAYS * 86_400) },
        ...(former === undefined ? {} : { ':former': { N: String(former.revision) } }),
      },
    });
    try {
      await this.#dynamoDb.send(command, { abortSignal: signal });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        throw new BackfillTakenOverError(`Somebody else has gone on with the backfill ${next.id}.`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}

function keyOf(id: string) {
  return { [LEDGER_PARTITION_KEY]: { S: backfillKey(id) } };
}

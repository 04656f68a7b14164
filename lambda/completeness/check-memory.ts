import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import type { DigestSeries } from '../../contract/completeness.ts';
import {
  type AccountsMemory,
  accountsMemoryKey,
  accountsMemorySchema,
  MEMORY_ATTRIBUTE,
  type RegionsMemory,
  type RoundMemory,
  regionsMemoryKey,
  regionsMemorySchema,
  roundMemoryKey,
  roundMemorySchema,
  type SeriesMemory,
  seriesMemoryKey,
  seriesMemorySchema,
} from '../../contract/completeness-round.ts';
import { LEDGER_DAYS, LEDGER_EXPIRY_ATTRIBUTE, LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import { logger } from '../shared/logger.ts';
import { digestFolderOf } from './digest-key.ts';
import { accountFolderOf, type TrailAccount } from './series-discovery.ts';

const SECOND_MS = 1000;
const DAY_SECONDS = 24 * 60 * 60;

/** How far the check has come, in items of the ledger's table, which expire as the ledger's do. */
export class CheckMemory {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #bucket: string;
  readonly #signal: AbortSignal;

  constructor(client: DynamoDBClient, table: string, bucket: string, signal: AbortSignal) {
    this.#client = client;
    this.#table = table;
    this.#bucket = bucket;
    this.#signal = signal;
  }

  recallRound(): Promise<RoundMemory | undefined> {
    return this.#recall(roundMemoryKey(this.#bucket), roundMemorySchema);
  }

  rememberRound(memory: RoundMemory): Promise<void> {
    return this.#remember(roundMemoryKey(this.#bucket), memory);
  }

  recallSeries(series: DigestSeries): Promise<SeriesMemory | undefined> {
    return this.#recall(seriesMemoryKey(this.#bucket, digestFolderOf(series)), seriesMemorySchema);
  }

  rememberSeries(series: DigestSeries, memory: SeriesMemory): Promise<void> {
    return this.#remember(seriesMemoryKey(this.#bucket, digestFolderOf(series)), memory);
  }

  recallAccounts(): Promise<AccountsMemory | undefined> {
    return this.#recall(accountsMemoryKey(this.#bucket), accountsMemorySchema);
  }

  rememberAccounts(memory: AccountsMemory): Promise<void> {
    return this.#remember(accountsMemoryKey(this.#bucket), memory);
  }

  recallRegions(account: TrailAccount): Promise<RegionsMemory | undefined> {
    return this.#recall(regionsMemoryKey(this.#bucket, accountFolderOf(account)), regionsMemorySchema);
  }

  rememberRegions(account: TrailAccount, memory: RegionsMemory): Promise<void> {
    return this.#remember(regionsMemoryKey(this.#bucket, accountFolderOf(account)), memory);
  }

  async #recall<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: { [LEDGER_PARTITION_KEY]: { S: key } },
      ConsistentRead: true,
    });
    try {
      const { Item } = await this.#client.send(command, { abortSignal: this.#signal });
      return parsed(key, Item?.[MEMORY_ATTRIBUTE]?.S, schema);
    } catch (error) {
      throw explainAwsError(`dynamodb:GetItem on ${this.#table}`, error, this.#signal);
    }
  }

  async #remember(key: string, memory: object): Promise<void> {
    const expiry = Math.floor(Date.now() / SECOND_MS) + LEDGER_DAYS * DAY_SECONDS;
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: {
        [LEDGER_PARTITION_KEY]: { S: key },
        [MEMORY_ATTRIBUTE]: { S: JSON.stringify(memory) },
        [LEDGER_EXPIRY_ATTRIBUTE]: { N: String(expiry) },
      },
    });
    try {
      await this.#client.send(command, { abortSignal: this.#signal });
    } catch (error) {
      throw explainAwsError(`dynamodb:PutItem on ${this.#table}`, error, this.#signal);
    }
  }
}

/** What a later version wrote, or somebody's hand, is no memory of ours: the check begins anew, and says so. */
function parsed<T>(key: string, text: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (text === undefined) {
    return undefined;
  }
  const { data, error } = schema.safeParse(json(text));
  if (error !== undefined) {
    logger.error('What the completeness check remembers cannot be read: it begins anew', { key, error });
  }
  return data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not what we write: the schema refuses it.
    return undefined;
  }
}

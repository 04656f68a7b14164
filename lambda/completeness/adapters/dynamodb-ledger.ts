import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LEDGER_PARTITION_KEY } from '../../../contract/ledger.ts';
import { explainAwsError } from '../../shared/aws-errors.ts';
import { withRetries } from '../../shared/retry.ts';
import type { LedgerEntry, LedgerLookup } from '../ports.ts';

/** DynamoDB answered a part of what it was asked, several times over. */
class UnprocessedError extends Error {
  override readonly name = 'UnprocessedError';
}

const ATTEMPTS = 8;

/** The ledger's entries, read as they were a moment ago: what is asked about was delivered hours before. */
export class DynamoDbLedger implements LedgerLookup {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #signal: AbortSignal;

  constructor(client: DynamoDBClient, table: string, signal: AbortSignal) {
    this.#client = client;
    this.#table = table;
    this.#signal = signal;
  }

  async entries(keys: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>> {
    const entries = new Map<string, LedgerEntry>();
    let waiting: Record<string, AttributeValue>[] = keys.map((key) => ({
      [LEDGER_PARTITION_KEY]: { S: key },
    }));
    const askForWaiting = async () => {
      const { Responses, UnprocessedKeys } = await this.#client.send(this.#question(waiting), {
        abortSignal: this.#signal,
      });
      for (const item of Responses?.[this.#table] ?? []) {
        entries.set(item[LEDGER_PARTITION_KEY]?.S ?? '', entryOf(item));
      }
      waiting = UnprocessedKeys?.[this.#table]?.Keys ?? [];
      if (waiting.length > 0) {
        throw new UnprocessedError(`DynamoDB left out ${waiting.length} of ${keys.length} keys.`);
      }
    };
    if (waiting.length === 0) {
      return entries;
    }
    try {
      await withRetries(askForWaiting, {
        attempts: ATTEMPTS,
        signal: this.#signal,
        decide: (error) => ({ retry: error instanceof UnprocessedError }),
      });
    } catch (error) {
      throw explainAwsError(`dynamodb:BatchGetItem on ${this.#table}`, error, this.#signal);
    }
    return entries;
  }

  #question(Keys: Record<string, AttributeValue>[]): BatchGetItemCommand {
    return new BatchGetItemCommand({
      RequestItems: {
        [this.#table]: {
          Keys,
          ProjectionExpression: '#object, #state, sha256, failure',
          ExpressionAttributeNames: { '#object': LEDGER_PARTITION_KEY, '#state': 'state' },
        },
      },
    });
  }
}

function entryOf({ state, sha256, failure }: Record<string, AttributeValue>): LedgerEntry {
  return {
    state: state?.S === 'acknowledged' ? 'acknowledged' : 'forwarding',
    ...(sha256?.S === undefined ? {} : { sha256: sha256.S }),
    ...(failure?.S === undefined ? {} : { failure: failure.S }),
  };
}

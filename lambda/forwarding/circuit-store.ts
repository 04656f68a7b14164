import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type CircuitState,
  circuitKey,
  OPENING_ATTRIBUTES,
  type Opening,
  openingAttributes,
  readCircuit,
} from '../../contract/circuit.ts';
import { LEDGER_EXPIRY_ATTRIBUTE, LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { ledgerExpiry } from './ledger.ts';

type Item = Record<string, AttributeValue>;

/** The circuit's item, changed by compare and set. Every method throws what DynamoDB throws. */
export class CircuitStore {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #table: string;
  readonly #key: Item;

  constructor(client: Pick<DynamoDBClient, 'send'>, table: string, destination: string) {
    this.#client = client;
    this.#table = table;
    this.#key = { [LEDGER_PARTITION_KEY]: { S: circuitKey(destination) } };
  }

  /** Eventually consistent: whoever acts on it finds out by the condition on the write. */
  async read(signal: AbortSignal): Promise<CircuitState> {
    const command = new GetItemCommand({ TableName: this.#table, Key: this.#key });
    const { Item } = await this.#client.send(command, { abortSignal: signal });
    return readCircuit(Item);
  }

  /**
   * Writes the state that follows the one that was seen, unless another was written since.
   *
   * @returns the state that holds now: the one asked for, or the other.
   */
  async change(
    seen: CircuitState,
    opening: Opening | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly won: boolean; readonly state: CircuitState }> {
    const revision = seen.revision + 1;
    const seenRevision =
      seen.revision === 0 ? (seen.foreign as AttributeValue | undefined) : { N: String(seen.revision) };
    const set: Item = {
      revision: { N: String(revision) },
      [LEDGER_EXPIRY_ATTRIBUTE]: ledgerExpiry(),
      ...(opening === undefined ? {} : openingAttributes(opening)),
    };
    const names = Object.keys(set);
    const remove = opening === undefined ? ` REMOVE ${OPENING_ATTRIBUTES.join(', ')}` : '';
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}${remove}`,
      ConditionExpression: seenRevision === undefined ? 'attribute_not_exists(revision)' : 'revision = :seen',
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ...(seenRevision === undefined ? {} : { ':seen': seenRevision }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command, { abortSignal: signal });
      return { won: true, state: { revision, opening } };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { won: false, state: readCircuit(error.Item) };
      }
      throw error;
    }
  }
}

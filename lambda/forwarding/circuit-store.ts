import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { circuitKey, PAUSING_REASONS } from '../../contract/circuit.ts';
import { LEDGER_EXPIRY_ATTRIBUTE, LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { type CircuitState, type Pause, UNKNOWN } from './circuit-state.ts';
import { ledgerExpiry } from './ledger.ts';

type Item = Record<string, AttributeValue>;

const MAXIMUM_DETAIL_CHARACTERS = 500;
const PAUSE_ATTRIBUTES = ['openedAt', 'openUntil', 'openings', 'probing', 'reason', 'detail'];

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
    return stateOf(Item);
  }

  /**
   * Writes the state that follows the one that was seen, unless another was written since.
   *
   * @returns the state that holds now: the one asked for, or the other.
   */
  async change(
    seen: CircuitState,
    pause: Pause | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly won: boolean; readonly state: CircuitState }> {
    const revision = seen.revision + 1;
    const set: Item = {
      revision: { N: String(revision) },
      [LEDGER_EXPIRY_ATTRIBUTE]: ledgerExpiry(),
      ...(pause === undefined ? {} : attributesOf(pause)),
    };
    const names = Object.keys(set);
    const remove = pause === undefined ? ` REMOVE ${PAUSE_ATTRIBUTES.join(', ')}` : '';
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}${remove}`,
      ConditionExpression: seen.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :seen',
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ...(seen.revision === 0 ? {} : { ':seen': { N: String(seen.revision) } }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command, { abortSignal: signal });
      return { won: true, state: { revision, pause } };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { won: false, state: stateOf(error.Item) };
      }
      throw error;
    }
  }
}

function attributesOf({ openedAt, until, openings, probing, reason, detail }: Pause): Item {
  return {
    openedAt: { N: String(openedAt) },
    openUntil: { N: String(until) },
    openings: { N: String(openings) },
    probing: { BOOL: probing },
    reason: { S: reason },
    detail: { S: detail.slice(0, MAXIMUM_DETAIL_CHARACTERS) },
  };
}

/** What cannot be understood does not keep the circuit open. */
function stateOf(item: Item | undefined): CircuitState {
  if (item === undefined) {
    return UNKNOWN;
  }
  const number = (name: string) => Number(item[name]?.N);
  const [openedAt, until, openings] = [number('openedAt'), number('openUntil'), number('openings')];
  const reason = PAUSING_REASONS.find((known) => known === item.reason?.S);
  const isOpen = [openedAt, until, openings].every(Number.isFinite) && reason !== undefined;
  const pause: Pause | undefined = isOpen
    ? {
        openedAt,
        until,
        openings,
        reason,
        probing: item.probing?.BOOL ?? false,
        detail: item.detail?.S ?? '',
      }
    : undefined;
  return { revision: number('revision') || 0, pause };
}

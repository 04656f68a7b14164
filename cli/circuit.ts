/** What a person wants to know of the circuit before a stack's destination. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { circuitKey, type Opening, readCircuit } from '../contract/circuit.ts';
import { LEDGER_PARTITION_KEY } from '../contract/ledger.ts';
import { askAws } from './aws.ts';

export type CircuitStatus = ClosedCircuit | OpenCircuit;

export interface ClosedCircuit {
  readonly isOpen: false;
}

/** Files wait in the queue, unread, and one of them is tried from time to time. Times are ISO 8601. */
export interface OpenCircuit {
  readonly isOpen: true;
  readonly since: string;
  readonly reason: Opening['reason'];
  /** The destination's words, or what its token could not be read for. */
  readonly detail: string;
  /** Whether a file is being tried just now. */
  readonly isTried: boolean;
  /** From then on the next file that comes is tried. */
  readonly nextTry: string;
}

/** @throws UserError where DynamoDB refuses or cannot be reached. */
export async function readCircuitStatus(
  dynamoDb: DynamoDBClient,
  table: string,
  destination: string,
): Promise<CircuitStatus> {
  const command = new GetItemCommand({
    TableName: table,
    Key: { [LEDGER_PARTITION_KEY]: { S: circuitKey(destination) } },
    ConsistentRead: true,
  });
  const { Item } = await askAws('DynamoDB', () => dynamoDb.send(command));
  const { opening } = readCircuit(Item);
  return opening === undefined ? { isOpen: false } : statusOf(opening);
}

function statusOf({ openedAt, until, probing, reason, detail }: Opening): OpenCircuit {
  return {
    isOpen: true,
    since: new Date(openedAt).toISOString(),
    reason,
    detail,
    isTried: probing,
    nextTry: new Date(until).toISOString(),
  };
}

/** Such as `open since … (DestinationUnavailable: It answered 503.), next try …`. */
export function circuitInWords(circuit: CircuitStatus, now: number = Date.now()): string {
  if (!circuit.isOpen) {
    return 'closed';
  }
  const { since, reason, detail, isTried, nextTry } = circuit;
  const why = detail === '' ? reason : `${reason}: ${detail}`;
  return `open since ${since} (${why}), ${tryInWords(isTried, nextTry, now)}`;
}

function tryInWords(isTried: boolean, nextTry: string, now: number): string {
  if (Date.parse(nextTry) <= now) {
    return 'next try with the next file';
  }
  return isTried ? 'being tried now' : `next try ${nextTry}`;
}

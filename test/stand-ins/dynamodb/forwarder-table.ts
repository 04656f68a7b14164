import type { GetItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb';
import { circuitKey } from '../../../contract/circuit.ts';
import { LEDGER_PARTITION_KEY } from '../../../contract/ledger.ts';
import type { Item } from './expressions.ts';
import { Table } from './table.ts';

/** What the forwarder writes an object's item for. */
export type LedgerWrite = 'claim' | 'progress' | 'acknowledge' | 'release';

/** What the forwarder writes an item for. */
export type ForwarderWrite = LedgerWrite | 'circuit';

export function writeOf({ Key, UpdateExpression = '' }: UpdateItemInput): ForwarderWrite {
  if (isCircuit(Key)) {
    return 'circuit';
  }
  if (UpdateExpression.includes('leaseOwner = ')) {
    return 'claim';
  }
  if (UpdateExpression.includes('sha256 = ')) {
    return 'acknowledge';
  }
  return UpdateExpression.includes('failure = ') ? 'release' : 'progress';
}

/** The table as the forwarder uses it, watched. */
export class ForwarderTable extends Table {
  readonly ledgerWrites: LedgerWrite[] = [];
  /** Called before every write to an object's item; may throw. */
  onLedgerWrite: (write: LedgerWrite) => void = () => undefined;
  /** Called before every read and write of a circuit's item; may throw. */
  onCircuitCall: () => void = () => undefined;

  /** The item of the circuit, where there is one. */
  get circuit(): Item | undefined {
    return [...this.items].find(([key]) => key.startsWith(circuitKey('')))?.[1];
  }

  override getItem(input: GetItemInput): { Item?: Item } {
    if (isCircuit(input.Key)) {
      this.onCircuitCall();
    }
    return super.getItem(input);
  }

  override updateItem(input: UpdateItemInput): { Attributes?: Item } {
    const write = writeOf(input);
    if (write === 'circuit') {
      this.onCircuitCall();
    } else {
      this.onLedgerWrite(write);
      this.ledgerWrites.push(write);
    }
    return super.updateItem(input);
  }
}

function isCircuit(key: Item | undefined): boolean {
  return key?.[LEDGER_PARTITION_KEY]?.S?.startsWith(circuitKey('')) ?? false;
}

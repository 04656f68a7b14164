import {
  ConditionalCheckFailedException,
  type GetItemInput,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../../test/stand-ins/dynamodb/expressions.ts';
import { type ForwarderWrite, writeOf } from '../../test/stand-ins/dynamodb/forwarder-table.ts';
import { Table } from '../../test/stand-ins/dynamodb/table.ts';
import type { Moments } from '../moments.ts';
import { type AwsAnswer, failure, success } from './aws-answer.ts';

const BEFORE = {
  claim: 'before the claim',
  progress: 'before progress is noted',
  acknowledge: 'before the ledger says acknowledged',
  release: 'before the lease is given back',
  circuit: 'before the circuit changes',
} as const;

const AFTER = {
  claim: 'after the claim',
  progress: 'after progress is noted',
  acknowledge: 'after the ledger says acknowledged',
  release: 'after the lease is given back',
  circuit: 'after the circuit changed',
} as const;

/** The table behind DynamoDB's protocol, with a moment before and after each write. */
export class DynamoDbStandIn {
  /** Every state that the circuit's item had. */
  readonly circuitStates: Item[] = [];
  readonly #table = new Table();
  readonly #moments: Moments;

  constructor(moments: Moments) {
    this.#moments = moments;
  }

  /** By partition key. */
  get items(): Map<string, Item> {
    return this.#table.items;
  }

  getItem(input: GetItemInput): AwsAnswer {
    return success(this.#table.getItem(input));
  }

  async updateItem(input: UpdateItemInput): Promise<AwsAnswer> {
    const write = writeOf(input);
    await this.#moments.come(BEFORE[write]);
    const answer = this.#update(input, write);
    await this.#moments.come(AFTER[write]);
    return answer;
  }

  #update(input: UpdateItemInput, write: ForwarderWrite): AwsAnswer {
    try {
      const { Attributes, ...answer } = this.#table.updateItem({ ...input, ReturnValues: 'ALL_NEW' });
      if (write === 'circuit' && Attributes !== undefined) {
        this.circuitStates.push(Attributes);
      }
      return success(input.ReturnValues === 'ALL_NEW' ? { ...answer, Attributes } : answer);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw error;
      }
      // An answer of DynamoDB's, like any other.
      return failure(400, error.name, error.message, error.Item === undefined ? {} : { Item: error.Item });
    }
  }
}

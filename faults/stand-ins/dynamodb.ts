import type { Moments } from '../moments.ts';
import { type AwsAnswer, failure, success } from './aws-answer.ts';
import { type Item, meets, updated, type Value } from './expressions.ts';

interface Input {
  readonly Key: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Value>;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** What the forwarder writes an item for. */
export type WriteKind = 'claim' | 'progress' | 'acknowledge' | 'release' | 'circuit';

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

/** One table with the partition key `object`. */
export class DynamoDbStandIn {
  readonly items = new Map<string, Item>();
  /** Every state that the circuit's item had. */
  readonly circuitStates: Item[] = [];
  readonly #moments: Moments;

  constructor(moments: Moments) {
    this.#moments = moments;
  }

  getItem({ Key }: Input): AwsAnswer {
    const item = this.items.get(keyOf(Key));
    return success(item === undefined ? {} : { Item: item });
  }

  async updateItem(input: Input): Promise<AwsAnswer> {
    const kind = kindOf(input);
    await this.#moments.come(BEFORE[kind]);
    const answer = this.#update(input, kind);
    await this.#moments.come(AFTER[kind]);
    return answer;
  }

  #update(input: Input, kind: WriteKind): AwsAnswer {
    const { Key, UpdateExpression = '', ConditionExpression, ReturnValues } = input;
    const key = keyOf(Key);
    const item = this.items.get(key);
    const given = { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
    if (ConditionExpression !== undefined && !meets(ConditionExpression, item ?? {}, given)) {
      const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
      return failure(400, 'ConditionalCheckFailedException', 'The conditional request failed', {
        ...(shown ? { Item: item } : {}),
      });
    }
    const next = updated(UpdateExpression, item ?? Key, given);
    this.items.set(key, next);
    if (kind === 'circuit') {
      this.circuitStates.push(next);
    }
    return success(ReturnValues === 'ALL_NEW' ? { Attributes: next } : {});
  }
}

export function kindOf({ Key, UpdateExpression = '' }: Pick<Input, 'Key' | 'UpdateExpression'>): WriteKind {
  if (keyOf(Key).startsWith('#circuit/')) {
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

function keyOf(key: Item): string {
  return key.object?.S ?? '';
}

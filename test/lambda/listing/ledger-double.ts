/** Backfills in the ledger's table: one item each, written on the condition that nobody else has written. */
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Record<string, { readonly S?: string; readonly N?: string }>;

export interface LedgerDouble {
  readonly mock: ReturnType<typeof newMock>;
  /** By partition key. */
  readonly items: Map<string, Item>;
}

export function ledgerDouble(): LedgerDouble {
  const mock = newMock();
  const items = new Map<string, Item>();
  mock.reset();
  mock.onAnyCommand().callsFake((input) => {
    throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
  });
  mock.on(GetItemCommand).callsFake(({ Key }) => ({ Item: items.get(Key.object.S) }));
  mock.on(UpdateItemCommand).callsFake((input) => {
    const { Key, ExpressionAttributeValues: values, ConditionExpression: condition } = input;
    const former = items.get(Key.object.S);
    const holds =
      condition === 'attribute_not_exists(revision)'
        ? former === undefined
        : condition === 'revision = :former' && former?.revision?.N === values[':former'].N;
    if (!holds) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
    items.set(Key.object.S, {
      backfillOrder: values[':order'],
      backfillProgress: values[':progress'],
      chain: values[':chain'],
      revision: values[':revision'],
    });
    return {};
  });
  return { mock, items };
}

function newMock() {
  return mockClient(DynamoDBClient);
}

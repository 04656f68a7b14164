/** The one item of the ledger's table that a bucket's notifications are remembered in. */
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

export interface MemoryDouble {
  /** By partition key. */
  readonly items: Map<string, { lastSeenOn?: number; isMissing?: boolean }>;
}

export function memoryDouble(): MemoryDouble {
  const double: MemoryDouble = { items: new Map() };
  const mock = mockClient(DynamoDBClient);
  mock.onAnyCommand().callsFake((input) => {
    throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
  });
  mock.on(GetItemCommand).callsFake(({ Key }) => {
    const item = double.items.get(Key.object.S);
    return item === undefined
      ? {}
      : { Item: { lastSeenOn: { N: String(item.lastSeenOn) }, isMissing: { BOOL: item.isMissing } } };
  });
  mock.on(UpdateItemCommand).callsFake(({ Key, ExpressionAttributeValues: values }) => {
    double.items.set(Key.object.S, {
      lastSeenOn: Number(values[':at'].N),
      isMissing: values[':missing'].BOOL,
    });
    return {};
  });
  return double;
}

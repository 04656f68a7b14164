/** The items of the ledger's table that buckets' notifications are remembered in. */
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { updatedItem } from '../shared/update-expression.ts';

interface Memory {
  lastSeenOn?: number;
  isMissing?: boolean;
  switchedOnAt?: number;
}

export interface MemoryDouble {
  /** By partition key. */
  readonly items: Map<string, Memory>;
}

export function memoryDouble(): MemoryDouble {
  const double: MemoryDouble = { items: new Map() };
  const mock = mockClient(DynamoDBClient);
  mock.onAnyCommand().callsFake((input) => {
    throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
  });
  mock.on(GetItemCommand).callsFake(({ Key }) => {
    const item = double.items.get(Key.object.S);
    return item === undefined ? {} : { Item: stored(item) };
  });
  mock.on(UpdateItemCommand).callsFake(({ Key, UpdateExpression, ExpressionAttributeValues }) => {
    const before = stored(double.items.get(Key.object.S) ?? {});
    double.items.set(Key.object.S, shown(updatedItem(before, UpdateExpression, ExpressionAttributeValues)));
    return {};
  });
  return double;
}

function stored(item: Memory): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => [
      name,
      typeof value === 'boolean' ? { BOOL: value } : { N: String(value) },
    ]),
  );
}

function shown(item: Record<string, AttributeValue>): Memory {
  return Object.fromEntries(
    Object.entries(item).map(([name, { BOOL, N }]) => [name, BOOL === undefined ? Number(N) : BOOL]),
  );
}

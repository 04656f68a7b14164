import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Table } from './table.ts';

/** Has every DynamoDBClient answered by the table from now on; a call that it does not know fails. */
export function mockDynamoDb(table: Table) {
  const mock = mockClient(DynamoDBClient);
  mock.reset();
  mock.onAnyCommand().callsFake((input) => {
    throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
  });
  mock.on(GetItemCommand).callsFake((input) => table.getItem(input));
  mock.on(PutItemCommand).callsFake((input) => table.putItem(input));
  mock.on(UpdateItemCommand).callsFake((input) => table.updateItem(input));
  mock.on(DeleteItemCommand).callsFake((input) => table.deleteItem(input));
  mock.on(QueryCommand).callsFake((input) => table.query(input));
  mock.on(BatchGetItemCommand).callsFake((input) => table.batchGetItem(input));
  return mock;
}

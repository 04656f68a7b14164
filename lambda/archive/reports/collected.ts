/** How far the sources of a report are collected, from their checkpoints. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ARCHIVE_TABLE_KEYS, type AuditSource } from '../../../contract/archive.ts';
import { explainAwsError } from '../../shared/aws-errors.ts';
import type { Collected } from './report-head.ts';

/**
 * @returns of each source that was ever collected, in the order given; the others are switched off, or have just been switched on
 * @throws AwsCallError
 */
export async function readCollected(
  dynamoDb: DynamoDBClient,
  table: string,
  sources: readonly AuditSource[],
): Promise<readonly Collected[]> {
  const found = await Promise.all(sources.map((source) => readOne(dynamoDb, table, source)));
  return found.flatMap((collected) => collected ?? []);
}

async function readOne(
  dynamoDb: DynamoDBClient,
  table: string,
  source: AuditSource,
): Promise<Collected | undefined> {
  const { pk, sk } = ARCHIVE_TABLE_KEYS.checkpoint(source);
  try {
    const { Item } = await dynamoDb.send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: pk }, sk: { S: sk } },
        ConsistentRead: true,
        ProjectionExpression: 'pk, completeUntil',
      }),
    );
    const until = Item?.completeUntil?.N;
    return Item && { source, completeUntil: until === undefined ? undefined : Number(until) };
  } catch (error) {
    throw explainAwsError(`dynamodb:GetItem on ${table}`, error);
  }
}

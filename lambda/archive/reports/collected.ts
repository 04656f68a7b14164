/** How far sources are collected, from their checkpoints. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { ARCHIVE_TABLE_KEYS, type AuditSource, type CollectionGap } from '../../../contract/archive.ts';
import { explainAwsError } from '../../shared/aws-errors.ts';
import type { Collected } from './completeness.ts';

/** How a source stands. */
export interface SourceStanding extends Collected {
  /** Of the last run that came to its end; `undefined` before the first. */
  readonly lastRun: { readonly endedAt: number; readonly hasFailed: boolean } | undefined;
}

const collectionGaps = z.array(z.object({ from: z.number(), to: z.number() }));

/** @throws ZodError where the text is none that a collector writes. */
function gapsIn(text: string | undefined): readonly CollectionGap[] {
  return text === undefined ? [] : collectionGaps.parse(JSON.parse(text));
}

/**
 * @returns of each source that was ever collected, in the order given; the others are switched off, or have just been switched on
 * @throws AwsCallError
 */
export async function readCollected(
  dynamoDb: DynamoDBClient,
  table: string,
  sources: readonly AuditSource[],
): Promise<readonly SourceStanding[]> {
  const found = await Promise.all(sources.map((source) => readOne(dynamoDb, table, source)));
  return found.flatMap((collected) => collected ?? []);
}

async function readOne(
  dynamoDb: DynamoDBClient,
  table: string,
  source: AuditSource,
): Promise<SourceStanding | undefined> {
  const { pk, sk } = ARCHIVE_TABLE_KEYS.checkpoint(source);
  try {
    const { Item } = await dynamoDb.send(
      new GetItemCommand({
        TableName: table,
        Key: { pk: { S: pk }, sk: { S: sk } },
        ConsistentRead: true,
        ProjectionExpression: 'pk, completeUntil, since, gaps, runEndedAt, runFailed',
      }),
    );
    const until = Item?.completeUntil?.N;
    const endedAt = Item?.runEndedAt?.N;
    return (
      Item && {
        source,
        completeUntil: until === undefined ? undefined : Number(until),
        since: Item.since?.N === undefined ? undefined : Number(Item.since.N),
        gaps: gapsIn(Item.gaps?.S),
        lastRun:
          endedAt === undefined
            ? undefined
            : { endedAt: Number(endedAt), hasFailed: Item.runFailed?.BOOL === true },
      }
    );
  } catch (error) {
    throw explainAwsError(`dynamodb:GetItem on ${table}`, error);
  }
}

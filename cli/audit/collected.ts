/** How far the deployed archive is collected, beside what a command tells of it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AuditSource, SOURCE_NAMES } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { readCollected, type SourceStanding } from '../../lambda/archive/reports/collected.ts';
import { type Collected, lacksInWords, withUndated } from '../../lambda/archive/reports/completeness.ts';
import type { Period } from '../../lambda/archive/reports/period.ts';
import { type AwsOptions, clientConfiguration, type DeployedStack } from '../aws.ts';
import { UserError } from '../errors.ts';
import type { Output } from '../output.ts';
import { archiveOutput, type OpenArchive } from './archive-location.ts';
import { explained } from './reading.ts';

/**
 * @returns of each of the sources that was ever collected.
 * @throws UserError where DynamoDB refuses or cannot be reached.
 */
export function standingsOf(
  stack: DeployedStack,
  options: AwsOptions,
  sources: readonly AuditSource[],
): Promise<readonly SourceStanding[]> {
  const table = archiveOutput(stack, ARCHIVE_OUTPUTS.table, options);
  const dynamoDb = new DynamoDBClient(clientConfiguration({ ...options, region: stack.region }));
  return explained(() => readCollected(dynamoDb, table, sources), 'DynamoDB');
}

/**
 * How far the sources are collected, where that is known: not of a folder or a bucket, nor by who may not read the table.
 *
 * @param output is told where it cannot be read.
 */
export async function collectedWhereKnown(
  { stack, store }: OpenArchive,
  options: AwsOptions,
  sources: readonly AuditSource[],
  output: Output,
): Promise<readonly Collected[] | undefined> {
  if (stack === undefined) {
    return undefined;
  }
  try {
    return await withUndated(await standingsOf(stack, options, sources), store);
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    // The records are there all the same, and may be all that the user is allowed to read.
    output.note(`How far the archive is collected is not known. ${error.message}`);
    return undefined;
  }
}

/**
 * Such as `Collected: Trend Cloud One all of this time; IBM Cloud collected only until 2026-03-01 10:04:05 UTC.`
 *
 * @param period what was asked for; without an end, up to now.
 */
export function collectedInWords(
  collected: readonly Collected[],
  sources: readonly AuditSource[],
  period: Period,
): string {
  const lacks = sources.map((source) => {
    const standing = collected.find((each) => each.source === source);
    return { source, words: lacksInWords(standing, period, 'UTC') };
  });
  if (lacks.every(({ words }) => words.length === 0)) {
    return 'Collected: all of this time.';
  }
  const parts = lacks.map(
    ({ source, words }) => `${SOURCE_NAMES[source]} ${words.join(', and ') || 'all of this time'}`,
  );
  return `Collected: ${parts.join('; ')}.`;
}

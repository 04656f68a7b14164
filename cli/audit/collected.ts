/** How far the deployed archive is collected, beside what a command tells of it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AuditSource, SOURCE_NAMES } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { readCollected, type SourceStanding } from '../../lambda/archive/reports/collected.ts';
import type { Collected } from '../../lambda/archive/reports/report-head.ts';
import { type AwsOptions, clientConfiguration, type DeployedStack } from '../aws.ts';
import { UserError } from '../errors.ts';
import type { Output } from '../output.ts';
import { archiveOutput, type OpenArchive } from './archive-location.ts';
import { clock } from './list-text.ts';
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
  { stack }: OpenArchive,
  options: AwsOptions,
  sources: readonly AuditSource[],
  output: Output,
): Promise<readonly Collected[] | undefined> {
  if (stack === undefined) {
    return undefined;
  }
  try {
    return await standingsOf(stack, options, sources);
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
 * Such as `Collected: Trend Cloud One until 2026-03-01 10:04:05 UTC; IBM Cloud not at all.`
 *
 * @param to the end of what was asked for, in milliseconds since the epoch.
 */
export function collectedInWords(
  collected: readonly Collected[],
  sources: readonly AuditSource[],
  to: number,
): string {
  const of = (source: AuditSource) => collected.find((each) => each.source === source);
  if (sources.every((source) => (of(source)?.completeUntil ?? Number.NEGATIVE_INFINITY) >= to)) {
    return 'Collected: all of this time.';
  }
  const parts = sources.map((source) => `${SOURCE_NAMES[source]} ${untilInWords(of(source))}`);
  return `Collected: ${parts.join('; ')}.`;
}

function untilInWords(collected: Collected | undefined): string {
  if (collected === undefined) {
    return 'not at all';
  }
  const { completeUntil } = collected;
  return completeUntil === undefined ? 'not yet to an end' : `until ${clock(completeUntil)} UTC`;
}

/** `trailbridge audit status`: how the deployed archive stands, source by source. */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Command } from 'commander';
import { AUDIT_SOURCES, type AuditSource, unreadableSourcePrefix } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import type { SourceStanding } from '../../lambda/archive/reports/collected.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { StaleHours } from '../../lambda/archive/table/stale-hours.ts';
import { type AwsOptions, askAws, clientConfiguration, type DeployedStack } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../errors.ts';
import { archiveOptionsOf, archiveOutput, openArchive } from './archive-location.ts';
import { standingsOf } from './collected.ts';
import { explained } from './reading.ts';
import { latestReports, type StoredReport } from './report-fetch.ts';
import { statusText } from './status-text.ts';

/** What `trailbridge audit status --json` prints. Times are ISO 8601. */
export interface ArchiveStatus {
  readonly stack: string;
  /** CloudFormation's status of the stack. */
  readonly stackStatus: string;
  /** Those that are switched on, and those that once were. */
  readonly sources: readonly SourceStatus[];
  /** The latest of each series. */
  readonly reports: readonly StoredReport[];
  /** Those that are off now. */
  readonly alarms: readonly { readonly name: string; readonly since: string | null }[];
}

export interface SourceStatus {
  readonly source: AuditSource;
  readonly isCollected: boolean;
  /** Everything that happened before is archived; null where no run has come to an end yet. */
  readonly collectedUntil: string | null;
  readonly behindSeconds: number | null;
  /** The last run that came to its end; null before the first. */
  readonly lastRun: { readonly endedAt: string; readonly hasFailed: boolean } | null;
  /** Hours with records that queries do not find yet. */
  readonly staleHours: number;
  /** What was kept because it could not be parsed, ever. */
  readonly unreadable: number;
}

const COLLECTORS: Readonly<Record<AuditSource, string>> = {
  cloudone: ARCHIVE_OUTPUTS.cloudOneCollector,
  appdynamics: ARCHIVE_OUTPUTS.appDynamicsCollector,
  ibmcloud: ARCHIVE_OUTPUTS.ibmCloudCollector,
};

export function addAuditStatus(audit: Command, context: CommandContext): void {
  audit
    .command('status')
    .description('Shows how far each source is collected, the latest reports, and alarms')
    .addHelpText(
      'after',
      `
Exits with ${EXIT.failed} when an alarm is off, or the stack is not in a complete state.

Examples:
  $ npx trailbridge audit status
  $ npx trailbridge audit status --json | jq -r '.sources[] | [.source, .collectedUntil] | @tsv'`,
    )
    .action(async (_options: object, given: Command) => {
      const options = archiveOptionsOf<AwsOptions>(given, context.program);
      const status = await explained(() => readArchiveStatus(options, Date.now()));
      context.output().result(status, (told) => statusText(told));
      context.finish(isHealthy(status) ? EXIT.ok : EXIT.failed);
    });
}

/** @throws UserError where the stack or AWS cannot be reached. */
export async function readArchiveStatus(options: AwsOptions, now: number): Promise<ArchiveStatus> {
  const { store, stack } = await openArchive('raw', { ...options });
  if (stack === undefined) {
    throw new TypeError('Without a place of its own, an archive is that of a stack.');
  }
  const [standings, reports, alarms] = await Promise.all([
    standingsOf(stack, options, AUDIT_SOURCES),
    latestReports(store),
    alarmsOf(stack, options),
  ]);
  const isKnown = (source: AuditSource) =>
    stack.output(COLLECTORS[source]) !== null || standings.some((standing) => standing.source === source);
  const place = { stack, store, options, now };
  const sources = await Promise.all(
    AUDIT_SOURCES.filter(isKnown).map((source) => sourceStatus(source, standings, place)),
  );
  return { stack: options.stack, stackStatus: stack.status, sources, reports, alarms };
}

function isHealthy({ stackStatus, alarms }: ArchiveStatus): boolean {
  return /^(CREATE|UPDATE)_COMPLETE$/.test(stackStatus) && alarms.length === 0;
}

interface Place {
  readonly stack: DeployedStack;
  readonly store: ObjectStore;
  readonly options: AwsOptions;
  readonly now: number;
}

async function sourceStatus(
  source: AuditSource,
  standings: readonly SourceStanding[],
  place: Place,
): Promise<SourceStatus> {
  const standing = standings.find((each) => each.source === source);
  const { completeUntil, lastRun } = standing ?? {};
  const [staleHours, unreadable] = await Promise.all([
    countStale(source, place),
    countUnreadable(source, place.store),
  ]);
  return {
    source,
    isCollected: place.stack.output(COLLECTORS[source]) !== null,
    collectedUntil: completeUntil === undefined ? null : iso(completeUntil),
    behindSeconds:
      completeUntil === undefined ? null : Math.max(0, Math.round((place.now - completeUntil) / 1000)),
    lastRun: lastRun === undefined ? null : { ...lastRun, endedAt: iso(lastRun.endedAt) },
    staleHours,
    unreadable,
  };
}

function countStale(source: AuditSource, { stack, options }: Place): Promise<number> {
  const table = archiveOutput(stack, ARCHIVE_OUTPUTS.table, options);
  const dynamoDb = new DynamoDBClient(clientConfiguration({ ...options, region: stack.region }));
  return explained(() => countOf(new StaleHours(dynamoDb, table).list(source)), 'DynamoDB');
}

/** Beside each lies a note that says why. */
async function countUnreadable(source: AuditSource, store: ObjectStore): Promise<number> {
  return await countOf(store.list(unreadableSourcePrefix(source)), ({ key }) => !key.endsWith('.json'));
}

async function countOf<T>(all: AsyncIterable<T>, counts: (one: T) => boolean = () => true): Promise<number> {
  let count = 0;
  for await (const one of all) {
    count += counts(one) ? 1 : 0;
  }
  return count;
}

/** The stack's own: their names go on without a hyphen, unlike those of a stack whose name begins so. */
async function alarmsOf(
  { region }: DeployedStack,
  options: AwsOptions,
): Promise<{ name: string; since: string | null }[]> {
  const client = new CloudWatchClient(clientConfiguration({ ...options, region }));
  const prefix = `${options.stack}-`;
  const query = { AlarmNamePrefix: prefix, StateValue: 'ALARM' } as const;
  return await askAws('CloudWatch', async () => {
    const found: { name: string; since: string | null }[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, query)) {
      for (const { AlarmName = '', StateTransitionedTimestamp: since } of MetricAlarms) {
        const name = AlarmName.slice(prefix.length);
        if (!name.includes('-')) {
          found.push({ name, since: since?.toISOString() ?? null });
        }
      }
    }
    return found;
  });
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

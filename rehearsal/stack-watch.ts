/** Looks at the stack while the CDK command line tool deploys it. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  CloudFormationServiceException,
  DescribeStacksCommand,
  ListStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients.ts';
import type { RehearsalReport } from './report.ts';

const POLL_MS = 100;
/** A hang must not last as long as the caller's patience. */
const TIME_LIMIT_MS = 10 * 60_000;
const FAILED = new Set(['CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED']);

/** The stack's events so far, the latest first; none where there is no stack yet. */
async function eventsOf({ cloudFormation }: Clients, stackName: string): Promise<readonly StackEvent[]> {
  const events: StackEvent[] = [];
  try {
    for await (const page of paginateDescribeStackEvents(
      { client: cloudFormation },
      { StackName: stackName },
    )) {
      events.push(...(page.StackEvents ?? []));
    }
    return events;
  } catch (error) {
    if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') {
      return [];
    }
    throw error;
  }
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Told how many resources have been created. */
  readonly onProgress?: (done: number) => void;
  /** Called once, as soon as a resource has failed: the roll-back begins then. */
  readonly onFailure?: () => void;
}

/**
 * Follows a stack's events until told to stop.
 */
export async function watchStack(clients: Clients, stackName: string, options: WatchOptions): Promise<void> {
  let failed = false;
  while (!options.signal.aborted) {
    const events = await eventsOf(clients, stackName);
    options.onProgress?.(events.filter((event) => event.ResourceStatus === 'CREATE_COMPLETE').length);
    if (!failed && events.some((event) => FAILED.has(event.ResourceStatus ?? ''))) {
      failed = true;
      options.onFailure?.();
    }
    await wait(POLL_MS, undefined, { signal: options.signal }).catch(() => {
      // Told to stop while waiting: the loop's condition sees it.
    });
  }
}

/**
 * Waits until nothing is in progress any more.
 *
 * @returns the stack's status, such as `CREATE_COMPLETE`; `DELETE_COMPLETE` where there is none (any more).
 * @throws Error after ten minutes.
 */
export async function settledStatus({ cloudFormation }: Clients, stackName: string): Promise<string> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  for (;;) {
    const status = await statusOf(cloudFormation, stackName);
    if (!status.endsWith('_IN_PROGRESS')) {
      return status;
    }
    await wait(POLL_MS, undefined, { signal });
  }
}

async function statusOf(cloudFormation: Clients['cloudFormation'], stackName: string): Promise<string> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks[0]?.StackStatus ?? 'DELETE_COMPLETE';
  } catch (error) {
    // "Stack with id … does not exist": of stacks that are gone, CloudFormation knows the id and not the name.
    if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') {
      return 'DELETE_COMPLETE';
    }
    throw error;
  }
}

/** How an operation on a stack failed. */
export interface Failure {
  /** Of the resource that failed. */
  readonly logicalId: string;
  /** CloudFormation's, as a user reads it. */
  readonly reason: string;
  /** The stack's own reason for rolling back; empty where it does not. */
  readonly rollBackReason: string;
}

/** The first failure since a time, as CloudFormation tells it; undefined where nothing failed. */
export async function firstFailure(
  clients: Clients,
  stackName: string,
  since = new Date(0),
): Promise<Failure | undefined> {
  const events = (await eventsOf(clients, stackName)).toReversed();
  const failed = events.find(
    (event) =>
      Number(event.Timestamp) >= Number(since) &&
      FAILED.has(event.ResourceStatus ?? '') &&
      !(event.ResourceStatusReason ?? '').includes('cancelled'),
  );
  const rollBack = events.find(({ ResourceStatus }) => ResourceStatus?.endsWith('ROLLBACK_IN_PROGRESS'));
  return (
    failed && {
      logicalId: failed.LogicalResourceId ?? '',
      reason: failed.ResourceStatusReason ?? '',
      rollBackReason: rollBack?.ResourceStatusReason ?? '',
    }
  );
}

/** Why resources could not be deleted, each with its logical id. What was only kept for another's sake is left out. */
export async function deletionFailures(clients: Clients, stackName: string): Promise<string[]> {
  const events = await eventsOf(clients, stackName);
  return events
    .filter(
      ({ ResourceStatus, ResourceType }) =>
        ResourceStatus === 'DELETE_FAILED' && ResourceType?.startsWith('Custom::'),
    )
    .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`);
}

/** Every stack with its status and its number of resources. */
export async function stacksOf(clients: Clients): Promise<RehearsalReport['stacks']> {
  const { StackSummaries = [] } = await clients.cloudFormation.send(new ListStacksCommand({}));
  return Promise.all(
    StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
      async ({ StackName = '', StackStatus = '' }) => ({
        name: StackName,
        status: StackStatus,
        resources: await countResources(clients, StackName),
      }),
    ),
  );
}

/** The stack's outputs by name; none where there is no such stack. */
export async function outputsOf(
  { cloudFormation }: Clients,
  stackName: string,
): Promise<Record<string, string>> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

async function countResources({ cloudFormation }: Clients, stackName: string): Promise<number> {
  let count = 0;
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    count += page.StackResourceSummaries?.length ?? 0;
  }
  return count;
}

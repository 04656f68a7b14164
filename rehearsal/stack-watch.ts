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

/** The reason of the first failure since a time, as CloudFormation tells it; undefined where nothing failed. */
export async function failureReason(
  clients: Clients,
  stackName: string,
  since = new Date(0),
): Promise<string | undefined> {
  const events = (await eventsOf(clients, stackName)).toReversed();
  const failure = events.find(
    (event) =>
      Number(event.Timestamp) >= Number(since) &&
      FAILED.has(event.ResourceStatus ?? '') &&
      !(event.ResourceStatusReason ?? '').includes('cancelled'),
  );
  return failure?.ResourceStatusReason;
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

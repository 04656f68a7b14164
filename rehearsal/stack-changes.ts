/** What an update has done to the stack, resource by resource. */
import {
  DescribeChangeSetCommand,
  ListChangeSetsCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients.ts';
import type { UpdateReport } from './report.ts';

type Done = UpdateReport['resources'];

/** Physical ids by logical id. */
export async function physicalIds(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
      found.set(LogicalResourceId, PhysicalResourceId);
    }
  }
  return found;
}

/**
 * Compares the stack's resources with those of before: another physical id is a replacement. What was changed in place
 * only the executed change set knows.
 */
export function doneBy(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  modified: readonly string[],
): Done {
  const inBoth = [...before.keys()].filter((id) => after.has(id));
  const replaced = inBoth.filter((id) => before.get(id) !== after.get(id));
  return {
    created: [...after.keys()].filter((id) => !before.has(id)).toSorted(),
    updated: inBoth.filter((id) => modified.includes(id) && !replaced.includes(id)).toSorted(),
    replaced: replaced.toSorted(),
    removed: [...before.keys()].filter((id) => !after.has(id)).toSorted(),
  };
}

/** Logical ids that the change set which was executed last was to modify. */
export async function modifiedByLastChangeSet(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
): Promise<string[]> {
  const { Summaries = [] } = await cloudFormation.send(new ListChangeSetsCommand({ StackName: stackName }));
  const last = Summaries.filter(({ ExecutionStatus }) => ExecutionStatus?.startsWith('EXECUTE'))
    .toSorted((a, b) => Number(a.CreationTime) - Number(b.CreationTime))
    .at(-1);
  if (last === undefined) {
    return [];
  }
  const { Changes = [] } = await cloudFormation.send(
    new DescribeChangeSetCommand({ StackName: stackName, ChangeSetName: last.ChangeSetId }),
  );
  return Changes.flatMap(({ ResourceChange }) =>
    ResourceChange?.Action === 'Modify' ? [ResourceChange.LogicalResourceId ?? ''] : [],
  );
}

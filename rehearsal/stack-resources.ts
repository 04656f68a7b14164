import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients.ts';

/**
 * The physical id of the stack's resource of a type whose logical id matches; `''` where there is none.
 *
 * Listed page by page: describing them all at once ends at a hundred (AWS CloudFormation API Reference,
 * DescribeStackResources).
 */
export async function physicalIdOf(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
  type: string,
  logicalId: RegExp,
): Promise<string> {
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    const found = (page.StackResourceSummaries ?? []).find(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === type && logicalId.test(LogicalResourceId),
    );
    if (found?.PhysicalResourceId !== undefined) {
      return found.PhysicalResourceId;
    }
  }
  return '';
}

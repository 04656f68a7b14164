import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients.ts';
import type { SynthesizedTemplate } from './template.ts';

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

/** Policies with which a resource stays. Source: AWS CloudFormation User Guide, "DeletionPolicy attribute". */
const RETAINING: ReadonlySet<unknown> = new Set(['Retain', 'RetainExceptOnCreate']);

/** Physical ids of what the stack leaves behind when it goes, as its template says. */
export async function physicalIdsRetained(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
  { Resources }: SynthesizedTemplate,
): Promise<string[]> {
  const retained: string[] = [];
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
      const resource = Resources[LogicalResourceId];
      // A bucket's policy stays with its bucket, and is nothing of its own in an inventory.
      if (RETAINING.has(resource?.DeletionPolicy) && resource?.Type !== 'AWS::S3::BucketPolicy') {
        retained.push(PhysicalResourceId);
      }
    }
  }
  return retained;
}

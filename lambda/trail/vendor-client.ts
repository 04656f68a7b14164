/**
 * Trend Micro's own CloudTrail client, where it is deployed for the same bucket already.
 *
 * It is a CloudFormation stack with the parameters below: those that the vendor's deployment link fills in, and the
 * bucket's name. (The vendor's published onboarding solution; what the stack contains is not published.)
 */
import {
  type CloudFormationClient,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { NotificationDocument } from './notification-document.ts';
import { refusalOf } from './refusals.ts';
import type { BucketContext } from './s3-errors.ts';

const BUCKET_PARAMETER = 'ExistingCloudtrailBucketName';
const PARAMETERS = [BUCKET_PARAMETER, 'ServiceToken', 'ServiceURL'];
/** A stack without resources: they are gone, or were never made. */
const EMPTY =
  /^(DELETE_COMPLETE|DELETE_IN_PROGRESS|ROLLBACK_COMPLETE|ROLLBACK_IN_PROGRESS|REVIEW_IN_PROGRESS)$/;

export interface VendorClient {
  readonly stackName: string;
  readonly stackId: string;
  /** Ids of the bucket's notification entries that lead to something of this stack's. */
  readonly notificationIds: readonly string[];
}

/**
 * The vendor clients of this account and region that forward from the bucket, those that this very stack has
 * deployed left out.
 *
 * Of the parameters only names are read, and the bucket's value: the token's is not looked at, masked or not.
 */
export async function vendorClientsOf(
  cloudFormation: CloudFormationClient,
  context: BucketContext,
  ownStackId: string,
  notifications: NotificationDocument,
  signal: AbortSignal,
): Promise<readonly VendorClient[]> {
  const found: VendorClient[] = [];
  try {
    const pages = paginateDescribeStacks({ client: cloudFormation }, {}, { abortSignal: signal });
    for await (const { Stacks = [] } of pages) {
      for (const stack of Stacks.filter((each) => isVendorClient(each, context.bucket))) {
        const { StackName = '', StackId = '' } = stack;
        if (![stack.StackId, stack.RootId, stack.ParentId].includes(ownStackId)) {
          found.push({
            stackName: StackName,
            stackId: StackId,
            notificationIds: entriesInto(StackName, notifications),
          });
        }
      }
    }
  } catch (error) {
    throw refusalOf(context, 'cloudformation:DescribeStacks', error);
  }
  return found;
}

function isVendorClient({ Parameters = [], StackStatus }: Stack, bucket: string): boolean {
  const names = new Set(Parameters.map(({ ParameterKey }) => ParameterKey));
  const named = Parameters.find(({ ParameterKey }) => ParameterKey === BUCKET_PARAMETER);
  const isThere = !EMPTY.test(StackStatus ?? '');
  return isThere && PARAMETERS.every((name) => names.has(name)) && named?.ParameterValue === bucket;
}

/** CloudFormation begins the names that it makes with the stack's. */
function entriesInto(stackName: string, document: NotificationDocument): string[] {
  const entries = [
    ...(document.LambdaFunctionConfigurations ?? []).map(({ Id, LambdaFunctionArn: arn }) => ({ Id, arn })),
    ...(document.QueueConfigurations ?? []).map(({ Id, QueueArn: arn }) => ({ Id, arn })),
    ...(document.TopicConfigurations ?? []).map(({ Id, TopicArn: arn }) => ({ Id, arn })),
  ];
  return entries
    .filter(({ arn = '' }) => arn.split(':').some((part) => part.startsWith(`${stackName}-`)))
    .map(({ Id = 'without id' }) => Id);
}

/** What CloudFormation is doing with a stack, for a function whose request does not say so. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { explainAwsError } from './aws-errors.ts';

/** `update-clean-up` removes what a successful update has replaced or dropped, `update-rollback` what a failed one made. */
export type StackOperation =
  | 'creation'
  | 'creation-rollback'
  | 'update'
  | 'update-clean-up'
  | 'update-rollback'
  | 'deletion'
  | 'other';

/** Source: AWS CloudFormation User Guide, "Stack status codes". */
const OPERATIONS: Readonly<Record<string, StackOperation>> = {
  CREATE_IN_PROGRESS: 'creation',
  ROLLBACK_IN_PROGRESS: 'creation-rollback',
  UPDATE_IN_PROGRESS: 'update',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'update-clean-up',
  UPDATE_ROLLBACK_IN_PROGRESS: 'update-rollback',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'update-rollback',
  DELETE_IN_PROGRESS: 'deletion',
};

/**
 * @returns `other` for a status that is none of an operation, and for a stack that nothing is known of.
 * @throws AwsCallError
 */
export async function stackOperation(
  cloudFormation: CloudFormationClient,
  stackId: string,
  signal: AbortSignal,
): Promise<StackOperation> {
  return OPERATIONS[(await stackStatus(cloudFormation, stackId, signal)) ?? ''] ?? 'other';
}

/**
 * @returns CloudFormation's word, such as `UPDATE_COMPLETE`; `undefined` for a stack that nothing is known of.
 * @throws AwsCallError
 */
export async function stackStatus(
  cloudFormation: CloudFormationClient,
  stackId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const command = new DescribeStacksCommand({ StackName: stackId });
    const { Stacks } = await cloudFormation.send(command, { abortSignal: signal });
    return Stacks?.[0]?.StackStatus;
  } catch (error) {
    throw explainAwsError(`cloudformation:DescribeStacks on ${stackId}`, error, signal);
  }
}

import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { readStackArn } from '../contract/stack-arn.ts';
import { NoStackError, UserError } from './errors.ts';

/** Options that every command talking to AWS takes. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly stack: string;
}

/** Configuration for an AWS client; what is not given comes from the environment, as with the AWS CLI. */
export function clientConfiguration({ profile, region }: AwsOptions): { profile?: string; region?: string } {
  return { profile, region };
}

/** A stack as it stands. */
export interface DeployedStack {
  /** CloudFormation's, such as `CREATE_COMPLETE`. */
  readonly status: string;
  readonly accountId: string;
  readonly region: string;
  /** An output's value; `null` where there is no such output. */
  output(name: string): string | null;
}

/**
 * Describes the deployed stack.
 *
 * @throws NoStackError where there is none, or no credentials or no region to ask with.
 * @throws UserError where AWS refuses or cannot be reached.
 */
export async function describeStack(options: AwsOptions): Promise<DeployedStack> {
  const client = new CloudFormationClient(clientConfiguration(options));
  try {
    const { Stacks = [] } = await askAws('CloudFormation', () =>
      client.send(new DescribeStacksCommand({ StackName: options.stack })),
    );
    const [stack] = Stacks;
    if (stack === undefined) {
      throw noSuchStack(options);
    }
    const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const { accountId, region } = readStackArn(stack.StackId ?? '');
    return {
      status: stack.StackStatus ?? 'UNKNOWN',
      accountId,
      region,
      output: (name) => outputs.get(name) ?? null,
    };
  } catch (error) {
    throw saysNoSuchStack(error) ? noSuchStack(options) : error;
  }
}

/**
 * Asks an AWS service something.
 *
 * @param service as the message names it, such as `SQS`.
 * @throws UserError where there are no credentials or no region, or where the service refuses or cannot be
 *   reached; its cause is the SDK's error.
 */
export async function askAws<T>(service: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw explain(service, error);
  }
}

function explain(service: string, error: unknown): unknown {
  const { name, message, code } = error as Error & { readonly code?: string };
  if (name === 'CredentialsProviderError') {
    return new NoStackError(
      `No AWS credentials were found (${message}). Give --profile, or set AWS_PROFILE.`,
    );
  }
  if (message.includes('Region is missing')) {
    return new NoStackError('No AWS region is set. Give --region, or set AWS_REGION.');
  }
  if (isAnswer(error)) {
    return new UserError(
      `${service} refused (${name}: ${message}). Check --profile, --region and what the profile may do.`,
      { cause: error },
    );
  }
  if (code !== undefined) {
    const detail = message === '' ? code : message;
    return new UserError(`${service} cannot be reached (${detail}). Check --region and the network.`, {
      cause: error,
    });
  }
  return error;
}

/** Whether the service has answered, with an error: the SDK marks those so. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && '$fault' in error;
}

/** CloudFormation has no error of its own for it. */
function saysNoSuchStack(error: unknown): boolean {
  const { cause } = error as Error;
  return (
    cause instanceof CloudFormationServiceException &&
    cause.name === 'ValidationError' &&
    cause.message.includes('does not exist')
  );
}

function noSuchStack({ stack, region }: AwsOptions): NoStackError {
  const where = region ?? process.env.AWS_REGION ?? "the profile's region";
  return new NoStackError(
    `There is no stack "${stack}" in ${where}. Name it with --stack, and its region with --region.`,
  );
}

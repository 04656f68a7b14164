import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { UserError } from './errors.ts';

/** Options that every command talking to AWS takes. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly stack: string;
}

/** Configuration for an AWS client; what is not given comes from the environment, as with the AWS CLI. */
export function clientConfiguration({ profile, region }: AwsOptions): { profile?: string; region?: string } {
  return { ...(profile === undefined ? {} : { profile }), ...(region === undefined ? {} : { region }) };
}

/**
 * Describes the deployed stack.
 *
 * @throws UserError where there is none, or AWS cannot be asked.
 */
export async function describeStack(options: AwsOptions): Promise<Stack> {
  const client = new CloudFormationClient(clientConfiguration(options));
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: options.stack }));
    const [stack] = Stacks;
    if (stack === undefined) {
      throw noSuchStack(options);
    }
    return stack;
  } catch (error) {
    throw explain(error, options);
  }
}

function explain(error: unknown, options: AwsOptions): unknown {
  if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') {
    return noSuchStack(options);
  }
  const { name, message } = error as Error;
  if (name === 'CredentialsProviderError') {
    return new UserError(`No AWS credentials were found (${message}). Give --profile, or set AWS_PROFILE.`);
  }
  if (message.includes('Region is missing')) {
    return new UserError('No AWS region is set. Give --region, or set AWS_REGION.');
  }
  return error;
}

function noSuchStack({ stack, region }: AwsOptions): UserError {
  const where = region ?? process.env.AWS_REGION ?? "the profile's region";
  return new UserError(
    `There is no stack "${stack}" in ${where}. Name it with --stack, and its region with --region.`,
  );
}

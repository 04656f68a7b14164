/** Finds the user's Cloud One API key: for every command that asks Cloud One something. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { OUTPUTS } from '../contract/parameters.ts';
import {
  type CloudOneApiKey,
  MalformedApiKeyError,
  parseCloudOneApiKey,
} from '../lambda/vendors/cloudone/api-key.ts';
import { type AwsOptions, askAws, clientConfiguration, type DeployedStack, describeStack } from './aws.ts';
import { NoStackError, UserError } from './errors.ts';
import type { AskHidden } from './output.ts';

export const API_KEY_VARIABLE = 'CLOUD_ONE_API_KEY';

export interface FoundApiKey {
  readonly apiKey: CloudOneApiKey;
  /** The stack whose key it is; absent for a key from the environment or the prompt. */
  readonly stack?: DeployedStack;
}

export interface ApiKeyOptions extends AwsOptions {
  /** Whether the user named the stack; then no other source will do. */
  readonly stackIsNamed: boolean;
}

/** For the help text of a command that takes the key from here. */
export const API_KEY_SOURCES = `The API key of Trend Cloud One comes from
  1. the secret of the stack that --stack names;
  2. the environment variable ${API_KEY_VARIABLE};
  3. the secret of the stack CloudOne, if it is deployed;
  4. a prompt, in a terminal. It is never taken from the command line, where others could read it.`;

/**
 * The first of: the stack that was named, the environment, the stack of the usual name, a hidden prompt.
 *
 * @param askHidden absent where there is no terminal to ask in.
 * @throws UserError where there is none, or it cannot be one, or AWS refuses.
 */
export async function findApiKey(
  options: ApiKeyOptions,
  askHidden: AskHidden | undefined,
): Promise<FoundApiKey> {
  const fromEnvironment = process.env[API_KEY_VARIABLE] ?? '';
  if (!options.stackIsNamed && fromEnvironment !== '') {
    return { apiKey: parsed(fromEnvironment, `The environment variable ${API_KEY_VARIABLE}`) };
  }
  try {
    return await stacksApiKey(options);
  } catch (error) {
    if (!(error instanceof NoStackError) || options.stackIsNamed) {
      throw error;
    }
    if (askHidden === undefined) {
      throw new NoStackError(`${error.message} Without a stack: set ${API_KEY_VARIABLE}.`, { cause: error });
    }
    const entered = await askHidden('API key of Trend Cloud One (it is not shown): ');
    return { apiKey: parsed(entered, 'What was entered') };
  }
}

async function stacksApiKey(options: AwsOptions): Promise<FoundApiKey> {
  const stack = await describeStack(options);
  const SecretId = stack.output(OUTPUTS.apiKeySecretArn);
  if (SecretId === null) {
    throw new UserError(
      `The stack "${options.stack}" (${stack.status}) does not tell where its API key is: it is not deployed ` +
        `completely, or by an earlier version. Deploy it again, or set ${API_KEY_VARIABLE}.`,
    );
  }
  const client = new SecretsManagerClient(clientConfiguration(options));
  const { SecretString = '' } = await askAws('Secrets Manager', () =>
    client.send(new GetSecretValueCommand({ SecretId })),
  );
  return { apiKey: parsed(SecretString, `The secret ${SecretId}`), stack };
}

/** @param where names the source; what is in it is never shown. */
function parsed(text: string, where: string): CloudOneApiKey {
  try {
    return parseCloudOneApiKey(text);
  } catch (error) {
    if (error instanceof MalformedApiKeyError) {
      throw new UserError(`${where} holds no API key of Trend Cloud One. ${error.message}`, { cause: error });
    }
    throw error;
  }
}

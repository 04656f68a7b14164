import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseEnvironment } from '../../contract/environment.ts';
import { cloudOneEnvironment } from '../../contract/onboarding.ts';
import { withIamPatience } from '../shared/aws-patience.ts';
import { SecretError, SecretReader } from '../shared/secrets.ts';
import { type CloudOneApiKey, parseCloudOneApiKey } from '../vendors/cloudone/api-key.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';

/** Reads the user's Cloud One API key. */
export type ApiKeyReader = (signal: AbortSignal) => Promise<CloudOneApiKey>;

/** What a custom resource reads secrets with. */
export type FreshSecretReader = Pick<SecretReader, 'read'>;

/**
 * A reader of secrets that keeps none: a custom resource runs seldom, and an update that follows a rotated
 * secret must not meet the old one in a function that is still warm.
 */
export function freshSecretReader(client = new SecretsManagerClient({})): FreshSecretReader {
  const secrets = new SecretReader(client, 0);
  return {
    read: (arn, signal) => withIamPatience(() => secrets.read(arn, signal), { isDenied, signal }),
  };
}

function isDenied(error: unknown): boolean {
  return error instanceof SecretError && (error.problem === 'denied' || error.problem === 'key');
}

/**
 * The reader that a deployed function uses: of the secret that its environment names.
 *
 * @throws EnvironmentError
 */
export function usersApiKey(): ApiKeyReader {
  const { CLOUD_ONE_API_KEY_SECRET_ARN } = parseEnvironment(cloudOneEnvironment, process.env);
  return apiKeyReader(freshSecretReader(), CLOUD_ONE_API_KEY_SECRET_ARN);
}

export function apiKeyReader(secrets: FreshSecretReader, secretArn: string): ApiKeyReader {
  return async (signal) => parseCloudOneApiKey(await secrets.read(secretArn, signal));
}

/** What a definition needs to call Cloud One on behalf of one request. */
export async function cloudOneAccess(
  readApiKey: ApiKeyReader,
  step: string,
  signal: AbortSignal,
): Promise<CloudOneAccess> {
  return { apiKey: await readApiKey(signal), step, signal };
}

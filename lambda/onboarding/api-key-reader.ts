import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseEnvironment } from '../../contract/environment.ts';
import { cloudOneEnvironment } from '../../contract/onboarding.ts';
import { withRetries } from '../shared/retry.ts';
import { SecretError, SecretReader } from '../shared/secrets.ts';
import { type CloudOneApiKey, parseCloudOneApiKey } from '../vendors/cloudone/api-key.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';

/** Reads the user's Cloud One API key. */
export type ApiKeyReader = (signal: AbortSignal) => Promise<CloudOneApiKey>;

/** What a custom resource reads secrets with. */
export type FreshSecretReader = Pick<SecretReader, 'read'>;

const ATTEMPTS = 8;
const BASE_DELAY_MS = 1_000;
const MAXIMUM_DELAY_MS = 10_000;

/**
 * A reader of secrets that keeps none: a custom resource runs seldom, and an update that follows a rotated
 * secret must not meet the old one in a function that is still warm.
 *
 * A refusal is tried again for a while: a custom resource runs seconds after its role was made, and IAM takes
 * that long to let everyone know (AWS IAM User Guide, "Changes that I make are not always immediately visible").
 */
export function freshSecretReader(client = new SecretsManagerClient({})): FreshSecretReader {
  const secrets = new SecretReader(client, 0);
  return {
    read: (arn, signal) =>
      withRetries(() => secrets.read(arn, signal), {
        attempts: ATTEMPTS,
        baseDelayMs: BASE_DELAY_MS,
        maximumDelayMs: MAXIMUM_DELAY_MS,
        signal,
        decide: (error) => ({ retry: isDenied(error) }),
      }),
  };
}

function isDenied(error: unknown): boolean {
  return (
    error instanceof SecretError &&
    error.cause instanceof Error &&
    error.cause.name === 'AccessDeniedException'
  );
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

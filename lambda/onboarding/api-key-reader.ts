import { parseEnvironment } from '../../contract/environment.ts';
import { cloudOneEnvironment } from '../../contract/onboarding.ts';
import { type FreshSecretReader, freshSecretReader } from '../shared/fresh-secrets.ts';
import { type CloudOneApiKey, parseCloudOneApiKey } from '../vendors/cloudone/api-key.ts';
import type { CloudOneAccess } from '../vendors/cloudone/call.ts';

/** Reads the user's Cloud One API key. */
export type ApiKeyReader = (signal: AbortSignal) => Promise<CloudOneApiKey>;

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

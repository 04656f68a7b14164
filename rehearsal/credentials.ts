/** A secret of the user's own, which holds the Cloud One API key. */
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Clients } from './clients.ts';

const API_KEY_SECRET = 'users-own-api-key';

/** Made before the deployment, with nothing in it that is of use. */
export async function createApiKeySecret({ secretsManager }: Clients): Promise<void> {
  await secretsManager.send(
    new CreateSecretCommand({ Name: API_KEY_SECRET, SecretString: 'to be filled in' }),
  );
}

export async function putApiKey({ secretsManager }: Clients, key: string): Promise<void> {
  await secretsManager.send(new PutSecretValueCommand({ SecretId: API_KEY_SECRET, SecretString: key }));
}

export async function apiKeySecretArn({ secretsManager }: Clients): Promise<string> {
  const { ARN = '' } = await secretsManager.send(new DescribeSecretCommand({ SecretId: API_KEY_SECRET }));
  return ARN;
}

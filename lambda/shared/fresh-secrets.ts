import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { withIamPatience } from './aws-patience.ts';
import { SecretError, SecretReader } from './secrets.ts';

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

/** What the functions of the stand-in share: the token, and the way to the (simulated) CloudTrail service. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const secretsManager = new SecretsManagerClient({});

/** A variable that the template sets. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`The template does not set ${name}.`);
  }
  return value;
}

/**
 * Posts to the CloudTrail service with the token of the client's own secret.
 *
 * @throws Error naming the status and the service's words for any answer but 2xx.
 */
export async function post(
  path: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { SecretString } = await secretsManager.send(
    new GetSecretValueCommand({ SecretId: variable('SECRET_ARN') }),
  );
  const response = await fetch(simulated(new URL(path, variable('SERVICE_URL'))), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${SecretString}`,
      'api-version': variable('API_VERSION'),
      'content-type': 'application/json',
      ...headers,
    },
    body,
  });
  const words = await response.text();
  if (!response.ok) {
    throw new Error(`the CloudTrail service answered ${response.status} to POST ${path}: ${words}`);
  }
}

/** The rehearsal's vendors: a vendor's host and path go behind the simulator's address. */
function simulated(url: URL): URL {
  return new URL(`/${url.host}${url.pathname}`, variable('VENDOR_ENDPOINT_OVERRIDE'));
}

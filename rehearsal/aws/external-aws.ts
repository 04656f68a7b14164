import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientEnvironment } from './client-environment.ts';
import { LocalAwsFailure } from './errors.ts';
import { waitForHealth } from './health.ts';
import type { LocalAws } from './local-aws.ts';

const limitMs = 15_000;

/**
 * Uses an emulator that already runs, and leaves it running.
 *
 * @throws LocalAwsFailure when it does not answer within 15 seconds, or when the endpoint is the real AWS: a rehearsal
 * creates and deletes whole stacks, with made-up credentials
 */
export async function externalAws(given: string, region: string): Promise<LocalAws> {
  const endpoint = parsed(given);
  const health = await waitForHealth(endpoint, limitMs);
  if (!health) {
    throw new LocalAwsFailure(
      `AWS_ENDPOINT_URL is ${endpoint}, and no emulator answers there (asked for ${limitMs / 1000} s). Start it, or unset the variable: then one is installed and started.`,
    );
  }
  const accessKeyId = process.env.AWS_ACCESS_KEY_ID ?? 'test';
  return {
    endpoint,
    region,
    accountId: await accountOf(endpoint, region, accessKeyId),
    provider: { ...health, external: true },
    clientEnvironment: clientEnvironment(endpoint, region, accessKeyId),
    log: '',
    stop: async () => {},
  };
}

function parsed(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new LocalAwsFailure(`AWS_ENDPOINT_URL is "${given}", which is not an http or https address.`);
  }
  if (/\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(url.hostname)) {
    throw new LocalAwsFailure(
      `AWS_ENDPOINT_URL is ${url.origin}, the real AWS. The rehearsal is for emulators; deploy with "cdk deploy" instead.`,
    );
  }
  return url.origin;
}

async function accountOf(endpoint: string, region: string, accessKeyId: string): Promise<string> {
  const client = new STSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey: 'local' } });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(limitMs),
    });
    if (!Account) throw new LocalAwsFailure(`The emulator at ${endpoint} does not say which account it is.`);
    return Account;
  } finally {
    client.destroy();
  }
}

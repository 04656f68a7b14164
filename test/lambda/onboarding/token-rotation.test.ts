/** The rotation's steps against the simulated vendors, called as Secrets Manager calls them. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RotatingSecret } from '../../../lambda/onboarding/rotating-secret.ts';
import { type RotationRequest, takeRotationStep } from '../../../lambda/onboarding/token-rotation.ts';
import { parseCloudOneApiKey } from '../../../lambda/vendors/cloudone/api-key.ts';
import { type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import { captureOutput } from '../shared/custom-resource-harness.ts';
import { AWS_ACCOUNT, SERVICE_TOKEN_SECRET } from './fixture.ts';
import { RotatedSecret } from './secrets-manager-double.ts';

type StepName = RotationRequest['Step'];

const STEPS: readonly StepName[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
const SERVICE_URL = 'https://cloudtrail.us-1.cloudone.trendmicro.com';

let vendors: Simulator;
let secret: RotatedSecret;
let output: () => string;

beforeAll(async () => {
  vendors = await startSimulator();
});
afterAll(() => vendors.close());
beforeEach(() => {
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', vendors.url);
  // No jitter, hence no waiting between tries.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  output = captureOutput();
  vendors.reset();
  secret = new RotatedSecret(SERVICE_TOKEN_SECRET, 'former-token');
});

function take(
  step: StepName,
  version: string,
  { deployed = {}, secretId = SERVICE_TOKEN_SECRET }: { deployed?: object; secretId?: string } = {},
): Promise<void> {
  const dependencies = {
    readApiKey: async () => parseCloudOneApiKey(vendors.tenant.cloudOneApiKey),
    secret: new RotatingSecret(new SecretsManagerClient({}), SERVICE_TOKEN_SECRET),
    cloudOneRegion: 'us-1',
    account: { awsAccountId: AWS_ACCOUNT, awsRegion: 'us-east-1' },
    deployed: { serviceUrl: SERVICE_URL, apiVersion: 'v1', ...deployed },
  } as const;
  const request = { Step: step, SecretId: secretId, ClientRequestToken: version };
  return takeRotationStep(request, dependencies, AbortSignal.timeout(30_000));
}

async function takeAll(version: string, steps: readonly StepName[] = STEPS): Promise<void> {
  for (const step of steps) {
    await take(step, version);
  }
}

/** The calls made since the start, as `METHOD path status`. */
function calls(): string[] {
  return vendors.state().calls.map(({ method, path, status }) => `${method} ${path} ${status}`);
}

function linkTo(serviceUrl: string, apiVersion = 'v1') {
  const query = new URLSearchParams({
    templateUrl: 'https://b.s3.us-east-1.amazonaws.com/t',
    param_ServiceToken: 'token-for-elsewhere',
    param_ServiceURL: serviceUrl,
    param_APIVersion: apiVersion,
  });
  return `https://console.aws.amazon.com/cloudformation/home#/stacks/create/review?${query}`;
}

describe('a rotation', () => {
  test('puts a token into use that the service accepts, and keeps the former one', async () => {
    const version = secret.begin();

    await takeAll(version);

    expect(secret.versionOf('AWSCURRENT')).toBe(version);
    expect(secret.valueOf('AWSPREVIOUS')).toBe('former-token');
    expect(calls()).toEqual(['POST /api/stacks 200', 'POST /api/logs 202']);
    expect(vendors.state().received.cloudone).toMatchObject({ parts: 1, events: 0, eventless: 0 });
    expect(output()).not.toContain(secret.valueOf('AWSCURRENT'));
  });

  test('does each step once, however often it is asked to', async () => {
    const version = secret.begin();

    await takeAll(version, ['createSecret', 'createSecret', 'setSecret', 'setSecret', 'testSecret']);
    const token = secret.valueOf('AWSPENDING');
    await takeAll(version, ['createSecret', 'testSecret', 'finishSecret']);
    const afterwards = calls();
    await takeAll(version);

    expect(secret.valueOf('AWSCURRENT')).toBe(token);
    expect(secret.valueOf('AWSPREVIOUS')).toBe('former-token');
    expect(afterwards.filter((call) => call.includes('/api/stacks'))).toHaveLength(1);
    expect(calls()).toEqual(afterwards);
  });

  test('can follow another', async () => {
    await takeAll(secret.begin());
    const second = secret.valueOf('AWSCURRENT');
    await takeAll(secret.begin());

    expect(secret.valueOf('AWSPREVIOUS')).toBe(second);
    expect(secret.valueOf('AWSCURRENT')).not.toBe(second);
  });

  test('takes the value of the faster one of two creations at a time', async () => {
    const version = secret.begin();

    await Promise.all([take('createSecret', version), take('createSecret', version)]);
    const token = secret.valueOf('AWSPENDING');
    await takeAll(version);

    expect(secret.valueOf('AWSCURRENT')).toBe(token);
  });
});

describe('what is not being rotated is refused', () => {
  test.each(STEPS)('%s of an unknown version', async (step) => {
    secret.begin();

    await expect(take(step, 'unknown')).rejects.toThrow('has no pending version unknown');
    expect(calls()).toEqual([]);
  });

  test.each(STEPS)('%s of the former version', async (step) => {
    await takeAll(secret.begin());

    await expect(take(step, 'first')).rejects.toThrow('has no pending version first');
  });

  test.each(STEPS)('%s where rotation is off, as it is once the schedule is deleted', async (step) => {
    const version = secret.begin();
    secret.rotationEnabled = false;

    await expect(take(step, version)).rejects.toThrow('is switched off');
    expect(calls()).toEqual([]);
  });

  test('another secret', async () => {
    const secretId = `${SERVICE_TOKEN_SECRET}-another`;

    await expect(take('createSecret', secret.begin(), { secretId })).rejects.toThrow(secretId);
  });
});

describe('createSecret', () => {
  test.each([401, 403, 500])('says why where Cloud One answers %i, and stores nothing', async (status) => {
    vendors.setFaults([{ path: '/api/stacks', status, body: { message: 'no token today' } }]);
    const version = secret.begin();

    await expect(take('createSecret', version)).rejects.toThrow(
      new RegExp(`^CloudTrail token renewal: Trend Cloud One answered ${status}.*no token today`),
    );
    expect(secret.valueOf('AWSPENDING')).toBeUndefined();
    expect(secret.valueOf('AWSCURRENT')).toBe('former-token');

    vendors.setFaults([]);
    await takeAll(version);
    expect(secret.versionOf('AWSCURRENT')).toBe(version);
  });

  test.each([
    ['another host', 'https://cloudtrail2.us-1.cloudone.trendmicro.com', 'v1'],
    ['another region', 'https://cloudtrail.de-1.cloudone.trendmicro.com', 'v1'],
    ['another path', `${SERVICE_URL}/v2`, 'v1'],
    ['another version', SERVICE_URL, 'v2'],
  ])('throws a token away that is for %s', async (_what, serviceUrl, apiVersion) => {
    vendors.setFaults([{ path: '/api/stacks', body: { deploymentURL: linkTo(serviceUrl, apiVersion) } }]);

    const creation = take('createSecret', secret.begin());

    await expect(creation).rejects.toThrow(`Cloud One now names ${new URL(serviceUrl).origin}`);
    await expect(creation).rejects.toThrow('Update the stack with another value of the parameter Revision');
    await expect(creation).rejects.not.toThrow('token-for-elsewhere');
    expect(secret.valueOf('AWSPENDING')).toBeUndefined();
    expect(calls()).toEqual(['POST /api/stacks 200']);
    expect(output()).not.toContain('token-for-elsewhere');
  });

  test('does not mind how the same address is spelled', async () => {
    vendors.setFaults([{ path: '/api/stacks', body: { deploymentURL: linkTo(`${SERVICE_URL}/`) } }]);

    await take('createSecret', secret.begin());

    expect(secret.valueOf('AWSPENDING')).toBe('token-for-elsewhere');
  });

  test('refuses a token for a host that is not the vendor’s', async () => {
    const deploymentURL = linkTo('https://cloudone.trendmicro.com.evil.example');
    vendors.setFaults([{ path: '/api/stacks', body: { deploymentURL } }]);

    await expect(take('createSecret', secret.begin())).rejects.toThrow('evil.example');
    expect(secret.valueOf('AWSPENDING')).toBeUndefined();
  });
});

describe('testSecret', () => {
  test.each([true, undefined])(
    'has nothing to do with an empty version, as Secrets Manager tries a schedule out (enabled: %s)',
    async (enabled) => {
      secret.rotationEnabled = enabled;

      await take('testSecret', secret.begin());

      expect(calls()).toEqual([]);
    },
  );

  test('waits for a token that is not known everywhere at once', async () => {
    vendors.setFaults([{ path: '/api/logs', status: 401, times: 2 }]);
    const version = secret.begin();

    await takeAll(version);

    expect(secret.versionOf('AWSCURRENT')).toBe(version);
  });

  test('gives up a token that the service refuses, so that the next rotation fetches another', async () => {
    vendors.setFaults([{ path: '/api/logs', status: 401, body: { message: 'unknown token' } }]);
    const version = secret.begin();
    await take('createSecret', version);
    const refused = secret.valueOf('AWSPENDING') ?? '';

    const testing = take('testSecret', version);

    await expect(testing).rejects.toThrow(/answered 401.*unknown token.*The former token stays in use/s);
    expect(secret.versionOf('AWSPENDING')).toBeUndefined();
    expect(secret.valueOf('AWSCURRENT')).toBe('former-token');
    await expect(take('finishSecret', version)).rejects.toThrow('was given up');
    vendors.setFaults([]);
    await takeAll(secret.begin());
    expect(secret.valueOf('AWSCURRENT')).not.toBe(refused);
    expect(output()).not.toContain(refused);
  });

  test.each([400, 413, 503])('keeps the token where the answer %i is not about it', async (status) => {
    vendors.setFaults([{ path: '/api/logs', status }]);
    const version = secret.begin();
    await take('createSecret', version);
    const token = secret.valueOf('AWSPENDING');

    await expect(take('testSecret', version)).rejects.toThrow(`answered ${status}`);
    vendors.setFaults([]);
    await takeAll(version);

    expect(secret.valueOf('AWSCURRENT')).toBe(token);
  });
});

describe('finishSecret', () => {
  test('puts no empty version into use', async () => {
    await expect(take('finishSecret', secret.begin())).rejects.toThrow('holds no token');
    expect(secret.valueOf('AWSCURRENT')).toBe('former-token');
  });

  test('is refused where an update of the stack has put another token into use meanwhile', async () => {
    const version = secret.begin();
    await takeAll(version, ['createSecret', 'testSecret']);
    const rotating = new RotatingSecret(new SecretsManagerClient({}), SERVICE_TOKEN_SECRET);
    const signal = AbortSignal.timeout(30_000);
    const { currentVersion } = await rotating.look(version, signal);
    const update = { SecretId: SERVICE_TOKEN_SECRET, ClientRequestToken: 'update', SecretString: 'updated' };
    await new SecretsManagerClient({}).send(new PutSecretValueCommand(update));

    await expect(rotating.makeCurrent(version, currentVersion, signal)).rejects.toThrow(
      'AWSCURRENT is not at',
    );
    expect(secret.valueOf('AWSCURRENT')).toBe('updated');
  });
});

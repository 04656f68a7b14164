/** What a deployment asks of each source, and what it says where a parameter is wrong. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProbeProperties } from '../../../../contract/archive-checks.ts';
import { appDynamicsLook } from '../../../../lambda/archive/probe/appdynamics.ts';
import { cloudOneLook } from '../../../../lambda/archive/probe/cloudone.ts';
import { ibmCloudLook } from '../../../../lambda/archive/probe/ibmcloud.ts';
import { type SourceLook, sourceProbe } from '../../../../lambda/archive/probe/source-probe.ts';
import { customResourceHandler } from '../../../../lambda/shared/custom-resource.ts';
import { freshSecretReader } from '../../../../lambda/shared/fresh-secrets.ts';
import { ARCHIVE_VENDOR_STEPS, NAMED_CAUSE, stepGaps } from '../../../../rehearsal/steps.ts';
import { defaultTenant } from '../../../../rehearsal/vendors/tenant.ts';
import {
  API_KEY_SECRET,
  APP_DYNAMICS_SECRET,
  IBM_BUCKET,
  IBM_SECRET,
  startWorld,
  type World,
} from '../../lifecycle/world.ts';

const T = defaultTenant;
const CLOUD_ONE = { SecretArn: API_KEY_SECRET, CloudOneRegion: 'us-1' };
const APP_DYNAMICS = {
  SecretArn: APP_DYNAMICS_SECRET,
  ControllerUrl: `https://${T.appDynamicsHost}`,
  Authentication: 'basic',
  Principal: `${T.appDynamicsUser}@${T.appDynamicsAccount}`,
  Include: '["action:LOGIN"]',
  Exclude: '[]',
};
const OAUTH = {
  ...APP_DYNAMICS,
  Authentication: 'oauth',
  Principal: `${T.appDynamicsApiClient}@${T.appDynamicsAccount}`,
};
const IBM_CLOUD = { SecretArn: IBM_SECRET, Bucket: IBM_BUCKET, BucketRegion: 'eu-de', KeyPrefix: 'logs' };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

function created<P extends ProbeProperties>(look: SourceLook<P>, properties: object) {
  const secrets = freshSecretReader(new SecretsManagerClient(world.sdk));
  const handler = customResourceHandler(() => sourceProbe(look, secrets));
  return world.sink.send(handler, { type: 'Create', properties });
}

type Attempt = () => ReturnType<World['sink']['send']>;

function callsToVendors(): string[] {
  return world.vendors
    .state()
    .calls.filter(({ host }) => !host.endsWith('.stand-in'))
    .map(({ method, path }) => `${method} ${path}`);
}

describe('one harmless look', () => {
  test('at Cloud One’s audit log: its first page', async () => {
    expect((await created(cloudOneLook, CLOUD_ONE)).Status).toBe('SUCCESS');
    expect(callsToVendors()).toEqual(['GET /api/logs']);
  });

  test('at a controller, as a user', async () => {
    expect((await created(appDynamicsLook, APP_DYNAMICS)).Status).toBe('SUCCESS');
    expect(callsToVendors()).toEqual(['GET /controller/ControllerAuditHistory']);
  });

  test('at a controller, as an API client', async () => {
    world.aws.secrets.set(APP_DYNAMICS_SECRET, T.appDynamicsApiClientSecret);

    expect((await created(appDynamicsLook, OAUTH)).Status).toBe('SUCCESS');
    expect(callsToVendors()).toEqual([
      'POST /controller/api/oauth/access_token',
      'GET /controller/ControllerAuditHistory',
    ]);
  });

  test('at IBM Cloud’s bucket, which may be empty', async () => {
    expect((await created(ibmCloudLook, IBM_CLOUD)).Status).toBe('SUCCESS');
    expect(callsToVendors()).toEqual([`GET /${IBM_BUCKET}/`]);
  });
});

describe('a mistake is told with its source, its cause, and the parameters to mend', () => {
  const wrong = {
    apiKey: [API_KEY_SECRET, 'TMWrong:key'],
    password: [APP_DYNAMICS_SECRET, 'another password'],
    clientSecret: [APP_DYNAMICS_SECRET, 'another-secret'],
    hmacKey: [IBM_SECRET, 'another-id:secret'],
    noHmacKey: [IBM_SECRET, 'lonely-part'],
  } as const;

  test.each<[string, Attempt, keyof typeof wrong | undefined, readonly RegExp[]]>([
    [
      'a wrong API key',
      () => created(cloudOneLook, CLOUD_ONE),
      'apiKey',
      [/Cloud One/, /answered 40[13]/, /CloudOneApiKey/],
    ],
    [
      'another region',
      () => created(cloudOneLook, { ...CLOUD_ONE, CloudOneRegion: 'de-1' }),
      undefined,
      [/audit\.de-1/, /as CloudOneAuditRegion and CloudOneApiKey say/],
    ],
    [
      'a wrong password',
      () => created(appDynamicsLook, APP_DYNAMICS),
      'password',
      [/AppDynamics answered 401/, /password or secret is right/, /AppDynamicsPrincipal/],
    ],
    [
      'a wrong client secret',
      () => created(appDynamicsLook, OAUTH),
      'clientSecret',
      [/API Clients/, /AppDynamicsCredential/],
    ],
    [
      'another controller',
      () =>
        created(appDynamicsLook, { ...APP_DYNAMICS, ControllerUrl: 'https://other.saas.appdynamics.com' }),
      undefined,
      [/other\.saas\.appdynamics\.com/, /AppDynamicsControllerUrl/],
    ],
    [
      'what is no filter',
      () => created(appDynamicsLook, { ...APP_DYNAMICS, Include: '["login"]' }),
      undefined,
      [/AppDynamicsInclude is no list/],
    ],
    [
      'a wrong HMAC key',
      () => created(ibmCloudLook, IBM_CLOUD),
      'hmacKey',
      [/IBM Cloud/, /no such access key id/],
    ],
    [
      'no HMAC key',
      () => created(ibmCloudLook, IBM_CLOUD),
      'noHmacKey',
      [/do not look like such/, /IbmCloudHmacKey/],
    ],
    [
      'no such bucket',
      () => created(ibmCloudLook, { ...IBM_CLOUD, Bucket: 'no-such-bucket' }),
      undefined,
      [/no-such-bucket/, /check the bucket's name and its location/, /IbmCloudBucketName/],
    ],
    [
      'what is no location',
      () => created(ibmCloudLook, { ...IBM_CLOUD, BucketRegion: 'frankfurt' }),
      undefined,
      [/"frankfurt" is no location/, /IbmCloudBucketRegion/],
    ],
  ])('%s', async (_name, attempt, secret, says) => {
    const [arn, value] = secret === undefined ? [] : wrong[secret];
    if (arn !== undefined && value !== undefined) {
      world.aws.secrets.set(arn, value);
    }

    const { Status, Reason = '' } = await attempt();

    expect(Status).toBe('FAILED');
    for (const words of says) {
      expect(Reason).toMatch(words);
    }
    if (value !== undefined) {
      expect(Reason).not.toContain(value);
    }
  });

  test('a wrong password is tried once, so that nobody is locked out', async () => {
    world.aws.secrets.set(APP_DYNAMICS_SECRET, 'another password');

    await created(appDynamicsLook, APP_DYNAMICS);

    expect(callsToVendors()).toHaveLength(1);
  });

  test.each<[string, Attempt]>([
    ['Cloud One', () => created(cloudOneLook, CLOUD_ONE)],
    ['AppDynamics', () => created(appDynamicsLook, APP_DYNAMICS)],
    ['IBM Cloud', () => created(ibmCloudLook, IBM_CLOUD)],
  ])('a proxy’s page in place of %s', async (_source, attempt) => {
    const host = /trendmicro|appdynamics|appdomain/;
    world.vendors.setFaults(
      ['*.trendmicro.com', '*.appdynamics.com', '*.appdomain.cloud'].map((each) => ({
        host: each,
        action: 'html',
      })),
    );

    const { Status, Reason } = await attempt();

    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/If a proxy stands between/);
    expect(world.vendors.state().calls.filter((call) => host.test(call.host))).toHaveLength(1);
  });
});

describe('a secret that was given by ARN', () => {
  test('and cannot be read is told as such, by its parameter', async () => {
    const missing = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf';

    const { Reason } = await created(cloudOneLook, {
      ...CLOUD_ONE,
      SecretArn: missing,
      GivenSecretArn: missing,
    });

    expect(Reason).toMatch(/CloudOneApiKeySecretArn: .*does not exist/);
    expect(callsToVendors()).toEqual([]);
  });

  test('and lies elsewhere is told with its region', async () => {
    const elsewhere = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';

    const { Reason } = await created(ibmCloudLook, {
      ...IBM_CLOUD,
      SecretArn: elsewhere,
      GivenSecretArn: elsewhere,
    });

    expect(Reason).toMatch(/IbmCloudHmacKeySecretArn names a secret in eu-west-1/);
  });

  test('may hold a password with spaces, and no key with some', async () => {
    world.aws.secrets.set(API_KEY_SECRET, `${T.cloudOneApiKey} x`);

    // The simulated user's password has spaces.
    const password = await created(appDynamicsLook, { ...APP_DYNAMICS, GivenSecretArn: APP_DYNAMICS_SECRET });
    const apiKey = await created(cloudOneLook, { ...CLOUD_ONE, GivenSecretArn: API_KEY_SECRET });

    expect(T.appDynamicsPassword).toMatch(/\s/);
    expect(password.Status).toBe('SUCCESS');
    expect(apiKey.Reason).toMatch(/CloudOneApiKeySecretArn: the secret holds spaces/);
  });
});

describe('each call that a proof makes can be made to fail in a rehearsal', () => {
  const proveAll = async () => {
    const answers = [await created(cloudOneLook, CLOUD_ONE), await created(ibmCloudLook, IBM_CLOUD)];
    world.aws.secrets.set(APP_DYNAMICS_SECRET, T.appDynamicsApiClientSecret);
    return [...answers, await created(appDynamicsLook, OAUTH)];
  };

  test('and none is left out', async () => {
    await proveAll();

    const calls = world.vendors.state().calls.filter(({ host }) => !host.endsWith('.stand-in'));
    expect(stepGaps(calls, ARCHIVE_VENDOR_STEPS)).toEqual([]);
  });

  test.each(ARCHIVE_VENDOR_STEPS)('$id: the failure names step and cause', async ({ fault, named }) => {
    world.vendors.setFaults([fault]);

    const failures = (await proveAll()).filter(({ Status }) => Status === 'FAILED');

    expect(failures).toEqual([expect.objectContaining({ Reason: expect.stringMatching(named) })]);
    expect(failures[0]?.Reason).toMatch(NAMED_CAUSE);
  });
});

test('a deletion asks nobody', async () => {
  const { PhysicalResourceId } = await created(cloudOneLook, CLOUD_ONE);
  world.vendors.setFaults([{ status: 500 }]);
  const handler = customResourceHandler(() => sourceProbe(cloudOneLook, { read: () => Promise.reject() }));

  const answer = await world.sink.send(handler, {
    type: 'Delete',
    properties: CLOUD_ONE,
    physicalId: PhysicalResourceId,
  });

  expect(answer.Status).toBe('SUCCESS');
});

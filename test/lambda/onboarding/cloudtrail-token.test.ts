import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, SERVICE_TOKEN_SECRET, startFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

describe('CloudTrail integration token', () => {
  test('goes into the secret; what is not secret becomes attributes', async () => {
    const created = await fixture.create('cloudTrailToken');

    const [put] = fixture.secretsManager.commandCalls(PutSecretValueCommand);
    const token = put?.args[0].input.SecretString ?? '';
    expect(put?.args[0].input.SecretId).toBe(SERVICE_TOKEN_SECRET);
    expect(token).not.toBe('');
    expect(created.Data).toEqual({
      ServiceUrl: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
      ApiVersion: 'v1',
      ExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      TokenVersionId: put?.args[0].input.ClientRequestToken,
      TemplateUrl: expect.stringMatching(/^https:\/\/[^/]+\.s3\.us-east-1\.amazonaws\.com\//),
      S3BucketName: expect.stringMatching(/^[a-z0-9-]+$/),
    });
    expect(JSON.stringify(created) + fixture.output()).not.toContain(token);
  });

  test('is fetched anew by an update, under the same physical id', async () => {
    const { PhysicalResourceId } = await fixture.create('cloudTrailToken');

    const updated = await fixture.update('cloudTrailToken', PhysicalResourceId, { Revision: '2' });

    const tokens = fixture.secretsManager
      .commandCalls(PutSecretValueCommand)
      .map(({ args }) => args[0].input.SecretString);
    expect(new Set(tokens).size).toBe(2);
    expect(updated.PhysicalResourceId).toBe(PhysicalResourceId);
  });

  test('fails where the secret cannot be written', async () => {
    fixture.secretsManager.on(PutSecretValueCommand).rejects(new Error('AccessDenied: PutSecretValue'));

    const created = await fixture.create('cloudTrailToken');

    expect(created.Reason).toContain('PutSecretValue');
  });

  test('is not stored where the link points elsewhere', async () => {
    const query = new URLSearchParams({
      templateUrl: 'https://b.s3.us-east-1.amazonaws.com/t',
      param_ServiceToken: 'secret-token-value',
      param_ServiceURL: 'https://cloudtrail.us-1.cloudone.trendmicro.com.evil.example',
      param_APIVersion: 'v1',
    });
    const deploymentURL = `https://console.aws.amazon.com/cloudformation/home#/stacks/create/review?${query}`;
    fixture.vendors.setFaults([{ body: { deploymentURL } }]);

    const created = await fixture.create('cloudTrailToken');

    expect(created.Reason).toContain('evil.example');
    expect(fixture.secretsManager.commandCalls(PutSecretValueCommand)).toHaveLength(0);
    expect(JSON.stringify(created) + fixture.output()).not.toContain('secret-token-value');
  });

  test('a new token has another version, so that CloudFormation hands it on to the vendor’s client', async () => {
    const created = await fixture.create('cloudTrailToken', VENDOR_CLIENT);
    const updated = await fixture.update(
      'cloudTrailToken',
      created.PhysicalResourceId,
      { ...VENDOR_CLIENT, Revision: '2' },
      VENDOR_CLIENT,
    );

    expect(created.Data?.TokenVersionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(updated.Data?.TokenVersionId).not.toBe(created.Data?.TokenVersionId);
  });

  test.each<[string, LinkRest]>([
    ['templateUrl', { param_S3BucketName: 'code' }],
    ['param_S3BucketName', { templateUrl: 'https://b.s3.us-east-1.amazonaws.com/t' }],
    ['templateUrl and param_S3BucketName', {}],
  ])(
    'for the vendor’s client the link must tell %s; for our own forwarder it need not',
    async (missing, rest) => {
      fixture.vendors.setFaults([{ body: { deploymentURL: linkWith(rest) } }]);

      const forClient = await fixture.create('cloudTrailToken', VENDOR_CLIENT);
      const stored = fixture.secretsManager.commandCalls(PutSecretValueCommand).length;
      const forOurs = await fixture.create('cloudTrailToken');

      expect(forClient).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringMatching(
          new RegExp(`lacks ${missing}, .*Deploy with ForwardingDestination=CloudOne instead`),
        ),
      });
      expect(stored).toBe(0);
      expect(forOurs).toMatchObject({ Status: 'SUCCESS', Data: { TemplateUrl: rest.templateUrl ?? '' } });
    },
  );

  test('a template that does not lie in S3 is not deployed', async () => {
    const templateUrl = 'https://s3.amazonaws.com.evil.example/t';
    fixture.vendors.setFaults([
      { body: { deploymentURL: linkWith({ templateUrl, param_S3BucketName: 'code' }) } },
    ]);

    const created = await fixture.create('cloudTrailToken', VENDOR_CLIENT);

    expect(created).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('evil.example') });
  });

  test.each(['-code', 'Code', 'a', 'a b'])('nor is code taken from the bucket %o', async (name) => {
    const templateUrl = 'https://b.s3.us-east-1.amazonaws.com/t';
    fixture.vendors.setFaults([
      { body: { deploymentURL: linkWith({ templateUrl, param_S3BucketName: name }) } },
    ]);

    const created = await fixture.create('cloudTrailToken', VENDOR_CLIENT);

    expect(created).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining("not a bucket's name"),
    });
  });
});

const VENDOR_CLIENT = { ForwardingDestination: 'VendorClient' };

interface LinkRest {
  readonly templateUrl?: string;
  readonly param_S3BucketName?: string;
}

/** The link as the vendor may give it, with more or less in it. */
function linkWith(rest: LinkRest): string {
  const query = Object.entries({
    param_ServiceToken: 'secret-token-value',
    param_ServiceURL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
    param_APIVersion: 'v1',
    ...rest,
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `https://console.aws.amazon.com/cloudformation/home#/stacks/create/review?${query.join('&')}`;
}

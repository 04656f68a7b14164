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
});

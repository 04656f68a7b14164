import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { SecretReader } from '../../../lambda/shared/secrets.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s';
const client = mockClient(SecretsManagerClient);
const reads = () => client.commandCalls(GetSecretValueCommand).length;

beforeEach(() => {
  client.reset();
  client.on(GetSecretValueCommand, { SecretId: ARN }).resolves({ SecretString: ' value\n' });
});

test('reads once, trims, and reads again when told to forget', async () => {
  const secrets = new SecretReader(new SecretsManagerClient({}));

  expect([await secrets.read(ARN), await secrets.read(ARN), reads()]).toEqual(['value', 'value', 1]);
  secrets.forget(ARN);
  await secrets.read(ARN);
  expect(reads()).toBe(2);
});

test('knows when what it keeps was stored', async () => {
  const storedAt = new Date('2026-11-20T00:00:00Z');
  client.on(GetSecretValueCommand).resolves({ SecretString: 'value', CreatedDate: storedAt });
  const secrets = new SecretReader(new SecretsManagerClient({}));

  expect(secrets.storedAt(ARN)).toBeUndefined();
  await secrets.read(ARN);
  expect(secrets.storedAt(ARN)).toEqual(storedAt);
  secrets.forget(ARN);
  expect(secrets.storedAt(ARN)).toBeUndefined();
});

test('keeps nothing with a maximum age of zero', async () => {
  const secrets = new SecretReader(new SecretsManagerClient({}), 0);

  await secrets.read(ARN);
  await secrets.read(ARN);

  expect(reads()).toBe(2);
});

test.each([{ SecretString: ' ' }, {}, { SecretBinary: new Uint8Array([1]) }])(
  'refuses a secret without text: %o',
  async (answer) => {
    client.on(GetSecretValueCommand).resolves(answer);

    await expect(new SecretReader(new SecretsManagerClient({})).read(ARN)).rejects.toThrow(
      `${ARN} holds no text`,
    );
  },
);

test.each([
  ['ResourceNotFoundException', 'create it, or give the ARN of another'],
  ['AccessDeniedException', 'needs secretsmanager:GetSecretValue on it'],
  ['DecryptionFailure', 'needs kms:Decrypt'],
])('names the cure for %s', async (name, cure) => {
  client.on(GetSecretValueCommand).rejects(Object.assign(new Error('refused'), { name }));

  await expect(new SecretReader(new SecretsManagerClient({})).read(ARN)).rejects.toThrow(cure);
});

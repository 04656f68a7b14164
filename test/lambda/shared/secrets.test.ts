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

test('reads once for all who ask at the same time, and they share a failure too', async () => {
  const secrets = new SecretReader(new SecretsManagerClient({}));

  expect(await Promise.all([1, 2, 3, 4].map(() => secrets.read(ARN)))).toEqual(Array(4).fill('value'));
  expect(reads()).toBe(1);

  secrets.forget(ARN);
  client.on(GetSecretValueCommand).rejects(new Error('away'));
  const outcomes = await Promise.allSettled([secrets.read(ARN), secrets.read(ARN)]);
  expect([outcomes.map(({ status }) => status), reads()]).toEqual([['rejected', 'rejected'], 2]);

  client.on(GetSecretValueCommand).resolves({ SecretString: 'back' });
  expect(await secrets.read(ARN)).toBe('back');
});

test('does not give what was being read when it was told to forget', async () => {
  const slow = Promise.withResolvers<{ SecretString: string }>();
  let calls = 0;
  client.on(GetSecretValueCommand).callsFake(() => {
    calls += 1;
    return calls === 1 ? slow.promise : { SecretString: 'value' };
  });
  const secrets = new SecretReader(new SecretsManagerClient({}));
  const former = secrets.read(ARN);

  secrets.forget(ARN);
  const latter = secrets.read(ARN);
  slow.resolve({ SecretString: 'former' });

  expect([await former, await latter]).toEqual(['former', 'value']);
  expect(await secrets.read(ARN)).toBe('value');
});

test('does not fail for want of the time of another who asked first', async () => {
  const hasty = new AbortController();
  const slow = Promise.withResolvers<never>();
  let calls = 0;
  client.on(GetSecretValueCommand).callsFake(() => {
    calls += 1;
    return calls === 1 ? slow.promise : { SecretString: 'value' };
  });
  const secrets = new SecretReader(new SecretsManagerClient({}));
  const first = secrets.read(ARN, hasty.signal);
  const second = secrets.read(ARN, new AbortController().signal);

  hasty.abort();
  slow.reject(new Error('aborted'));

  await expect(first).rejects.toThrow('ran out of time');
  expect(await second).toBe('value');
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

test.each(['{"apikey":"id:secret"}', '{}', ' ["a"] ', '"id:secret"', '{"key":\n"value"}'])(
  'refuses JSON, and does not show it: %s',
  async (SecretString) => {
    client.on(GetSecretValueCommand).resolves({ SecretString });

    const reading = new SecretReader(new SecretsManagerClient({})).read(ARN);

    await expect(reading).rejects.toMatchObject({ problem: 'json' });
    await expect(reading).rejects.toThrow(/key\/value.*"Plaintext"/s);
    await expect(reading).rejects.not.toThrow('id:secret');
  },
);

test.each(['{not-json', '[id]:secret', 'eyJhbGciOi.e30.c2ln', '123456', 'true'])(
  'takes %s, which is no JSON document of the console’s',
  async (SecretString) => {
    client.on(GetSecretValueCommand).resolves({ SecretString });

    expect(await new SecretReader(new SecretsManagerClient({})).read(ARN)).toBe(SecretString);
  },
);

test.each([
  ['ResourceNotFoundException', 'refused', 'missing', 'create it, or give the ARN of another'],
  ['InvalidRequestException', 'marked for deletion', 'deleted', 'restore it'],
  ['AccessDeniedException', 'refused', 'denied', 'needs secretsmanager:GetSecretValue on it'],
  ['AccessDeniedException', 'Access to KMS is not allowed', 'key', 'needs kms:Decrypt'],
  ['DecryptionFailure', 'refused', 'key', 'needs kms:Decrypt'],
])('names the cure for %s (%s)', async (name, message, problem, cure) => {
  client.on(GetSecretValueCommand).rejects(Object.assign(new Error(message), { name }));

  const reading = new SecretReader(new SecretsManagerClient({})).read(ARN);

  await expect(reading).rejects.toMatchObject({ problem });
  await expect(reading).rejects.toThrow(cure);
});

test('tells of an error that says nothing of the secret as of a failure of AWS', async () => {
  const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
  client.on(GetSecretValueCommand).rejects(throttled);

  await expect(new SecretReader(new SecretsManagerClient({})).read(ARN)).rejects.toMatchObject({
    name: 'AwsCallError',
    message: expect.stringMatching(/GetSecretValue on .*ThrottlingException: slow down\)\. This passes/),
    cause: throttled,
  });
});

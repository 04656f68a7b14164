import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { enrolmentSecret } from '../../../lambda/onboarding/enrolment-secret.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:enrolment-AbCdEf';
const ENROLMENT = {
  token: 'aToken',
  connectorId: 'aConnector',
  visionOneRegion: 'us',
  cloudOneRegion: 'us-1',
  expiresAt: 1_800_000_000_000,
} as const;
const client = mockClient(SecretsManagerClient);
const secret = enrolmentSecret(new SecretsManagerClient({}), ARN);
const signal = new AbortController().signal;
const failing = (name: string) => Object.assign(new Error('no'), { name });
let stored: string | undefined;

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  stored = undefined;
  client.reset();
  client.on(PutSecretValueCommand, { SecretId: ARN }).callsFake(({ SecretString }) => {
    stored = SecretString;
    return {};
  });
  client.on(GetSecretValueCommand, { SecretId: ARN }).callsFake(() => {
    if (stored === undefined) {
      throw failing('ResourceNotFoundException');
    }
    return { SecretString: stored };
  });
});

test('holds nothing, then what was generated, then nothing again', async () => {
  await expect(secret.read(signal)).resolves.toBeUndefined();
  await secret.write(ENROLMENT, signal);
  await expect(secret.read(signal)).resolves.toEqual(ENROLMENT);
  await expect(secret.readToken(signal)).resolves.toBe('aToken');
  await secret.clear(signal);
  await expect(secret.read(signal)).resolves.toBeUndefined();
});

test('says what to do where there is no token to read', async () => {
  await expect(secret.readToken(signal)).rejects.toThrow(/connected.*already.*Deploy again/s);
});

test.each(['not JSON', '[]', 'null', '{"token":"x"}', '{"token":"","connectorId":"y"}'])(
  'takes %s for nothing',
  async (text) => {
    stored = text;

    await expect(secret.read(signal)).resolves.toBeUndefined();
  },
);

test('waits until IAM lets everyone know of a new role, and for nothing else', async () => {
  client
    .on(GetSecretValueCommand)
    .rejectsOnce(failing('AccessDeniedException'))
    .resolves({ SecretString: JSON.stringify(ENROLMENT) });
  await expect(secret.read(signal)).resolves.toEqual(ENROLMENT);

  client.on(GetSecretValueCommand).rejects(failing('InternalServiceError'));
  await expect(secret.read(signal)).rejects.toThrow('no');
});

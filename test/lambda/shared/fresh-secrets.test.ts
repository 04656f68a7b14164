import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { freshSecretReader } from '../../../lambda/shared/fresh-secrets.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:key';
const denied = Object.assign(new Error('is not authorized'), { name: 'AccessDeniedException' });
const secretsManager = mockClient(SecretsManagerClient);

beforeEach(() => {
  secretsManager.reset();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

describe('a fresh secret reader', () => {
  test('waits until IAM lets everyone know of a new role', async () => {
    secretsManager
      .on(GetSecretValueCommand)
      .rejectsOnce(denied)
      .rejectsOnce(denied)
      .resolves({ SecretString: 'id:secret' });

    await expect(freshSecretReader().read(ARN)).resolves.toBe('id:secret');
  });

  test('says what is missing where it is not IAM being slow', async () => {
    secretsManager.on(GetSecretValueCommand).rejects(denied);

    await expect(freshSecretReader().read(ARN)).rejects.toThrow(/needs secretsmanager:GetSecretValue/);
  });

  test('does not try again what is no refusal', async () => {
    const gone = Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });
    secretsManager.on(GetSecretValueCommand).rejects(gone);

    await expect(freshSecretReader().read(ARN)).rejects.toThrow(/does not exist/);
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });
});

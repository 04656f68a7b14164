import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { RotationError, rotateToken } from '../../rehearsal/token-rotation.ts';
import { clientsTo } from './clients.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token';

const cloudFormation = mockClient(CloudFormationClient);
const secretsManager = mockClient(SecretsManagerClient);

beforeEach(() => {
  cloudFormation.reset();
  secretsManager.reset();
  cloudFormation
    .rejects(new Error('not expected'))
    .on(DescribeStackResourceCommand, { StackName: 'CloudOne', LogicalResourceId: 'ServiceToken' })
    .resolves({ StackResourceDetail: { PhysicalResourceId: SECRET } as never });
  secretsManager
    .rejects(new Error('not expected'))
    .on(RotateSecretCommand, { SecretId: SECRET })
    .resolves({ VersionId: 'new' });
});

/** What `DescribeSecret` answers, one after the other; the last stays. */
function describedAs(...answers: Record<string, string[]>[]): void {
  const last = answers.pop();
  const described = secretsManager.on(DescribeSecretCommand, { SecretId: SECRET });
  for (const VersionIdsToStages of answers) {
    described.resolvesOnce({ VersionIdsToStages });
  }
  described.resolves({ VersionIdsToStages: last });
}

function rotate(): Promise<void> {
  const clients = clientsTo({
    cloudFormation: new CloudFormationClient({}),
    secretsManager: new SecretsManagerClient({}),
  });
  return rotateToken(clients, 'CloudOne');
}

test('rotates once the schedule has been tried out, and returns when the new token is in use', async () => {
  describedAs(
    { old: ['AWSCURRENT'], trial: ['AWSPENDING'] },
    { old: ['AWSCURRENT'] },
    { old: ['AWSCURRENT'], new: ['AWSPENDING'] },
    { old: ['AWSPREVIOUS'], new: ['AWSCURRENT', 'AWSPENDING'] },
  );

  await rotate();

  expect(secretsManager.commandCalls(RotateSecretCommand)).toHaveLength(1);
  expect(secretsManager.commandCalls(DescribeSecretCommand)).toHaveLength(4);
});

test('gives up on a rotation that does not end, and says where to look', async () => {
  describedAs({ old: ['AWSCURRENT'] }, { old: ['AWSCURRENT'], new: ['AWSPENDING'] });
  let now = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    now += 10_000;
    return now;
  });

  const rotation = rotate();

  await expect(rotation).rejects.toThrow(RotationError);
  await expect(rotation).rejects.toThrow(/the renewed token is in use.*log of the function TokenRotation/s);
});

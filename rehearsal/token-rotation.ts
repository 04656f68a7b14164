/** Rotates the CloudTrail token in the middle of forwarding, and has the vendor revoke the former one. */
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Clients } from './clients.ts';

/** Logical id of the secret in the template. */
const SECRET = 'ServiceToken';
const POLL_MS = 100;
const PATIENCE_MS = 30_000;

/** A rotation was begun and did not come to its end. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
}

/**
 * Has Secrets Manager rotate the token, and waits until the new one is in use.
 *
 * @throws RotationError where it is not within half a minute; the function's log says why.
 */
export async function rotateToken(
  { cloudFormation, secretsManager }: Pick<Clients, 'cloudFormation' | 'secretsManager'>,
  stackName: string,
): Promise<void> {
  const { StackResourceDetail } = await cloudFormation.send(
    new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: SECRET }),
  );
  const SecretId = StackResourceDetail?.PhysicalResourceId;
  const stagesOf = async () => {
    const { VersionIdsToStages = {} } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    return VersionIdsToStages;
  };
  // Setting the schedule has Secrets Manager try the function out with a pending version.
  await until('the schedule has been tried out', async () => !isPending(await stagesOf()));
  const { VersionId = '' } = await secretsManager.send(new RotateSecretCommand({ SecretId }));
  await until('the renewed token is in use', async () =>
    (await stagesOf())[VersionId]?.includes('AWSCURRENT'),
  );
}

function isPending(stages: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.values(stages).some(
    (labels) => labels.includes('AWSPENDING') && !labels.includes('AWSCURRENT'),
  );
}

async function until(what: string, holds: () => Promise<boolean | undefined>): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; !(await holds()); await wait(POLL_MS)) {
    if (Date.now() > giveUpAt) {
      throw new RotationError(
        `The CloudTrail token was not rotated: it did not come to it that ${what}. ` +
          'The log of the function TokenRotation says why.',
      );
    }
  }
}

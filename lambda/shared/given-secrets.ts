import type { FreshSecretReader } from './fresh-secrets.ts';
import { SecretError } from './secrets.ts';

/** A secret that the user gave by its ARN cannot be used as it is. Its value is never shown. */
export class UnusableSecretError extends Error {
  override readonly name = 'UnusableSecretError';
}

/** ARNs by the parameter that they were given in; `undefined` where it is empty. */
export type GivenSecretArns = Readonly<Record<string, string | undefined>>;

export interface Deployment {
  readonly awsRegion: string;
  /** The ARN of the stack, which tells the account. */
  readonly stackId: string;
  readonly signal: AbortSignal;
  /** Whether a credential may hold spaces, as a person's password may. @default false */
  readonly mayHoldSpaces?: boolean;
}

/**
 * Reads every secret that the user gave by ARN, so that one that cannot be used is found while nothing is
 * registered yet.
 *
 * @throws UnusableSecretError naming all that are at fault, and what to do.
 */
export async function assertSecretsUsable(
  secrets: FreshSecretReader,
  given: GivenSecretArns,
  deployment: Deployment,
): Promise<void> {
  const tries = Object.entries(given).map(async ([parameter, arn]) =>
    arn === undefined ? undefined : faultOf(secrets, parameter, arn, deployment),
  );
  const faults = (await Promise.all(tries)).filter((fault) => fault !== undefined);
  if (faults.length > 0) {
    throw new UnusableSecretError(faults.join(' '));
  }
}

async function faultOf(
  secrets: FreshSecretReader,
  parameter: string,
  arn: string,
  deployment: Deployment,
): Promise<string | undefined> {
  const { awsRegion, signal, mayHoldSpaces = false } = deployment;
  const [, , , region] = arn.split(':');
  if (region !== awsRegion) {
    return (
      `${parameter} names a secret in ${region}, but the stack is deployed in ${awsRegion}. Replicate it to ` +
      `${awsRegion} (Secrets Manager, "Replicate secret") and give the replica's ARN.`
    );
  }
  try {
    const value = await secrets.read(arn, signal);
    return /\s/.test(value) && !mayHoldSpaces
      ? `${parameter}: the secret holds spaces or line breaks within the credential. Store it in one piece.`
      : undefined;
  } catch (error) {
    // Faults of a secret are collected, for the user to put all of them right at once.
    if (error instanceof SecretError) {
      return `${parameter}: ${error.message}${furtherCure(error, arn, deployment)}`;
    }
    throw error;
  }
}

/**
 * What to change elsewhere: the stack grants its functions what they need on the ARN that was given, so a
 * denial comes from another policy, or the ARN is not the secret's.
 */
function furtherCure({ problem }: SecretError, arn: string, { awsRegion, stackId }: Deployment): string {
  const [, partition, , , account = ''] = stackId.split(':');
  const allow = (action: string, condition?: object) =>
    JSON.stringify({
      Effect: 'Allow',
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: action,
      Resource: '*',
      ...(condition === undefined ? {} : { Condition: condition }),
    });
  if (problem === 'key') {
    const throughSecretsManager = {
      StringEquals: { 'kms:ViaService': `secretsmanager.${awsRegion}.amazonaws.com` },
    };
    return (
      " Give the key's ARN as SecretsKeyArn, and have in the key's policy: " +
      allow('kms:Decrypt', throughSecretsManager)
    );
  }
  if (problem !== 'denied') {
    return '';
  }
  const isAnotherAccounts = arn.split(':')[4] !== account;
  return isAnotherAccounts
    ? ` It is another account's: have in its resource policy: ${allow('secretsmanager:GetSecretValue')}`
    : ' The stack grants that on exactly this ARN: check its last six characters, and that no resource policy, ' +
        'permissions boundary or service control policy denies it.';
}

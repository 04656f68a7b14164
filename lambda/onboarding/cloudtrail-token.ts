import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import { cloudTrailTokenProperties } from '../../contract/onboarding.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { requestCloudTrailStack } from '../vendors/cloudone/cloudtrail.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';

type Properties = z.infer<typeof cloudTrailTokenProperties>;

export interface CloudTrailTokenDependencies {
  readonly readApiKey: ApiKeyReader;
  readonly secretsManager: SecretsManagerClient;
  /** The secret that the token is written to. */
  readonly serviceTokenSecretArn: string;
}

const STEP = 'CloudTrail integration token';

/**
 * Obtains a token of Cloud One's CloudTrail service and puts it into its secret; what is not secret becomes
 * attributes. Every update fetches a new one.
 *
 * There is nothing to delete: no call is known that takes a token back. It lapses after 30 days, and the
 * only place where it is kept, the secret, goes with the stack.
 */
export function cloudTrailToken(
  dependencies: CloudTrailTokenDependencies,
): CustomResourceDefinition<Properties> {
  const { readApiKey, secretsManager, serviceTokenSecretArn } = dependencies;

  const store = async (SecretString: string, signal: AbortSignal): Promise<void> => {
    try {
      const command = new PutSecretValueCommand({ SecretId: serviceTokenSecretArn, SecretString });
      await secretsManager.send(command, { abortSignal: signal });
    } catch (error) {
      throw explainAwsError(`secretsmanager:PutSecretValue on ${serviceTokenSecretArn}`, error, signal);
    }
  };

  const obtain = async ({ properties, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const { CloudOneRegion, AwsAccountId, AwsRegion } = properties;
    const access = await cloudOneAccess(readApiKey, STEP, signal);
    const stack = await requestCloudTrailStack(access, CloudOneRegion, {
      awsAccountId: AwsAccountId,
      awsRegion: AwsRegion,
    });
    await store(stack.serviceToken, signal);
    return {
      registration: { origin: 'created', id: `${CloudOneRegion}/${AwsAccountId}` },
      attributes: {
        ServiceUrl: stack.serviceUrl,
        ApiVersion: stack.apiVersion,
        ExpiresAt: stack.expiresAt.toISOString(),
      },
    };
  };

  return {
    step: STEP,
    properties: cloudTrailTokenProperties,
    create: obtain,
    update: obtain,
    delete: async () => {},
  };
}

import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import { cloudTrailTokenProperties } from '../../contract/onboarding.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { type CloudTrailStack, requestCloudTrailStack } from '../vendors/cloudone/cloudtrail.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';

type Properties = z.infer<typeof cloudTrailTokenProperties>;

export interface CloudTrailTokenDependencies {
  readonly readApiKey: ApiKeyReader;
  readonly secretsManager: SecretsManagerClient;
  /** The secret that the token is written to. */
  readonly serviceTokenSecretArn: string;
}

/** The vendor's client stack was asked for, and the vendor's link does not say where to take it from. */
export class VendorClientUnknownError extends Error {
  override readonly name = 'VendorClientUnknownError';
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

  const store = async (SecretString: string, ClientRequestToken: string, signal: AbortSignal) => {
    try {
      const command = new PutSecretValueCommand({
        SecretId: serviceTokenSecretArn,
        SecretString,
        ClientRequestToken,
      });
      await secretsManager.send(command, { abortSignal: signal });
    } catch (error) {
      throw explainAwsError(`secretsmanager:PutSecretValue on ${serviceTokenSecretArn}`, error, signal);
    }
  };

  const obtain = async ({ properties, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const { CloudOneRegion, AwsAccountId, AwsRegion, ForwardingDestination } = properties;
    const access = await cloudOneAccess(readApiKey, STEP, signal);
    const stack = await requestCloudTrailStack(access, CloudOneRegion, {
      awsAccountId: AwsAccountId,
      awsRegion: AwsRegion,
    });
    if (ForwardingDestination === 'VendorClient') {
      assertClientIsNamed(stack);
    }
    // It becomes the version's id, by which CloudFormation hands this very token on to the vendor's client.
    const version = randomUUID();
    await store(stack.serviceToken, version, signal);
    return {
      registration: { origin: 'created', id: `${CloudOneRegion}/${AwsAccountId}` },
      attributes: {
        ServiceUrl: stack.serviceUrl,
        ApiVersion: stack.apiVersion,
        ExpiresAt: stack.expiresAt.toISOString(),
        TokenVersionId: version,
        TemplateUrl: stack.templateUrl ?? '',
        S3BucketName: stack.codeBucketName ?? '',
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

function assertClientIsNamed({ templateUrl, codeBucketName }: CloudTrailStack): void {
  const missing = [
    ...(templateUrl === undefined ? ['templateUrl'] : []),
    ...(codeBucketName === undefined ? ['param_S3BucketName'] : []),
  ];
  if (missing.length > 0) {
    throw new VendorClientUnknownError(
      `the link that Cloud One gave lacks ${missing.join(' and ')}, so there is no client stack of the vendor's to ` +
        'deploy. Deploy with ForwardingDestination=CloudOne instead, or ask Trend Micro whether the client is still offered.',
    );
  }
}

import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseEnvironment } from '../../contract/environment.ts';
import { cloudTrailTokenEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { usersApiKey } from './api-key-reader.ts';
import { cloudTrailToken } from './cloudtrail-token.ts';

export const handler = customResourceHandler(() =>
  cloudTrailToken({
    readApiKey: usersApiKey(),
    secretsManager: new SecretsManagerClient({}),
    serviceTokenSecretArn: parseEnvironment(cloudTrailTokenEnvironment, process.env).SERVICE_TOKEN_SECRET_ARN,
  }),
);

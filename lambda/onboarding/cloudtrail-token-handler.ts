import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseEnvironment } from '../../contract/environment.ts';
import { cloudTrailTokenEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { apiKeyReader, freshSecretReader } from './api-key-reader.ts';
import { cloudTrailToken } from './cloudtrail-token.ts';

const environment = parseEnvironment(cloudTrailTokenEnvironment, process.env);
const secretsManager = new SecretsManagerClient({});

export const handler = customResourceHandler(
  cloudTrailToken({
    readApiKey: apiKeyReader(freshSecretReader(secretsManager), environment.CLOUD_ONE_API_KEY_SECRET_ARN),
    secretsManager,
    serviceTokenSecretArn: environment.SERVICE_TOKEN_SECRET_ARN,
  }),
);

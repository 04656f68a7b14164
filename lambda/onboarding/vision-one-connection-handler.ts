import { parseEnvironment } from '../../contract/environment.ts';
import { visionOneEnrolmentEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { apiKeyReader, freshSecretReader } from './api-key-reader.ts';
import { visionOneConnection } from './vision-one-connection.ts';

const environment = parseEnvironment(visionOneEnrolmentEnvironment, process.env);
const { VISION_ONE_SERVICE_TOKEN_SECRET_ARN: tokenSecretArn } = environment;
const secrets = freshSecretReader();

export const handler = customResourceHandler(
  visionOneConnection({
    readApiKey: apiKeyReader(secrets, environment.CLOUD_ONE_API_KEY_SECRET_ARN),
    readServiceToken:
      tokenSecretArn === undefined ? undefined : (signal) => secrets.read(tokenSecretArn, signal),
  }),
);

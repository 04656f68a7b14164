import { parseEnvironment } from '../../contract/environment.ts';
import { visionOneEnrolmentEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { freshSecretReader, usersApiKey } from './api-key-reader.ts';
import { visionOneConnection } from './vision-one-connection.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(visionOneEnrolmentEnvironment, process.env);
  const tokenSecretArn = environment.VISION_ONE_SERVICE_TOKEN_SECRET_ARN;
  const secrets = freshSecretReader();
  return visionOneConnection({
    readApiKey: usersApiKey(),
    readServiceToken:
      tokenSecretArn === undefined ? undefined : (signal) => secrets.read(tokenSecretArn, signal),
  });
});

import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseEnvironment } from '../../contract/environment.ts';
import { visionOneEnrolmentTokenEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { parameterMark } from '../shared/durable-mark.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { usersApiKey } from './api-key-reader.ts';
import { enrolmentSecret } from './enrolment-secret.ts';
import { visionOneEnrolmentToken } from './vision-one-enrolment-token.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(visionOneEnrolmentTokenEnvironment, process.env);
  const secrets = freshSecretReader();
  return visionOneEnrolmentToken({
    readApiKey: usersApiKey(),
    readVisionOneApiKey: (signal) => secrets.read(environment.VISION_ONE_API_KEY_SECRET_ARN, signal),
    secret: enrolmentSecret(new SecretsManagerClient({}), environment.VISION_ONE_ENROLMENT_SECRET_ARN),
    connectionMark: parameterMark(new SSMClient({}), environment.CONNECTION_MARK_PARAMETER),
  });
});

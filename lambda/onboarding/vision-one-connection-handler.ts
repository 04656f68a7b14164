import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { parseEnvironment } from '../../contract/environment.ts';
import { visionOneConnectionEnvironment } from '../../contract/onboarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { parameterMark } from '../shared/durable-mark.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { usersApiKey } from './api-key-reader.ts';
import { enrolmentSecret } from './enrolment-secret.ts';
import { visionOneConnection } from './vision-one-connection.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(visionOneConnectionEnvironment, process.env);
  return visionOneConnection({
    readApiKey: usersApiKey(),
    readServiceToken: tokenReader(
      environment.VISION_ONE_SERVICE_TOKEN_SECRET_ARN,
      environment.VISION_ONE_ENROLMENT_SECRET_ARN,
    ),
    mark: parameterMark(new SSMClient({}), environment.CONNECTION_MARK_PARAMETER),
  });
});

/** Reads the token that the user gave or, in its absence, the one that the stack has generated. */
function tokenReader(givenArn: string | undefined, generatedArn: string | undefined) {
  if (givenArn !== undefined) {
    const secrets = freshSecretReader();
    return (signal: AbortSignal) => secrets.read(givenArn, signal);
  }
  if (generatedArn !== undefined) {
    const generated = enrolmentSecret(new SecretsManagerClient({}), generatedArn);
    return (signal: AbortSignal) => generated.readToken(signal);
  }
  return undefined;
}

/** Lambda handler: a step of the CloudTrail token's rotation. It wires; its siblings decide. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { tokenRotationEnvironment } from '../../contract/onboarding.ts';
import { usersApiKey } from './api-key-reader.ts';
import { RotatingSecret } from './rotating-secret.ts';
import { rotationRequest, takeRotationStep } from './token-rotation.ts';

const environment = parseEnvironment(tokenRotationEnvironment, process.env);

const dependencies = {
  readApiKey: usersApiKey(),
  secret: new RotatingSecret(new SecretsManagerClient({}), environment.SERVICE_TOKEN_SECRET_ARN),
  cloudOneRegion: environment.CLOUD_ONE_REGION,
  account: { awsAccountId: environment.STACK_ACCOUNT_ID, awsRegion: environment.STACK_REGION },
  deployed: { serviceUrl: environment.SERVICE_URL, apiVersion: environment.SERVICE_API_VERSION },
};

/** Kept back for saying why, before Lambda ends the function. */
const RESERVE_MS = 5_000;

/** @param event see `rotationRequest` */
export async function handler(event: unknown, context: Context): Promise<void> {
  const timeMs = Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS);
  await takeRotationStep(rotationRequest.parse(event), dependencies, AbortSignal.timeout(timeMs));
}

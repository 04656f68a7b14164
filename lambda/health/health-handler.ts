/** Lambda handler of the health check. It wires; its siblings decide. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { healthEnvironment } from '../../contract/health.ts';
import { readStackArn } from '../../contract/stack-arn.ts';
import { AWS_PATIENCE } from '../shared/aws-patience.ts';
import { SecretReader } from '../shared/secrets.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';
import { cloudTrailServiceOf } from '../vendors/destination-of.ts';
import { lookAtAll } from './check.ts';
import { checksOf } from './checks.ts';
import { tellHeartbeat } from './heartbeat.ts';

const environment = parseEnvironment(healthEnvironment, process.env);
const stack = readStackArn(environment.STACK_ID);
const clients = {
  cloudFormation: new CloudFormationClient(AWS_PATIENCE),
  cloudTrail: new CloudTrailClient(AWS_PATIENCE),
  cloudWatch: new CloudWatchClient(AWS_PATIENCE),
  dynamoDb: new DynamoDBClient(AWS_PATIENCE),
  s3: new S3Client(AWS_PATIENCE),
  secretsManager: new SecretsManagerClient(AWS_PATIENCE),
  sqs: new SQSClient(AWS_PATIENCE),
};

const metrics = stackMetrics(environment.STACK_NAME);

/** For each look, and again for the heartbeat; in half the time that is left, if that is shorter. */
const PATIENCE_MS = 20_000;

/** Called on a schedule; what it is called with says nothing. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const patienceMs = Math.min(PATIENCE_MS, Math.floor(context.getRemainingTimeInMillis() / 2));
  // Read anew at every look: a token that was renewed since is no news.
  const secrets = new SecretReader(clients.secretsManager);
  const checks = checksOf(environment, { ...clients, secrets, accountId: stack.accountId });

  const found = await lookAtAll(checks, {
    patienceMs,
    tell: ({ metric, unit }, value) => {
      metrics.addMetric(metric, unit, value);
      // One by one: whatever becomes of the others, this is told.
      metrics.publishStoredMetrics();
    },
  });
  if (environment.DESTINATION === 'CloudOne') {
    const tokenArn = environment.DESTINATION_TOKEN_SECRET_ARN;
    await tellHeartbeat(
      { service: cloudTrailServiceOf(environment), secrets, tokenArn },
      {
        accountId: stack.accountId,
        region: stack.region,
        stackId: environment.STACK_ID,
        version: environment.VERSION,
        checks: found,
      },
      AbortSignal.timeout(patienceMs),
    );
  }
}

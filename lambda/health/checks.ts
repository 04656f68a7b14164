/** Which looks are taken: what is not there in a stack is not looked at. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import type { healthEnvironment } from '../../contract/health.ts';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import { NO_SUCH_RESOURCE } from '../../contract/trail.ts';
import type { SecretReader } from '../shared/secrets.ts';
import { trailsIn } from '../shared/trail-status.ts';
import { destinationOf } from '../vendors/destination-of.ts';
import type { Check } from './check.ts';
import { circuitCheck } from './circuit-check.ts';
import { destinationCheck } from './destination-check.ts';
import { freshnessCheck } from './freshness-check.ts';
import { notificationCheck } from './notification-check.ts';
import { oldestFileCheck, queueCheck } from './queue-check.ts';
import { tokenCheck } from './token-check.ts';
import { trailCheck } from './trail-check.ts';

export type HealthEnvironment = z.infer<typeof healthEnvironment>;

export interface HealthServices {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudTrail: CloudTrailClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly secrets: SecretReader;
  /** Of the stack. */
  readonly accountId: string;
}

export function checksOf(environment: HealthEnvironment, services: HealthServices): readonly Check[] {
  const { cloudTrail, cloudWatch, dynamoDb, s3, sqs, secrets, accountId } = services;
  const { STACK_NAME: stackName, STACK_ID: stackId, DESTINATION_TOKEN_SECRET_ARN: tokenArn } = environment;
  const { QUEUE_URL: queueUrl, QUEUE_NAME: queueName, NEW_BUCKET_NAME: newBucket } = environment;
  const deadLetters = [
    [HEALTH_METRICS.deadLettersWaiting, environment.DEAD_LETTER_QUEUE_URL],
    [HEALTH_METRICS.eventsNotDelivered, environment.EVENT_DEAD_LETTER_QUEUE_URL],
    [HEALTH_METRICS.lateObjectsNotListed, environment.LATE_OBJECTS_DEAD_LETTER_QUEUE_URL],
  ] as const;
  return [
    destinationCheck({ destination: destinationOf(environment), secrets, tokenArn }),
    circuitCheck(dynamoDb, environment.LEDGER_TABLE, environment.DESTINATION),
    tokenCheck(secrets, tokenArn),
    trailCheck(cloudTrail, trailsIn(environment.TRAIL_ARNS, NO_SUCH_RESOURCE), accountId),
    ...(newBucket === undefined ? [] : [notificationCheck(s3, newBucket)]),
    freshnessCheck({ ...services, stackName, stackId }),
    oldestFileCheck({ sqs, cloudWatch, queueUrl, queueName }),
    queueCheck(HEALTH_METRICS.filesWaiting, sqs, queueUrl),
    ...deadLetters.map(([metric, url]) => queueCheck(metric, sqs, url)),
  ];
}

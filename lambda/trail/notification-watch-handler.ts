import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { parseEnvironment } from '../../contract/environment.ts';
import { notificationWatchEnvironment } from '../../contract/trail.ts';
import { logger } from '../shared/logger.ts';
import { NotificationEditor } from './notification-editor.ts';
import { NotificationMemory } from './notification-memory.ts';
import { notificationMetric } from './notification-metrics.ts';
import { watchNotification } from './notification-watch.ts';
import { bucketContext } from './s3-errors.ts';

const environment = parseEnvironment(notificationWatchEnvironment, process.env);
const { BUCKET_NAME: bucket, STACK_ID: stackId } = environment;
const s3 = new S3Client({});
const sqs = new SQSClient({});
const cloudFormation = new CloudFormationClient({});
const memory = new NotificationMemory(new DynamoDBClient({}), environment.LEDGER_TABLE, bucket);
const tellMissing = notificationMetric(environment.STACK_NAME);

/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 2_000;

/** Called on a schedule; what it is called with says nothing. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS));
  const result = await watchNotification({
    bucket,
    stackId,
    repair: environment.REPAIR,
    lateObjectsQueueUrl: environment.LATE_OBJECTS_QUEUE_URL,
    editor: new NotificationEditor(s3, bucketContext(bucket, stackId), signal),
    memory,
    sqs,
    cloudFormation,
    tellMissing,
    signal,
  });
  logger.info('Looked at the notifications', { bucket, result });
}

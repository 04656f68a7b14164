import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
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
import { isRelayed } from './relayed-events.ts';
import { bucketContext, isElsewhere } from './s3-errors.ts';

const environment = parseEnvironment(notificationWatchEnvironment, process.env);
const { BUCKET_NAME: bucket, STACK_ID: stackId } = environment;
const home = { BucketRegion: environment.BUCKET_REGION, BucketAccountId: environment.BUCKET_ACCOUNT_ID };
const context = bucketContext(bucket, stackId, home);
const s3 = new S3Client({ region: environment.BUCKET_REGION });
const eventBridge = new EventBridgeClient({ region: environment.BUCKET_REGION });
const sqs = new SQSClient({});
const cloudFormation = new CloudFormationClient({});
const memory = new NotificationMemory(new DynamoDBClient({}), environment.LEDGER_TABLE, bucket);
const tellMissing = notificationMetric(environment.STACK_NAME);

/** Kept back for the handler's own end, so that an abort is an error with a name and not a kill. */
const ANSWER_RESERVE_MS = 2_000;

/** Called on a schedule; what it is called with says nothing. */
export async function handler(_event: unknown, invocation: Context): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, invocation.getRemainingTimeInMillis() - ANSWER_RESERVE_MS));
  const result = await watchNotification({
    bucket,
    stackId,
    // Elsewhere nothing is changed.
    repair: environment.REPAIR && !isElsewhere(context),
    lateObjectsQueueUrl: environment.LATE_OBJECTS_QUEUE_URL,
    editor: new NotificationEditor(s3, context, signal),
    arrives: async () => !isElsewhere(context) || (await isRelayed(eventBridge, context, signal)),
    memory,
    sqs,
    cloudFormation,
    tellMissing,
    signal,
  });
  logger.info('Looked at the notifications', { bucket, result });
}

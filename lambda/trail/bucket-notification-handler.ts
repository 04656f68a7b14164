import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseEnvironment } from '../../contract/environment.ts';
import { bucketNotificationEnvironment } from '../../contract/trail.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { bucketNotification } from './bucket-notification.ts';
import { notificationMetric } from './notification-metrics.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(bucketNotificationEnvironment, process.env);
  return bucketNotification({
    s3In: (region) => new S3Client({ region }),
    sqs: new SQSClient({}),
    dynamoDb: new DynamoDBClient({}),
    eventBridge: new EventBridgeClient({}),
    ledgerTable: environment.LEDGER_TABLE,
    lateObjectsQueueUrl: environment.LATE_OBJECTS_QUEUE_URL,
    eventRuleName: environment.EVENT_RULE_NAME,
    tellMissing: notificationMetric(environment.STACK_NAME),
  });
});

import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseEnvironment } from '../../contract/environment.ts';
import { bucketNotificationEnvironment } from '../../contract/trail.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { bucketNotification } from './bucket-notification.ts';

export const handler = customResourceHandler(() =>
  bucketNotification({
    s3: new S3Client({}),
    sqs: new SQSClient({}),
    lateObjectsQueueUrl: parseEnvironment(bucketNotificationEnvironment, process.env).LATE_OBJECTS_QUEUE_URL,
  }),
);

import { SQSClient } from '@aws-sdk/client-sqs';
import { parseEnvironment } from '../../contract/environment.ts';
import { backfillEnvironment } from '../../contract/trail.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { backfill } from './backfill.ts';

export const handler = customResourceHandler(() =>
  backfill({
    sqs: new SQSClient({}),
    lateObjectsQueueUrl: parseEnvironment(backfillEnvironment, process.env).LATE_OBJECTS_QUEUE_URL,
  }),
);

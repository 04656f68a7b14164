import { SQSClient } from '@aws-sdk/client-sqs';
import { parseEnvironment } from '../../contract/environment.ts';
import { deploymentBackfillEnvironment } from '../../contract/listing.ts';
import { AWS_PATIENCE } from '../shared/aws-patience.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { deploymentBackfill } from './deployment-backfill.ts';

export const handler = customResourceHandler(() =>
  deploymentBackfill({
    sqs: new SQSClient(AWS_PATIENCE),
    lateObjectsQueueUrl: parseEnvironment(deploymentBackfillEnvironment, process.env).LATE_OBJECTS_QUEUE_URL,
  }),
);

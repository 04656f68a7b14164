import type { SQSClient } from '@aws-sdk/client-sqs';
import { type QueueDepth, queueDepth } from '../lambda/shared/queue-depth.ts';
import { askAws } from './aws.ts';

/** @throws UserError where SQS refuses or cannot be reached. */
export function askQueueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  return askAws('SQS', () => queueDepth(sqs, queueUrl));
}

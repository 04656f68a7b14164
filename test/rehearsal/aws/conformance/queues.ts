import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

export async function existsQueue(client: SQSClient, QueueName: string): Promise<boolean> {
  try {
    await client.send(new GetQueueUrlCommand({ QueueName }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'QueueDoesNotExist') return false;
    throw error;
  }
}

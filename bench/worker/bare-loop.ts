/** The least that forwarding small objects takes: one GetObject, one ledger write, one upload each. */
import { Agent, request } from 'node:http';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../lambda/forwarding/forwarder-services.ts';
import { mapBounded } from '../../lambda/shared/concurrency.ts';
import type { WorkOrder } from '../work-order.ts';

/** As many as the forwarder has. */
const IN_FLIGHT = 4;

/** @returns what makes the three calls for each object once. */
export function bareLoopOf({ bucket, objects, sink }: WorkOrder): () => Promise<void> {
  const s3 = s3Client();
  const dynamoDb = new DynamoDBClient({});
  const agent = new Agent({ keepAlive: true });
  return async () => {
    await mapBounded(objects, IN_FLIGHT, async ({ key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const file = await Body?.transformToByteArray();
      await post(sink, agent, file ?? Buffer.alloc(0));
      await dynamoDb.send(
        new UpdateItemCommand({
          TableName: 'ledger',
          Key: { pk: { S: key } },
          UpdateExpression: 'SET #state = :state',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':state': { S: 'acknowledged' } },
        }),
      );
    });
  };
}

function post(url: string, agent: Agent, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { 'content-length': body.length } },
      (incoming) => {
        incoming.resume().once('end', resolve).once('error', reject);
      },
    );
    outgoing.once('error', reject).end(body);
  });
}

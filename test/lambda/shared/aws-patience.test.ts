import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../../../lambda/shared/aws-patience.ts';

/** A server that takes whatever is sent, answers with that, and then says nothing more. */
async function silentServer(answer = '') {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('data', () => socket.write(answer)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    client: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      maxAttempts: 1,
    },
    close: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

test('a client gives up on a service that takes the request and says nothing', async () => {
  const silent = await silentServer();
  const client = new DynamoDBClient({ ...AWS_PATIENCE, ...silent.client });

  await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });

  client.destroy();
  silent.close();
});

test('who reads from S3 gives up on a body that stands still', async () => {
  const silent = await silentServer('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf ');
  const client = new S3Client({
    ...silent.client,
    forcePathStyle: true,
    // The same, in less time.
    requestHandler: { ...S3_READING_PATIENCE.requestHandler, socketTimeout: 200 },
  });
  expect(S3_READING_PATIENCE.requestHandler.socketTimeout).toBeLessThan(60_000);

  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'logs', Key: 'file' }));

  await expect(Body?.transformToByteArray()).rejects.toMatchObject({ name: 'TimeoutError' });
  client.destroy();
  silent.close();
});

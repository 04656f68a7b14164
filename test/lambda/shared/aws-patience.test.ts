import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { AWS_PATIENCE } from '../../../lambda/shared/aws-patience.ts';

test('a client gives up on a service that takes the request and says nothing', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket.resume()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    ...AWS_PATIENCE,
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
    maxAttempts: 1,
  });

  const asking = client.send(new ListTablesCommand({}));

  await expect(asking).rejects.toMatchObject({ name: 'TimeoutError' });
  client.destroy();
  for (const socket of sockets) {
    socket.destroy();
  }
  silent.close();
});

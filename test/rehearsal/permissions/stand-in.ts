import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local HTTP server in the place of AWS: answers every call with something the SDK's clients accept. */
export async function startStandIn(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const { status, type, body } = answerTo(request);
      response.writeHead(status, { 'content-type': type }).end(request.method === 'HEAD' ? undefined : body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answerTo(request: IncomingMessage) {
  const target = request.headers['x-amz-target'];
  if (target === 'secretsmanager.GetSecretValue') {
    return { status: 200, type: 'application/x-amz-json-1.1', body: '{"SecretString":"the secret answer"}' };
  }
  if (target === 'DynamoDB_20120810.GetItem') {
    const error = { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'none' };
    return { status: 400, type: 'application/x-amz-json-1.0', body: JSON.stringify(error) };
  }
  if (target !== undefined) return { status: 200, type: 'application/x-amz-json-1.0', body: '{}' };
  return { status: 200, type: 'application/xml', body: '<Result/>' };
}

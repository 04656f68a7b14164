import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HttpConnectionError, HttpResponseTooLargeError, sendHttp } from '../../../lambda/shared/http.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(handle: Parameters<typeof createServer>[1]): Promise<URL> {
  const started = createServer(handle ?? (() => {}));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}/path`);
}

test('sends the body in pieces with its length, and gives status, headers and body', async () => {
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const seen = `${request.method} ${request.headers['content-length']} ${Buffer.concat(chunks)}`;
    response.writeHead(418, { 'x-kind': 'teapot' }).end(seen);
  });

  const response = await sendHttp({ method: 'POST', url, body: [Buffer.from('ab'), Buffer.from('c')] });

  expect(response).toMatchObject({ status: 418, headers: { 'x-kind': 'teapot' } });
  expect(response.body.toString()).toBe('POST 3 abc');
});

test('follows no redirect', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end();
  });

  await expect(sendHttp({ method: 'GET', url })).resolves.toMatchObject({ status: 302 });
});

test('gives up on a server that does not answer', async () => {
  const url = await serve(() => {});

  await expect(sendHttp({ method: 'GET', url, timeoutMs: 30 })).rejects.toThrow(
    'no complete answer within 30 ms',
  );
});

test('gives up on an answer that trickles', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200);
    const trickle = setInterval(() => response.write('.'), 5);
    response.on('close', () => clearInterval(trickle));
  });

  await expect(sendHttp({ method: 'GET', url, timeoutMs: 60 })).rejects.toBeInstanceOf(HttpConnectionError);
});

test('stops when its caller does', async () => {
  const url = await serve(() => {});

  await expect(sendHttp({ method: 'GET', url, signal: AbortSignal.timeout(20) })).rejects.toBeInstanceOf(
    HttpConnectionError,
  );
});

test('tells a reset and an answer that is cut off', async () => {
  const reset = await serve((request) => {
    request.socket.destroy();
  });
  await expect(sendHttp({ method: 'GET', url: reset })).rejects.toBeInstanceOf(HttpConnectionError);
  server?.close();

  const cut = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => request.socket.destroy());
  });
  await expect(sendHttp({ method: 'GET', url: cut })).rejects.toBeInstanceOf(HttpConnectionError);
});

test('reads no more than it is told to', async () => {
  const url = await serve((_request, response) => {
    response.end('x'.repeat(100));
  });

  await expect(sendHttp({ method: 'GET', url, maximumResponseBytes: 99 })).rejects.toBeInstanceOf(
    HttpResponseTooLargeError,
  );
  await expect(sendHttp({ method: 'GET', url, maximumResponseBytes: 100 })).resolves.toMatchObject({
    status: 200,
  });
});

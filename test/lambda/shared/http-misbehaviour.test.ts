import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HttpConnectionError, type HttpResponse, sendHttp } from '../../../lambda/shared/http.ts';

/** What a server does with a connection, once the first bytes of a request are there. */
type Misbehaviour = (socket: Socket) => void;

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) {
    socket.destroy();
  }
  server?.close();
});

async function serve(misbehave: Misbehaviour, { read = true } = {}): Promise<URL> {
  const started = createServer((socket) => {
    sockets.add(socket);
    // The client breaks off what goes on too long; that is what the tests ask for.
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (read) {
        socket.resume();
      } else {
        socket.pause();
      }
      misbehave(socket);
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}/`);
}

/** Writes the text again and again until the connection is closed. */
function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 5);
  socket.on('close', () => clearInterval(timer));
}

/** Larger than what the kernel buffers between two sockets. */
const LARGE_BODY = Buffer.alloc(32 * 1024 * 1024);

const NO_ANSWER: [string, Misbehaviour][] = [
  [
    'switches protocols',
    (socket) => socket.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  ['switches protocols without saying so', (socket) => socket.write('HTTP/1.1 101 X\r\n\r\n')],
  ['says "continue" for ever', (socket) => drip(socket, 'HTTP/1.1 100 Continue\r\n\r\n')],
  ['sends early hints for ever', (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n')],
  [
    'sends its headers one by one',
    (socket) => {
      socket.write('HTTP/1.1 202 Accepted\r\n');
      drip(socket, 'x: y\r\n');
    },
  ],
  [
    'sends its body byte by byte',
    (socket) => {
      socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 1000000\r\n\r\n');
      drip(socket, '.');
    },
  ],
  ['closes its side without a word', (socket) => socket.end()],
  ['closes its side within the headers', (socket) => socket.end('HTTP/1.1 202 Acc')],
  [
    'closes its side after the headers',
    (socket) => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\n'),
  ],
  [
    'sends less than it announces',
    (socket) => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\nhalf'),
  ],
  [
    'stops within a chunked body',
    (socket) => socket.end('HTTP/1.1 202 X\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf'),
  ],
  ['resets the connection', (socket) => socket.resetAndDestroy()],
  ['speaks another protocol', (socket) => socket.end('220 mail.example ESMTP\r\n')],
  ['sends a bad length', (socket) => socket.end('HTTP/1.1 202 X\r\ncontent-length: ten\r\n\r\n')],
  [
    'sends more than it announces',
    (socket) => socket.end('HTTP/1.1 202 X\r\ncontent-length: 2\r\n\r\nok and more'),
  ],
  ['says nothing', () => undefined],
];

test.each(NO_ANSWER)('a server that %s: no answer, and that in time', async (_name, misbehave) => {
  for (const body of ['x', LARGE_BODY]) {
    const url = await serve(misbehave);

    const sending = sendHttp({ method: 'POST', url, body, timeoutMs: 300 });

    await expect(sending).rejects.toBeInstanceOf(HttpConnectionError);
  }
});

test.each([
  ['says nothing', () => undefined],
  ['resets the connection', (socket) => setTimeout(() => socket.resetAndDestroy(), 20)],
] satisfies [string, Misbehaviour][])(
  'a server that does not read and %s: no answer',
  async (_name, misbehave) => {
    const url = await serve(misbehave, { read: false });

    const sending = sendHttp({ method: 'POST', url, body: LARGE_BODY, timeoutMs: 300 });

    await expect(sending).rejects.toBeInstanceOf(HttpConnectionError);
  },
);

const WHOLE_ANSWER: [string, string, Partial<HttpResponse>][] = [
  ['has no words for its status', 'HTTP/1.1 202\r\ncontent-length: 2\r\n\r\nok', { status: 202 }],
  ['ends its body by closing', 'HTTP/1.1 202 X\r\n\r\nok', { status: 202 }],
  [
    'sends trailers',
    'HTTP/1.1 202 X\r\ntransfer-encoding: chunked\r\ntrailer: t\r\n\r\n2\r\nok\r\n0\r\nt: v\r\n\r\n',
    { status: 202 },
  ],
  [
    'says "continue" first',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 X\r\ncontent-length: 2\r\n\r\nok',
    { status: 202 },
  ],
  ['has a status of its own', 'HTTP/1.1 999 X\r\ncontent-length: 2\r\n\r\nok', { status: 999 }],
];

test.each(WHOLE_ANSWER)('a server that %s: its answer', async (_name, answer, expected) => {
  const url = await serve((socket) => socket.end(answer));

  const response = await sendHttp({ method: 'POST', url, body: 'x', timeoutMs: 5_000 });

  expect(response).toMatchObject({ ...expected, body: Buffer.from('ok') });
});

test('an answer that is whole before the request is: it counts, and the rest is not sent', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve(
    (socket) => {
      socket.on('close', closed.resolve);
      socket.write('HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n');
    },
    { read: false },
  );

  const response = await sendHttp({ method: 'POST', url, body: LARGE_BODY, timeoutMs: 30_000 });

  expect(response).toMatchObject({ status: 413 });
  for (const socket of sockets) {
    socket.resume();
  }
  await closed.promise;
});

test('an early refusal and a reset: one of the two, and that in time', async () => {
  const url = await serve(
    (socket) => socket.write('HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n', () => socket.resetAndDestroy()),
    { read: false },
  );

  const sending = sendHttp({ method: 'POST', url, body: LARGE_BODY, timeoutMs: 5_000 });

  const outcome = await sending.then(
    ({ status }) => status,
    (error: Error) => error.name,
  );
  expect([413, 'HttpConnectionError']).toContain(outcome);
});

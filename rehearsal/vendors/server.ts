import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BodyTooLarge, readBody } from './body.ts';
import type { Delivery } from './fault-answer.ts';
import { type Call, json, type Reply } from './http.ts';

// Node's HTTP server on one side, calls and deliveries on the other.

/** A request whose body has not been read yet: a fault may cut it off before. */
export interface Incoming extends Omit<Call, 'body'> {
  readBody(): Promise<Buffer>;
}

/** Decides what a request gets. A stream is sent as newline-delimited JSON. */
export type Respond = (incoming: Incoming) => Promise<Delivery | Readable>;

/**
 * Listens on 127.0.0.1 only.
 * @param port 0 for a free one
 * @throws the system's error, for example EADDRINUSE
 */
export async function listen(respond: Respond, port: number): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    void handle(respond, request, response);
  });
  // Longer than clients keep theirs: else one may write into a connection that is just being closed here.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** Cuts every connection, hanging ones included, and stops listening. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function handle(respond: Respond, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const outcome = await respond(incoming(request));
    await (outcome instanceof Readable ? sendLines(outcome, response) : deliverTo(outcome, response));
  } catch (error) {
    // Recovery: nobody is left to be answered (the caller gave up), or the answer is half sent and can only be
    // cut off, or else the caller learns what happened.
    if (response.headersSent || request.errored) {
      response.destroy();
      return;
    }
    const reply = failure(error);
    // A part of the body may be unread, so the connection is of no more use.
    send({ ...reply, headers: { ...reply.headers, connection: 'close' } }, response);
  }
}

function failure(error: unknown): Reply {
  if (error instanceof BodyTooLarge) return json(413, { message: error.message });
  return json(500, {
    message: `The simulator itself failed: ${error instanceof Error ? error.message : error}`,
  });
}

/** `/<host>/<path>` taken apart. The host ends at the second slash. */
function incoming(request: IncomingMessage): Incoming {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const [, host = '', ...segments] = path.split('/');
  return {
    method: request.method ?? '',
    host,
    path: `/${segments.join('/')}`,
    query: new URLSearchParams(query.join('?')),
    headers: request.headers,
    readBody: () => readBody(request),
  };
}

async function sendLines(lines: Readable, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(lines, response);
}

async function deliverTo(delivery: Delivery, response: ServerResponse): Promise<void> {
  switch (delivery.kind) {
    case 'whole':
      send(delivery.reply, response);
      break;
    case 'cut':
      await sendHalf(delivery.reply, response);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'hang':
      // Nothing: the caller's own time limit, or close(), ends it.
      break;
    case 'drip':
      await drip(response);
      break;
  }
}

function send(reply: Reply, response: ServerResponse): void {
  const bytes = Buffer.from(reply.body);
  // RFC 9110, 8.6: a 204 carries no Content-Length; the answer to HEAD tells that of the body it leaves out.
  const length = reply.status === 204 ? {} : { 'content-length': bytes.length };
  response.writeHead(reply.status, { ...length, ...reply.headers });
  response.end(bytes);
}

/** Often enough that no time limit on silence strikes. */
const DRIP_MS = 25;

/** White space, which JSON allows before a value that never comes. */
async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed) {
    response.write(' ');
    await sleep(DRIP_MS, undefined, { ref: false });
  }
}

/** Long enough for what was written to arrive before the reset, which would overtake it. */
const FLUSH_MS = 20;

async function sendHalf(reply: Reply, response: ServerResponse): Promise<void> {
  const bytes = Buffer.from(reply.body);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Math.max(2, bytes.length) });
  response.flushHeaders();
  response.write(bytes.subarray(0, bytes.length / 2));
  await sleep(FLUSH_MS);
  response.socket?.resetAndDestroy();
}

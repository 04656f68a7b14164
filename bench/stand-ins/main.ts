/**
 * Stands in for AWS and for the destination, in a process of its own: it answers as they do, at once, and
 * keeps nothing. `main.ts FOLDER`: objects are the files at FOLDER/<bucket>/<key>.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { repeatedFile } from './repeated-file.ts';

const folder = process.argv[2] as string;
const ON_THE_FLY = /on-the-fly-(\d+)MB/;
/** Below this, files are kept, so that reading them is not what is measured. */
const KEPT_BYTES = 256 * 1024;
const kept = new Map<string, Buffer>();

/** Answers by `x-amz-target`. Source: the services' API references, JSON protocols 1.0 and 1.1. */
const AWS_ANSWERS: Readonly<Record<string, object>> = {
  'DynamoDB_20120810.GetItem': {},
  'DynamoDB_20120810.UpdateItem': {},
  'secretsmanager.GetSecretValue': { SecretString: 'benchmark-token' },
  'AmazonSQS.ChangeMessageVisibilityBatch': { Successful: [], Failed: [] },
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.once('disconnect', () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    await sendObject(new URL(request.url ?? '/', 'http://stand-in').pathname, response);
    return;
  }
  const target = request.headers['x-amz-target'];
  if (target === 'AmazonSQS.SendMessage') {
    const { MessageBody } = (await json(request)) as { MessageBody: string };
    // The SDK checks it.
    response.end(JSON.stringify({ MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') }));
    return;
  }
  await finished(request.resume());
  const body = typeof target === 'string' ? AWS_ANSWERS[target] : {};
  response.writeHead(body === undefined ? 501 : 200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body ?? {}));
}

async function sendObject(path: string, response: ServerResponse): Promise<void> {
  const megabytes = ON_THE_FLY.exec(path)?.[1];
  if (megabytes !== undefined) {
    const file = repeatedFile(Number(megabytes) * 1e6);
    response.writeHead(200, { 'content-length': file.length });
    await pipeline(Readable.from(file.pieces()), response);
    return;
  }
  const known = kept.get(path);
  if (known !== undefined) {
    response.writeHead(200, { 'content-length': known.length }).end(known);
    return;
  }
  const file = join(folder, decodeURIComponent(path));
  const { size } = statSync(file);
  response.writeHead(200, { 'content-length': size });
  if (size <= KEPT_BYTES) {
    const content = readFileSync(file);
    kept.set(path, content);
    response.end(content);
    return;
  }
  await pipeline(createReadStream(file), response);
}

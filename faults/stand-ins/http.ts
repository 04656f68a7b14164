/** What the stand-ins' servers have in common. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsAnswer } from './aws-answer.ts';

export class LocalServer {
  readonly #server: Server;
  #port = 0;
  readonly #handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Defects of the stand-ins themselves, which fail the case. */
  readonly defects: string[] = [];

  constructor(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
    this.#handle = handle;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#serve(request, response);
    });
  }

  /** Kept when it is stopped, so that it can be started there again. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(this.#port, '127.0.0.1', resolve);
    await promise;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(request, response).catch((error: Error) => {
      // A caller that was killed breaks off its requests, which is what its case is about.
      if (!['CallerGone', 'AbortError'].includes(error.name) && !request.destroyed) {
        this.defects.push(`${request.method} ${request.url}: ${error.stack}`);
      }
      response.destroy();
    });
  }
}

/** The whole body. @throws where the caller breaks off. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @param isCutOff whether the connection breaks in the middle of the body. */
export async function sendObject(
  response: ServerResponse,
  answer: AwsAnswer,
  isCutOff: boolean,
): Promise<void> {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
  const { promise, resolve } = Promise.withResolvers<void>();
  if (isCutOff) {
    const half = Buffer.from(answer.body).subarray(0, Math.floor(length / 2));
    response.write(half, () => {
      response.destroy();
      resolve();
    });
  } else {
    response.end(answer.body, resolve);
    response.once('close', resolve);
  }
  await promise;
}

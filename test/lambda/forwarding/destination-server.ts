import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventsIn } from '../../stand-ins/uploads.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** `/<original host>/<path>` */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export type Behaviour = (request: ReceivedRequest, earlier: number) => Answer | Promise<Answer>;

/** A destination on a loopback port that keeps what it gets and answers as it is told. */
export class DestinationServer {
  readonly requests: ReceivedRequest[] = [];
  /** Requests that were answered with 2xx. */
  readonly accepted: ReceivedRequest[] = [];
  behaviour: Behaviour = () => ({ status: 202 });
  #server: Server | undefined;

  get url(): string {
    const address = this.#server?.address() as AddressInfo | undefined;
    return `http://127.0.0.1:${address?.port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) {
        chunks.push(chunk as Buffer);
      }
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      };
      this.requests.push(request);
      const answer = await this.behaviour(request, this.requests.length - 1);
      if (answer.status >= 200 && answer.status < 300) {
        this.accepted.push(request);
      }
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  reset(): void {
    this.requests.length = 0;
    this.accepted.length = 0;
    this.behaviour = () => ({ status: 202 });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
  }

  /** `eventID`s of the documents that were accepted, request by request. */
  acceptedEvents(): string[] {
    return this.accepted.flatMap(({ body }) => eventsIn(body));
  }
}

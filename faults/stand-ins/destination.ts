/** The destination: takes uploads, misbehaves as it is told, and counts every event that it keeps. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { eventsIn } from '../../test/stand-ins/uploads.ts';
import type { SimulatedClock } from '../clock.ts';
import type { Moments } from '../moments.ts';
import { bodyOf, LocalServer } from './http.ts';

export interface Upload {
  /** Of all that arrived, from 1. */
  readonly number: number;
  readonly headers: IncomingMessage['headers'];
  readonly token: string;
  readonly contentLength: number;
  /** Its `eventID`s. Reads the body. */
  readonly ids: () => Promise<readonly string[]>;
}

/** How the destination treats an upload. */
export type Reaction =
  | 'take'
  /** Answers so. With `keep` it has the events all the same. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly keep?: boolean;
      /** Simulated milliseconds before the answer. */
      readonly afterMs?: number;
    }
  /** Breaks the connection. */
  | {
      readonly reset: 'before the body' | 'in the body' | 'after the body' | 'in the answer';
      readonly keep?: boolean;
    }
  /** Never answers. */
  | { readonly hang: 'before the body' | 'after the body'; readonly keep?: boolean };

export interface KeptUpload {
  readonly ids: readonly string[];
  readonly idempotencyKey: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class DestinationStandIn {
  readonly server = new LocalServer((request, response) => this.#serve(request, response));
  readonly kept: KeptUpload[] = [];
  /** Answers by status; what was given none counts under 0. */
  readonly answers = new Map<number, number>();
  /** How uploads are treated. */
  reacts: (upload: Upload) => Reaction | Promise<Reaction> = () => 'take';
  /** Where other requests than uploads go: the simulated vendors. */
  upstream: string | undefined;
  readonly #clock: SimulatedClock;
  readonly #moments: Moments;
  #uploads = 0;

  constructor(clock: SimulatedClock, moments: Moments) {
    this.#clock = clock;
    this.#moments = moments;
  }

  get uploads(): number {
    return this.#uploads;
  }

  /** How often each event was kept. */
  get counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const id of this.kept.flatMap(({ ids }) => ids)) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!/\/(api\/logs|third_party_log\/raw)$/.test(request.url ?? '')) {
      await this.#proxy(request, response);
      return;
    }
    this.#uploads += 1;
    let body: Promise<Buffer> | undefined;
    const read = () => {
      body ??= bodyOf(request);
      return body;
    };
    const upload: Upload = {
      number: this.#uploads,
      headers: request.headers,
      token: request.headers.authorization?.replace(/^Bearer /, '') ?? '',
      contentLength: Number(request.headers['content-length']),
      ids: async () => eventsIn(await read()),
    };
    await this.#moments.come('before the upload');
    const reaction = await this.reacts(upload);
    await this.#treat(reaction, upload, read, request, response);
  }

  async #treat(
    reaction: Reaction,
    upload: Upload,
    read: () => Promise<Buffer>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const [hang, reset] = [
      typeof reaction === 'object' && 'hang' in reaction ? reaction.hang : undefined,
      typeof reaction === 'object' && 'reset' in reaction ? reaction.reset : undefined,
    ];
    if (hang === 'before the body') {
      request.pause();
      return;
    }
    if (reset === 'before the body') {
      request.socket.resetAndDestroy();
      return;
    }
    await this.#moments.come('in the middle of the upload');
    if (reset === 'in the body') {
      request.once('data', () => request.socket.resetAndDestroy());
      return;
    }
    const ids = eventsIn(await read());
    await this.#moments.come('after the upload, before it is kept');
    const status = statusOf(reaction);
    const isHtml = typeof reaction === 'object' && 'body' in reaction && /<html/i.test(reaction.body ?? '');
    if (reaction === 'take' || reaction.keep === true || (status >= 200 && status <= 299 && !isHtml)) {
      const idempotencyKey = String(upload.headers['idempotency-key'] ?? '');
      this.kept.push({ ids, idempotencyKey, at: this.#clock.now() });
      await this.#moments.come('after it is kept, before the acknowledgement');
    }
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    if (hang !== undefined) {
      return;
    }
    if (reset === 'after the body') {
      request.socket.resetAndDestroy();
      return;
    }
    await this.#answer(reaction, response);
    await this.#moments.come('after the acknowledgement');
  }

  async #answer(reaction: Reaction, response: ServerResponse): Promise<void> {
    if (typeof reaction === 'object' && 'reset' in reaction) {
      response.writeHead(202, { 'content-length': 100 });
      response.write('{', () => response.destroy());
      return;
    }
    const {
      headers = {},
      body = '',
      afterMs = 0,
    } = typeof reaction === 'object' && 'status' in reaction ? reaction : {};
    if (afterMs > 0) {
      await wait(this.#clock.real(afterMs));
    }
    response.writeHead(statusOf(reaction), headers).end(body);
  }

  async #proxy(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.upstream === undefined) {
      throw new Error(`a request that the forwarder should not make: ${request.method} ${request.url}`);
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const body = await bodyOf(request);
    const answer = await fetch(`${this.upstream}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 ? { body } : {}),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}

function statusOf(reaction: Reaction): number {
  if (reaction === 'take') {
    return 202;
  }
  return 'status' in reaction ? reaction.status : 0;
}

/**
 * The one way to make an HTTP request: bounded in time and in size, on kept-alive connections, and
 * following no redirect and no name to a link-local address, so that a credential never travels to a host that was not meant.
 *
 * `node:https` rather than `fetch`, which costs 70 MB of memory in a function of this kind.
 */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { lookupAwayFromLink } from './link-local.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | readonly Buffer[];
  /** Milliseconds for the whole exchange. @default 20000 */
  readonly timeoutMs?: number;
  /** Bytes of the answer's body that are read at most. @default 1 MiB */
  readonly maximumResponseBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** No answer was had: refused, reset, name not resolved, timed out, cut off half-way, or not HTTP. */
export class HttpConnectionError extends Error {
  override readonly name = 'HttpConnectionError';
}

/** The answer was larger than the caller is willing to read. */
export class HttpResponseTooLargeError extends Error {
  override readonly name = 'HttpResponseTooLargeError';
}

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_MAXIMUM_RESPONSE_BYTES = 1024 * 1024;
const SWITCHING_PROTOCOLS = 101;

const agents = {
  // Shorter than the idle time-out of common load balancers (60 s), so that we are the side that closes.
  'http:': new HttpAgent({ keepAlive: true, timeout: 50_000 }),
  'https:': new HttpsAgent({ keepAlive: true, timeout: 50_000 }),
};

/**
 * Sends a request and reads the whole answer, whatever its status. Settles in every case, whatever the
 * server does: at the deadline at the latest. An answer that is whole before the request is ends the request.
 *
 * @throws HttpConnectionError where no complete answer arrived in time.
 * @throws HttpResponseTooLargeError where the answer exceeds `maximumResponseBytes`.
 */
export async function sendHttp(request: HttpRequest): Promise<HttpResponse> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
  const deadline = new Deadline(timeoutMs, signal);
  try {
    return await exchange(request, deadline.signal);
  } catch (error) {
    throw error instanceof HttpResponseTooLargeError
      ? error
      : connectionError(request, timeoutMs, deadline, error);
  } finally {
    deadline.clear();
  }
}

/**
 * The end of an exchange: at its time, or when the caller's signal is aborted. `AbortSignal.timeout` with
 * `AbortSignal.any` would do, but keep everything about the exchange in memory until the time is over.
 */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = () => this.#controller.abort(this.#outer?.reason);
  #over = false;

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#timer = setTimeout(() => {
      this.#over = true;
      this.#controller.abort();
    }, timeoutMs).unref();
    outer?.addEventListener('abort', this.#abort, { once: true });
    if (outer?.aborted) {
      this.#abort();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was over, rather than the caller's patience. */
  get over(): boolean {
    return this.#over;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}

async function exchange(request: HttpRequest, stop: AbortSignal): Promise<HttpResponse> {
  const { url, method, headers = {} } = request;
  const chunks = bodyChunks(request.body);
  const secure = url.protocol === 'https:';
  const { promise: answer, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const fail = (what: string) => reject(new Error(what));
  let answered = false;

  const outgoing = (secure ? httpsRequest : httpRequest)(
    url,
    {
      method,
      agent: agents[secure ? 'https:' : 'http:'],
      headers: { ...headers, 'content-length': chunks.reduce((sum, chunk) => sum + chunk.length, 0) },
      signal: stop,
      lookup: lookupAwayFromLink,
    },
    (incoming) => {
      answered = true;
      readAnswer(incoming, request).then(resolve, reject);
    },
  );
  outgoing.on('error', reject);
  // Without a listener Node drops the connection of a server that switches protocols, and says nothing.
  outgoing.on('upgrade', (_incoming, socket) => {
    socket.destroy();
    fail('it switches to another protocol, which was not asked for');
  });
  outgoing.on('close', () => {
    if (!answered) {
      fail('the connection was closed without an answer');
    }
  });
  // Node heeds the signal too; that this function settles must not depend on which events it emits then.
  const giveUp = () => fail('it was given up');
  stop.addEventListener('abort', giveUp, { once: true });
  for (const chunk of chunks) {
    outgoing.write(chunk);
  }
  outgoing.end();

  try {
    return await answer;
  } catch (error) {
    outgoing.destroy();
    throw error;
  } finally {
    stop.removeEventListener('abort', giveUp);
    if (!outgoing.writableFinished) {
      // The server has answered early. What it does not read would be kept until the socket's time-out.
      outgoing.destroy();
    }
  }
}

/** Reads an answer to its end; rejects where that is not reached. */
function readAnswer(incoming: IncomingMessage, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, maximumResponseBytes = DEFAULT_MAXIMUM_RESPONSE_BYTES } = request;
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const status = incoming.statusCode ?? 0;
  const received: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maximumResponseBytes) {
      reject(
        new HttpResponseTooLargeError(
          `${method} ${url.host} answered with more than ${maximumResponseBytes} bytes, which no such call needs.`,
        ),
      );
      return;
    }
    received.push(chunk);
  });
  incoming.on('end', () => {
    if (status === SWITCHING_PROTOCOLS) {
      reject(new Error('it switches to another protocol, which was not asked for'));
    } else if (incoming.complete) {
      resolve({ status, headers: incoming.headers, body: Buffer.concat(received) });
    }
  });
  incoming.on('error', reject);
  incoming.on('close', () => reject(new Error('the answer was cut off')));
  return promise;
}

function bodyChunks(body: HttpRequest['body']): readonly Buffer[] {
  if (body === undefined) {
    return [];
  }
  if (typeof body === 'string') {
    return [Buffer.from(body)];
  }
  return Buffer.isBuffer(body) ? [body] : body;
}

function connectionError(
  request: HttpRequest,
  timeoutMs: number,
  deadline: Deadline,
  cause: unknown,
): HttpConnectionError {
  const reason = deadline.over
    ? `no complete answer within ${timeoutMs} ms`
    : ((cause as NodeJS.ErrnoException).code ?? (cause as Error).message);
  return new HttpConnectionError(`${request.method} ${request.url.host}: ${reason}.`, { cause });
}

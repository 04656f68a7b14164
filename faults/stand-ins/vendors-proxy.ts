/** Before the simulated vendors: tells of every call before it reaches them, and before its answer reaches the caller. */
import { once } from 'node:events';
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, LocalServer } from './http.ts';

export interface VendorsProxyOptions {
  /** The simulated vendors' address. */
  readonly vendorsUrl: string;
  /** The vendors' clock, milliseconds since the epoch: what they say in `Date`. */
  readonly now: () => number;
  readonly onCall: (moment: 'before' | 'after') => Promise<void>;
}

export class VendorsProxy {
  readonly server = new LocalServer((request, response) => this.#serve(request, response));
  readonly #options: VendorsProxyOptions;

  constructor(options: VendorsProxyOptions) {
    this.#options = options;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { now, onCall } = this.#options;
    const body = await bodyOf(request);
    await onCall('before');
    const answer = await this.#passOn(request, response, body);
    if (answer === undefined) {
      response.socket?.resetAndDestroy();
      return;
    }
    await onCall('after');
    response.writeHead(answer.status, { ...answer.headers, date: new Date(now()).toUTCString() });
    response.end(answer.body);
  }

  /** @returns `undefined` where the vendor breaks off, or the caller does while it waits. */
  async #passOn({ method, url, headers }: IncomingMessage, response: ServerResponse, body: Buffer) {
    const outgoing = ask(`${this.#options.vendorsUrl}${url}`, { method, headers, agent: false });
    response.once('close', () => outgoing.destroy());
    // One in the midst of the answer is told by its body, too.
    outgoing.on('error', () => undefined);
    outgoing.end(body);
    try {
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      const { statusCode: status = 502, headers: answered } = incoming;
      return { status, headers: answered, body: await bodyOf(incoming) };
    } catch {
      // Recovery: the caller's connection breaks as this one did.
      return undefined;
    }
  }
}

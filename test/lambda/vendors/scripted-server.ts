/** A server that answers as a test's script says, one line a request, the last for all that follow. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Script = (response: ServerResponse, request: IncomingMessage) => void;

export interface ScriptedServer {
  readonly url: URL;
  readonly requests: { readonly method: string; readonly body: string }[];
  play(...script: Script[]): void;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  let script: Script[] = [];
  const requests: ScriptedServer['requests'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    requests.push({ method: request.method ?? '', body: Buffer.concat(chunks).toString('utf8') });
    const next = script.length > 1 ? script.shift() : script[0];
    next?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/things`),
    requests,
    play: (...lines) => {
      script = lines;
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function answer(status: number, body: unknown = {}, headers: Record<string, string> = {}): Script {
  return (response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export const reset: Script = (_response, request) => {
  request.socket.destroy();
};

export const hang: Script = () => {};

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A loopback server to which the functions under test tell what they were given. */
export interface Recorder {
  readonly url: string;
  /** What was told under this name, in the order of arrival. */
  told(name: string): unknown[];
  close(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
  const told = new Map<string, unknown[]>();
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '/').slice(1);
    told.set(name, [...(told.get(name) ?? []), JSON.parse(await text(request))]);
    response.end('{}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    told: (name) => told.get(name) ?? [],
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

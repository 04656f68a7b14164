/** A controller on this machine, as far as a client of its audit history sees it: log-ins, tokens that expire, a history by time. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ControllerServer {
  readonly url: string;
  /** Of the history: paths and queries, in order. */
  readonly requests: string[];
  /** Tokens that were given, in order; only those in `valid` are accepted. */
  readonly tokens: string[];
  readonly valid: Set<string>;
  password: string;
  expiresIn: number | undefined;
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

const PREFIX = '/acme.saas.appdynamics.com/controller';

export async function startControllerServer(): Promise<ControllerServer> {
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { url = '', method, headers } = request;
    if (url === `${PREFIX}/api/oauth/access_token` && method === 'POST') {
      giveToken(headers['content-type'], new URLSearchParams(body), response);
    } else if (url.startsWith(`${PREFIX}/ControllerAuditHistory?`) && method === 'GET') {
      controller.requests.push(url.slice(PREFIX.length));
      isKnown(headers.authorization)
        ? controller.answer(response)
        : response.writeHead(401).end('{"message":"who?"}');
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const controller: ControllerServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    tokens: [],
    valid: new Set(),
    password: 'pa:ss wörd',
    expiresIn: 300,
    answer: (response) => response.end('[]'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function isKnown(authorization = ''): boolean {
    const [scheme, credential = ''] = authorization.split(' ');
    return scheme === 'Basic'
      ? Buffer.from(credential, 'base64').toString('utf8') === `user1@customer1:${controller.password}`
      : controller.valid.has(credential);
  }

  function giveToken(type: string | undefined, form: URLSearchParams, response: ServerResponse): void {
    const expected = {
      grant_type: 'client_credentials',
      client_id: 'user1@customer1',
      client_secret: controller.password,
    };
    const isForm = type === 'application/x-www-form-urlencoded';
    if (!isForm || JSON.stringify(Object.fromEntries(form)) !== JSON.stringify(expected)) {
      response.writeHead(401).end(`{"message":"wrong: ${form.get('client_secret')}"}`);
      return;
    }
    const token = `token-${controller.tokens.length + 1}`;
    controller.tokens.push(token);
    controller.valid.add(token);
    response.end(JSON.stringify({ access_token: token, expires_in: controller.expiresIn }));
  }
  return controller;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

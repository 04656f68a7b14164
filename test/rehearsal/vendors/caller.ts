import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../rehearsal/vendors/simulator.ts';

/** An answer as tests look at it. `body` is the JSON, or the text where it is no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes and fail where one differs
  readonly body: any;
}

export interface Outgoing {
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

/** One simulator for a test file, forgotten and as new before every test. */
export function simulated(options: SimulatorOptions = {}) {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator(options);
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.close());

  const call = async (method: string, address: string, outgoing: Outgoing = {}): Promise<Answer> => {
    const response = await fetch(`${simulator.url}/${address}`, { method, redirect: 'manual', ...outgoing });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: jsonOr(text) };
  };
  const cloudOneHeaders = () => ({
    authorization: `ApiKey ${simulator.tenant.cloudOneApiKey}`,
    'api-version': 'v1',
    'content-type': 'application/json',
  });
  const withBody = (body: unknown) => (body === undefined ? {} : { body: JSON.stringify(body) });

  return {
    get simulator() {
      return simulator;
    },
    call,
    cloudOneHeaders,
    /** As a Cloud One client with the right key: `cloudOne('GET', 'accounts', '/api/...')` */
    cloudOne: (method: string, service: string, path: string, body?: unknown) => {
      const region = service === 'accounts' ? '' : '.us-1';
      return call(method, `${service}${region}.cloudone.trendmicro.com${path}`, {
        headers: cloudOneHeaders(),
        ...withBody(body),
      });
    },
    /** As a Vision One client with the right key. */
    visionOne: (method: string, path: string, body?: unknown) =>
      call(method, `api.xdr.trendmicro.com${path}`, {
        headers: {
          authorization: `Bearer ${simulator.tenant.visionOneApiKey}`,
          'content-type': 'application/json',
        },
        ...withBody(body),
      }),
    /** A fresh CloudTrail service token, taken out of a stack link. */
    serviceToken: async (): Promise<string> => {
      const response = await call('POST', 'cloudtrail.us-1.cloudone.trendmicro.com/api/stacks', {
        headers: { authorization: cloudOneHeaders().authorization, 'api-version': 'v1' },
      });
      return String(linkParameters(response.body.createStackURL).get('param_ServiceToken'));
    },
    /** An upload to the CloudTrail service as it should be, headers replaced where a test wants another. */
    upload: (
      token: string,
      document: unknown,
      headers: Record<string, string> = {},
      body?: Buffer<ArrayBuffer>,
    ) =>
      call('POST', 'cloudtrail.us-1.cloudone.trendmicro.com/api/logs', {
        headers: {
          authorization: `Bearer ${token}`,
          'api-version': 'v1',
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          ...headers,
        },
        body: body ?? gzipSync(JSON.stringify(document)),
      }),
    /** A request to the HTTP event collector as it should be, headers replaced where a test wants another. */
    ingest: (body: string, headers: Record<string, string> = {}) =>
      call('POST', simulator.tenant.ingestUrl.replace('https://', ''), {
        headers: {
          authorization: `Bearer ${simulator.tenant.ingestToken}`,
          'content-type': 'text/plain',
          ...headers,
        },
        body,
      }),
    /** The distinct events that arrived, as `/_sim/events` tells them. */
    events: async (): Promise<Record<string, unknown>[]> => {
      const response = await fetch(`${simulator.url}/_sim/events`);
      const lines = (await response.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line));
    },
  };
}

/** The query of a CloudFormation console link, which sits behind the `#`. */
export function linkParameters(link: string): URLSearchParams {
  const { hash } = new URL(link);
  return new URLSearchParams(hash.slice(hash.indexOf('?') + 1));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Recovery: some answers are meant not to be JSON.
    return text;
  }
}

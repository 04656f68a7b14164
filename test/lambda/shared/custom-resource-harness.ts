/** Calls a custom resource's handler as CloudFormation does, and receives its answer over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';

export const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/CloudOne/00000000-stack';

/** In every response URL: whoever has it can answer in the function's place. */
export const URL_SIGNATURE = 'secret-signature';

/** CloudFormation drops a longer answer. */
const MAXIMUM_ANSWER_BYTES = 4096;

export interface ReceivedAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

export type ResourceRequest = {
  readonly properties: object;
  readonly requestId?: string;
  /** @default STACK_ID */
  readonly stackId?: string;
} & (
  | { readonly type: 'Create' }
  | { readonly type: 'Update'; readonly oldProperties: object; readonly physicalId: string }
  | { readonly type: 'Delete'; readonly physicalId: string }
);

/** One answer put to a request's response URL. */
export interface ReceivedPut {
  readonly answer: ReceivedAnswer;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A request that CloudFormation has sent, which may reach the function more than once. */
export interface OpenRequest {
  /** What was accepted so far, the first being the one that counts. */
  readonly puts: readonly ReceivedPut[];
  /** Runs the function to its end, and throws what it throws. */
  deliver(handler: CustomResourceHandler, remainingMs?: number): Promise<void>;
}

export interface AnswerSink {
  /** Physical ids of all answers that arrived, for as long as nobody clears it. */
  readonly physicalIds: Set<string>;
  /** @param cut nothing that the function puts arrives, as when it is killed before. @default false */
  open(request: ResourceRequest, cut?: boolean): OpenRequest;
  /** Sends one request and gives CloudFormation's side of the answer. */
  send(
    handler: CustomResourceHandler,
    request: ResourceRequest,
    remainingMs?: number,
  ): Promise<ReceivedAnswer>;
  /** Statuses for the next answers put here, instead of 200. */
  refuseNext(...statuses: number[]): void;
  close(): Promise<void>;
}

export async function startAnswerSink(): Promise<AnswerSink> {
  const refusals: number[] = [];
  const open = new Map<string, { readonly puts: ReceivedPut[]; readonly cut: boolean }>();
  const physicalIds = new Set<string>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const mailbox = open.get((request.url ?? '').split('?')[0] ?? '');
    if (mailbox === undefined || mailbox.cut) {
      response.destroy();
      return;
    }
    const status = refusals.shift() ?? (body.length > MAXIMUM_ANSWER_BYTES ? 400 : 200);
    if (status === 200) {
      const answer = JSON.parse(body.toString('utf8')) as ReceivedAnswer;
      physicalIds.add(answer.PhysicalResourceId);
      mailbox.puts.push({ answer, bytes: body.length, at: Date.now() });
    }
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const openRequest = (request: ResourceRequest, cut = false): OpenRequest => {
    requests += 1;
    const path = `/answer/${requests}`;
    const puts: ReceivedPut[] = [];
    open.set(path, { puts, cut });
    const event = eventOf(request, `http://127.0.0.1:${port}${path}?Signature=${URL_SIGNATURE}`, requests);
    return {
      puts,
      deliver: (handler, remainingMs = 300_000) => handler(event, contextWith(remainingMs)),
    };
  };

  return {
    physicalIds,
    open: openRequest,
    send: async (handler, request, remainingMs) => {
      const { puts, deliver } = openRequest(request);
      await deliver(handler, remainingMs);
      const [first] = puts;
      if (first === undefined) {
        throw new Error('CloudFormation got no answer.');
      }
      return first.answer;
    },
    refuseNext: (...statuses) => {
      refusals.push(...statuses);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/**
 * CloudFormation's ear for the tests of one file: open from the first to the last, while each has mocks and a log of its
 * own.
 */
export function answerSinkForFile(): { readonly sink: AnswerSink; readonly output: () => string } {
  let started: AnswerSink;
  let output = () => '';
  beforeAll(async () => {
    started = await startAnswerSink();
  });
  afterAll(() => started.close());
  beforeEach(() => {
    vi.restoreAllMocks();
    output = captureOutput();
  });
  const sink: AnswerSink = {
    get physicalIds() {
      return started.physicalIds;
    },
    open: (request, cut) => started.open(request, cut),
    send: (handler, request, remainingMs) => started.send(handler, request, remainingMs),
    refuseNext: (...statuses) => started.refuseNext(...statuses),
    close: () => started.close(),
  };
  return { sink, output: () => output() };
}

/** A context whose remaining time runs down, as Lambda's does. */
export function contextWith(remainingMs: number): Context {
  const endsAt = Date.now() + remainingMs;
  return { getRemainingTimeInMillis: () => endsAt - Date.now() } as Context;
}

/** Everything that is printed from now on, in one string. */
export function captureOutput(): () => string {
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      printed.push(String(chunk));
      return true;
    });
  }
  return () => printed.join('');
}

function eventOf(
  request: ResourceRequest,
  responseUrl: string,
  count: number,
): CloudFormationCustomResourceEvent {
  const serviceToken = 'arn:aws:lambda:us-east-1:123456789012:function:handler';
  const common = {
    ServiceToken: serviceToken,
    ResponseURL: responseUrl,
    StackId: request.stackId ?? STACK_ID,
    RequestId: request.requestId ?? `request-${count}`,
    LogicalResourceId: 'Resource',
    ResourceType: 'Custom::Resource',
    ResourceProperties: { ServiceToken: serviceToken, ...request.properties },
  };
  switch (request.type) {
    case 'Create':
      return { ...common, RequestType: 'Create' };
    case 'Update':
      return {
        ...common,
        RequestType: 'Update',
        PhysicalResourceId: request.physicalId,
        OldResourceProperties: { ServiceToken: serviceToken, ...request.oldProperties },
      };
    case 'Delete':
      return { ...common, RequestType: 'Delete', PhysicalResourceId: request.physicalId };
  }
}

/** Calls a custom resource's handler as CloudFormation does, and receives its answer over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { vi } from 'vitest';
import type { CustomResourceHandler } from '../../../lambda/shared/custom-resource.ts';

export const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/CloudOne/00000000-stack';

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

export interface AnswerSink {
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
  let latest: ReceivedAnswer | undefined;
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const status = refusals.shift() ?? (body.length > MAXIMUM_ANSWER_BYTES ? 400 : 200);
    if (status === 200) {
      latest = JSON.parse(body.toString('utf8')) as ReceivedAnswer;
    }
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    send: async (handler, request, remainingMs = 300_000) => {
      latest = undefined;
      requests += 1;
      const event = eventOf(request, `http://127.0.0.1:${port}/answer?Signature=secret-signature`, requests);
      await handler(event, contextWith(remainingMs));
      if (latest === undefined) {
        throw new Error('CloudFormation got no answer.');
      }
      return latest;
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

/** The world over HTTP, as the real clients see it: S3, DynamoDB, CloudTrail, SQS, and CloudFormation's outputs. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BatchGetItemInput, GetItemInput, PutItemInput } from '@aws-sdk/client-dynamodb';
import { MEMORY_ATTRIBUTE } from '../../../contract/completeness-round.ts';
import { type ObjectMessage, objectMessageSchema } from '../../../contract/object-message.ts';
import type { LedgerEntry } from '../../../lambda/completeness/ports.ts';
import type { Item } from '../../stand-ins/dynamodb/expressions.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';
import { answerOfS3 } from './s3-answers.ts';
import type { World } from './world.ts';

export interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AwsStandIn {
  readonly url: string;
  readonly world: World;
  /** Calls that were answered, such as `ListObjectVersions` or `GetObject logs/key`. */
  readonly calls: string[];
  /** What was put into the queue. */
  readonly queued: ObjectMessage[];
  /** What the check remembers; the ledger's items are the world's. */
  readonly table: Table;
  /** Has the check find a text as what it remembers. */
  remember(key: string, text: string): void;
  readonly outputs: Map<string, string>;
  /** Refuses what it says something of, as status and code. */
  refuse: (call: string) => readonly [status: number, code: string] | undefined;
  /** Entries of one page of a listing: few, so that whoever forgets the next page is found out. */
  pageSize: number;
  close(): Promise<void>;
}

/** A key that is valid until then is told without an end. */
export const NEVER = new Date(8.64e15);

export const TABLE = 'Ledger';
const STACK_ID = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/CloudOne/1';

export async function startAws(world: World): Promise<AwsStandIn> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const { status, body = '', headers } = answerOf(request, Buffer.concat(chunks).toString(), standIn);
    // As AWS does: a body that breaks off can be told from one that is over.
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: AwsStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    calls: [],
    queued: [],
    table: new Table(),
    remember: (key, text) =>
      standIn.table.items.set(key, { object: { S: key }, [MEMORY_ATTRIBUTE]: { S: text } }),
    outputs: new Map(),
    refuse: () => undefined,
    pageSize: 3,
    close: () => close(server),
  };
  return standIn;
}

/** The environment that leads the clients to it. */
export function environmentOf({ url }: AwsStandIn): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_MAX_ATTEMPTS: '1',
  };
}

function answerOf(request: IncomingMessage, body: string, aws: AwsStandIn): Answer {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (target !== '') {
    const action = target.slice(target.indexOf('.') + 1);
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
    return ask(aws, `${action}${action === 'ListPublicKeys' ? ` ${region}` : ''}`, jsonRefusal, () => ({
      status: 200,
      body: JSON.stringify(JSON_ACTIONS[action]?.(JSON.parse(body) as never, aws) ?? {}),
    }));
  }
  if (request.method === 'POST') {
    return ask(aws, 'DescribeStacks', xmlRefusal, () => ({ status: 200, body: stacksOf(aws) }));
  }
  const { call, answer } = answerOfS3(request, aws);
  return ask(aws, call, xmlRefusal, answer);
}

function ask(
  aws: AwsStandIn,
  call: string,
  refusal: (status: number, code: string) => Answer,
  answer: () => Answer,
): Answer {
  aws.calls.push(call);
  const [status, code] = aws.refuse(call) ?? [];
  return status === undefined || code === undefined ? answer() : refusal(status, code);
}

function jsonRefusal(status: number, code: string): Answer {
  return { status, body: JSON.stringify({ __type: code, message: `${code} says AWS` }) };
}

export function xmlRefusal(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>${code} says AWS</Message></Error>` };
}

type JsonAction = (input: never, aws: AwsStandIn) => object;

const JSON_ACTIONS: Readonly<Record<string, JsonAction>> = {
  BatchGetItem: (input: BatchGetItemInput, { world, table }) => {
    for (const { object } of input.RequestItems?.[TABLE]?.Keys ?? []) {
      const key = object?.S ?? '';
      const entry = world.ledger.get(key);
      if (entry === undefined) {
        table.items.delete(key);
      } else {
        table.items.set(key, itemOf(key, entry));
      }
    }
    return table.batchGetItem(input);
  },
  GetItem: (input: GetItemInput, { table }) => table.getItem(input),
  PutItem: (input: PutItemInput, { table }) => table.putItem(input),
  ListPublicKeys: (
    { StartTime, EndTime }: { readonly StartTime: number; readonly EndTime: number },
    { world },
  ) => ({
    PublicKeyList: world.publicKeys
      .filter(
        ({ validFrom, validUntil }) =>
          validFrom.getTime() / 1000 <= EndTime && validUntil.getTime() / 1000 >= StartTime,
      )
      .map(({ fingerprint, value, validFrom, validUntil }) => ({
        Fingerprint: fingerprint,
        Value: value.toString('base64'),
        ValidityStartTime: validFrom.getTime() / 1000,
        ...(validUntil === NEVER ? {} : { ValidityEndTime: validUntil.getTime() / 1000 }),
      })),
  }),
  SendMessageBatch: (
    { Entries }: { readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[] },
    { queued },
  ) => {
    queued.push(...Entries.map(({ MessageBody }) => objectMessageSchema.parse(JSON.parse(MessageBody))));
    const successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    return { Successful: successful, Failed: [] };
  },
};

function itemOf(key: string, entry: LedgerEntry): Item {
  const attributes = Object.entries(entry).filter(([, value]) => value !== undefined);
  return {
    object: { S: key },
    ...Object.fromEntries(attributes.map(([name, value]) => [name, { S: String(value) }])),
  };
}

function stacksOf({ outputs }: AwsStandIn): string {
  const members = [...outputs].map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return (
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>${STACK_ID}</StackId>` +
    `<StackName>CloudOne</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs>` +
    '</member></Stacks></DescribeStacksResult></DescribeStacksResponse>'
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
}

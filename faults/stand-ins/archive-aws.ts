/** AWS, as the archive's functions call it: one server for buckets, DynamoDB and Secrets Manager. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { Table } from '../../test/stand-ins/dynamodb/table.ts';
import type { AwsTrouble } from './aws.ts';
import { type AwsAnswer, failure, success } from './aws-answer.ts';
import { BucketStandIn } from './bucket.ts';
import { bodyOf, LocalServer, sendObject } from './http.ts';

/** What the archive's functions call. */
const ARCHIVE_OPERATIONS = [
  'ListObjectsV2',
  'GetObject',
  'PutObject',
  'DeleteObject',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'GetSecretValue',
] as const;
export type ArchiveOperation = (typeof ARCHIVE_OPERATIONS)[number];

export interface ArchiveCall {
  readonly operation: ArchiveOperation;
  /** Of S3. */
  readonly bucket: string;
  readonly key: string;
}

type Json = Readonly<Record<string, unknown>>;

export class ArchiveAwsStandIn {
  readonly server = new LocalServer((request, response) => this.#serve(request, response));
  readonly buckets: ReadonlyMap<string, BucketStandIn>;
  readonly table = new Table(['pk', 'sk']);
  /** By ARN. */
  readonly secrets = new Map<string, string>();
  readonly counts = new Map<ArchiveOperation, number>();
  /** Told of each call before it is carried out. What it returns is answered instead, or befalls the answer (`cut-off`). */
  before: (call: ArchiveCall) => Promise<AwsTrouble | undefined> = async () => undefined;
  /** Told of each call that was carried out, before it is answered. With `reset`, it is not. */
  after: (call: ArchiveCall) => Promise<AwsTrouble | undefined> = async () => undefined;

  constructor(buckets: readonly string[], now: () => number) {
    this.buckets = new Map(buckets.map((name) => [name, new BucketStandIn(now)]));
  }

  bucket(name: string): BucketStandIn {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) {
      throw new Error(`a bucket that there is not: ${name}`);
    }
    return bucket;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const call = callOf(request, url);
    this.counts.set(call.operation, (this.counts.get(call.operation) ?? 0) + 1);
    const trouble = await this.before(call);
    if (trouble === 'hang') {
      return;
    }
    if (typeof trouble === 'object') {
      await sendObject(response, trouble, false);
      return;
    }
    const answer = trouble === 'reset' ? undefined : this.#answer(call, request, url, body);
    if (answer === undefined || (await this.after(call)) === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    await sendObject(response, answer, trouble === 'cut-off');
  }

  #answer(call: ArchiveCall, { headers }: IncomingMessage, url: URL, body: Buffer): AwsAnswer {
    const { operation, bucket, key } = call;
    switch (operation) {
      case 'ListObjectsV2':
        return this.bucket(bucket).list(url.searchParams);
      case 'GetObject':
        return this.bucket(bucket).get(key);
      case 'PutObject':
        return this.bucket(bucket).put(key, body, headers);
      case 'DeleteObject':
        return this.bucket(bucket).delete(key);
      default:
        return this.#answerJson(operation, JSON.parse(body.toString()) as Json);
    }
  }

  #answerJson(operation: ArchiveOperation, input: Json): AwsAnswer {
    try {
      switch (operation) {
        case 'UpdateItem':
          return success(this.table.updateItem(input as never));
        case 'DeleteItem':
          return success(this.table.deleteItem(input as never));
        case 'Query':
          return success(this.table.query(input as never));
        case 'GetSecretValue':
          return success({ SecretString: this.secrets.get(String(input.SecretId)) });
        default:
          throw new Error(`a call that none of the archive’s functions makes: ${operation}`);
      }
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw error;
      }
      // An answer of DynamoDB's, like any other.
      return failure(400, error.name, error.message, error.Item === undefined ? {} : { Item: error.Item });
    }
  }
}

function callOf({ method, headers }: IncomingMessage, url: URL): ArchiveCall {
  const target = String(headers['x-amz-target'] ?? '');
  const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  if (target !== '') {
    return { operation: target.split('.')[1] as ArchiveOperation, bucket: '', key: '' };
  }
  switch (method) {
    case 'PUT':
      return { operation: 'PutObject', bucket, key };
    case 'DELETE':
      return { operation: 'DeleteObject', bucket, key };
    default:
      return { operation: key === '' ? 'ListObjectsV2' : 'GetObject', bucket, key };
  }
}

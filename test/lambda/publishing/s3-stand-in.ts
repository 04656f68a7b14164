/** S3 as far as the copier needs it, over HTTP: objects, listings, regions, refusals. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

export interface StandInBucket {
  readonly region: string;
  readonly objects: Map<string, Buffer>;
  /** Answers that come first, such as `403 AccessDenied`, one a request. */
  readonly refusals: (readonly [status: number, code: string])[];
}

export interface S3StandIn {
  readonly url: string;
  readonly buckets: Map<string, StandInBucket>;
  /** What was asked, such as `PUT staging/a.zip`. */
  readonly log: string[];
  /** Called before each answer, and waited for. */
  onRequest: (request: string) => void | Promise<void>;
  addBucket(name: string, region?: string): StandInBucket;
  client(region: string): S3Client;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** Keys of one page of a listing. */
const PAGE_SIZE = 3;

export async function startS3StandIn(): Promise<S3StandIn> {
  const buckets = new Map<string, StandInBucket>();
  const log: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const [, bucketName = '', ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    const asked = `${request.method} ${bucketName}/${key}${searchParams.has('delete') ? '?delete' : ''}`;
    log.push(asked);
    await standIn.onRequest(asked);
    const bucket = buckets.get(bucketName);
    const { status, body, headers } =
      refusalOf(request, bucket) ??
      answerOf(request, bucket as StandInBucket, key, searchParams, Buffer.concat(chunks));
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn: S3StandIn = {
    url,
    buckets,
    log,
    onRequest: () => {},
    addBucket: (name, region = 'us-east-1') => {
      const bucket = { region, objects: new Map<string, Buffer>(), refusals: [] };
      buckets.set(name, bucket);
      return bucket;
    },
    client: (region) =>
      new S3Client({
        endpoint: url,
        region,
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}

function refusalOf(request: IncomingMessage, bucket: StandInBucket | undefined): Answer | undefined {
  if (bucket === undefined) {
    return refusal(404, 'NoSuchBucket');
  }
  const [status, code] = bucket.refusals.shift() ?? [];
  if (status !== undefined && code !== undefined) {
    return refusal(status, code);
  }
  const signedFor = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
  return signedFor === bucket.region
    ? undefined
    : { ...refusal(301, 'PermanentRedirect'), headers: { 'x-amz-bucket-region': bucket.region } };
}

function refusal(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>${code} says S3</Message></Error>` };
}

function answerOf(
  { method, headers }: IncomingMessage,
  { objects }: StandInBucket,
  key: string,
  query: URLSearchParams,
  body: Buffer,
): Answer {
  if (method === 'POST' && query.has('delete')) {
    for (const [, deleted = ''] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) {
      objects.delete(deleted);
    }
    return { status: 200, body: '<DeleteResult/>' };
  }
  if (method === 'PUT') {
    const checksum = headers['x-amz-checksum-sha256'];
    if (checksum !== undefined && checksum !== createHash('sha256').update(body).digest('base64')) {
      return refusal(400, 'BadDigest');
    }
    objects.set(key, body);
    return { status: 200 };
  }
  if (query.get('list-type') === '2') {
    return { status: 200, body: listing([...objects.keys()].sort(), query.get('continuation-token') ?? '') };
  }
  const found = objects.get(key);
  return found === undefined ? refusal(404, 'NoSuchKey') : { status: 200, body: found };
}

function listing(keys: readonly string[], after: string): string {
  const rest = keys.filter((key) => key > after);
  const page = rest.slice(0, PAGE_SIZE);
  const next =
    rest.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return `<ListBucketResult>${contents}${next}</ListBucketResult>`;
}

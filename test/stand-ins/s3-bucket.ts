/** One bucket over HTTP, path style: the REST calls that the archive makes, with pages, conditions and refusals. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** Bytes after which the connection breaks. */
  readonly breaksAfter?: number;
}

export interface S3BucketStandIn {
  readonly name: string;
  readonly url: string;
  readonly objects: Map<string, Stored>;
  /** What was asked, such as `PUT raw/a.gz`. */
  readonly log: string[];
  /** Keys and folders of one page. */
  pageSize: number;
  /** Called before each request is looked at; what it returns is answered instead. */
  intercept: (request: string) => Answer | undefined;
  client(): S3Client;
  close(): Promise<void>;
}

export async function startS3Bucket(name = 'archive'): Promise<S3BucketStandIn> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const [, bucketName, ...rest] = pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const asked = `${request.method} ${key === '' ? `?${searchParams}` : key}`;
    bucket.log.push(asked);
    const answer =
      bucket.intercept(asked) ??
      (bucketName === name
        ? answerOf(bucket, request, key, searchParams, Buffer.concat(chunks))
        : refusal(404, 'NoSuchBucket'));
    const { status, body = '', headers, breaksAfter } = answer;
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    if (breaksAfter === undefined) {
      response.end(body);
    } else {
      response.write(Buffer.from(body).subarray(0, breaksAfter), () => response.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bucket: S3BucketStandIn = {
    name,
    url,
    objects: new Map(),
    log: [],
    pageSize: 3,
    intercept: () => undefined,
    client: () =>
      new S3Client({
        endpoint: url,
        region: 'us-east-1',
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
  return bucket;
}

export function refusal(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>${code}, says S3.</Message></Error>` };
}

function answerOf(
  bucket: S3BucketStandIn,
  { method, headers }: IncomingMessage,
  key: string,
  query: URLSearchParams,
  body: Buffer,
): Answer {
  const { objects } = bucket;
  const stored = objects.get(key);
  if (query.get('list-type') === '2') {
    return { status: 200, body: listing(bucket, query) };
  }
  switch (method) {
    case 'GET':
      return stored === undefined
        ? refusal(404, 'NoSuchKey')
        : { status: 200, body: stored.body, headers: { etag: `"${stored.etag}"` } };
    case 'PUT': {
      const ifMatch = headers['if-match'];
      if (headers['if-none-match'] === '*' && stored !== undefined) {
        return refusal(412, 'PreconditionFailed');
      }
      if (ifMatch !== undefined && stored === undefined) {
        return refusal(404, 'NoSuchKey');
      }
      if (ifMatch !== undefined && ifMatch !== `"${stored?.etag}"`) {
        return refusal(412, 'PreconditionFailed');
      }
      const etag = createHash('md5').update(body).digest('hex');
      objects.set(key, { body, etag, modified: new Date() });
      return { status: 200, headers: { etag: `"${etag}"` } };
    }
    case 'DELETE':
      objects.delete(key);
      return { status: 204 };
    default:
      throw new Error(`A request that no test expects: ${method} ${key}`);
  }
}

/** Amazon S3 API Reference, "ListObjectsV2": keys and common prefixes together make up a page. */
function listing({ objects, pageSize }: S3BucketStandIn, query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const shown = keys.map((key) => {
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    return end === -1 ? key : key.slice(0, end + 1);
  });
  const rest = [...new Set(shown)].filter(
    (each) => Buffer.compare(Buffer.from(each), Buffer.from(after)) > 0,
  );
  const page = rest.slice(0, pageSize);
  const isMore = rest.length > page.length;
  const entries = page.map((each) => {
    const stored = objects.get(each);
    return stored === undefined
      ? `<CommonPrefixes><Prefix>${each}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${each}</Key><Size>${stored.body.length}</Size><ETag>"${stored.etag}"</ETag>` +
          `<LastModified>${stored.modified.toISOString()}</LastModified></Contents>`;
  });
  const next = isMore ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${entries.join('')}${next}</ListBucketResult>`;
}

/** What the report function asks of AWS, over HTTP: a bucket, a table of checkpoints, mail and a topic. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type ArchivedRecord, archiveHour, rawHourPrefix, sourceOf } from '../../../../contract/archive.ts';

export const BUCKET = 'raw-bucket';

export interface SentMail {
  readonly FromEmailAddress: string;
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly Content: {
    readonly Simple: {
      readonly Subject: { readonly Data: string };
      readonly Body: { readonly Text: { readonly Data: string } };
      readonly Attachments?: readonly { readonly FileName: string; readonly RawContent: string }[];
    };
  };
}

export interface ArchiveStandIn {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  readonly mails: SentMail[];
  readonly announcements: { readonly subject: string; readonly message: string }[];
  /** Milliseconds since the epoch, by source; those absent were never collected. */
  readonly completeUntil: Map<string, number>;
  /** Status that calls are refused with, by the service's name: `ses`, `sns`. */
  readonly refusing: Map<string, number>;
  /** Puts a record where a collector does. */
  addRecord(record: ArchivedRecord): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export async function startArchiveStandIn(): Promise<ArchiveStandIn> {
  const state = {
    objects: new Map<string, Buffer>(),
    mails: [] as SentMail[],
    announcements: [] as { subject: string; message: string }[],
    completeUntil: new Map<string, number>(),
    refusing: new Map<string, number>(),
  };
  const answer = (request: IncomingMessage, body: Buffer): Answer => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.headers['x-amz-target']?.toString().startsWith('DynamoDB')) {
      return getItem(state.completeUntil, body);
    }
    if (url.pathname === '/v2/email/outbound-emails') {
      return refused('ses', state.refusing) ?? takeMail(state.mails, body);
    }
    if (url.pathname === '/') {
      return refused('sns', state.refusing) ?? takeAnnouncement(state.announcements, body);
    }
    return bucketAnswer(state.objects, request, url, body);
  };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { status = 200, headers = {}, body: text = '' } = answer(request, body);
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    addRecord: (record) => {
      const prefix = rawHourPrefix(sourceOf(record.id), archiveHour(record.time));
      state.objects.set(`${prefix}${state.objects.size}.jsonl.gz`, gzipSync(`${JSON.stringify(record)}\n`));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refused(service: string, refusing: ReadonlyMap<string, number>): Answer | undefined {
  const status = refusing.get(service);
  return status === undefined ? undefined : { status, body: '{"message":"not now"}' };
}

function getItem(completeUntil: ReadonlyMap<string, number>, body: Buffer): Answer {
  const { Key } = JSON.parse(body.toString()) as { Key: { pk: { S: string } } };
  const until = completeUntil.get(Key.pk.S.replace('checkpoint#', ''));
  const item = until === undefined ? {} : { Item: { pk: Key.pk, completeUntil: { N: String(until) } } };
  return { headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(item) };
}

function takeMail(mails: SentMail[], body: Buffer): Answer {
  mails.push(JSON.parse(body.toString()) as SentMail);
  return { headers: { 'content-type': 'application/json' }, body: `{"MessageId":"mail-${mails.length}"}` };
}

function takeAnnouncement(announcements: { subject: string; message: string }[], body: Buffer): Answer {
  const form = new URLSearchParams(body.toString());
  announcements.push({ subject: form.get('Subject') ?? '', message: form.get('Message') ?? '' });
  return {
    body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  };
}

function bucketAnswer(
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
  body: Buffer,
): Answer {
  const key = decodeURIComponent(pathname).slice(`/${BUCKET}/`.length);
  if (searchParams.get('list-type') === '2') {
    return { body: listing(objects, searchParams) };
  }
  if (request.method === 'PUT') {
    if (request.headers['if-none-match'] === '*' && objects.has(key)) {
      return { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' };
    }
    objects.set(key, body);
    return { headers: { etag: '"1"' } };
  }
  const object = objects.get(key);
  return object === undefined
    ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
    : { headers: { etag: '"1"' }, body: object };
}

function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('start-after') ?? '';
  const delimiter = query.get('delimiter');
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const isBelow = (key: string) => delimiter !== null && key.slice(prefix.length).includes(delimiter);
  const folders = new Set(
    keys.filter(isBelow).map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)),
  );
  const contents = keys
    .filter((key) => !isBelow(key))
    .map(
      (key) =>
        `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size><ETag>"1"</ETag>` +
        '<LastModified>2026-03-01T00:00:00.000Z</LastModified></Contents>',
    );
  const common = [...folders].map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}${common.join('')}</ListBucketResult>`;
}

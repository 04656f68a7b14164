import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ibmObjectStorageUrl, UntrustedUrlError } from '../../../lambda/vendors/endpoints.ts';
import {
  IbmObjectStorageError,
  ibmBucket,
  MalformedHmacCredentialsError,
} from '../../../lambda/vendors/ibm-object-storage.ts';

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
}

const asked: Asked[] = [];
let reply: { status: number; body: string } = { status: 200, body: '' };
const server = createServer((request, response) => {
  const [path = '', query] = (request.url ?? '').split('?');
  asked.push({ path, query: new URLSearchParams(query), authorization: request.headers.authorization ?? '' });
  response.writeHead(reply.status, { etag: '"the-etag"' }).end(reply.body);
});

const signal = new AbortController().signal;
const SECRET = 'very/secret+value';
const open = (credentials = `access-key:${SECRET}`) =>
  ibmBucket({ bucket: 'audit-events', region: 'eu-de' }, credentials);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked.length = 0;
  reply = { status: 200, body: '' };
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the endpoint', () => {
  test.each([
    ['eu-de', 'https://s3.eu-de.cloud-object-storage.appdomain.cloud/'],
    ['us', 'https://s3.us.cloud-object-storage.appdomain.cloud/'],
    ['ams03', 'https://s3.ams03.cloud-object-storage.appdomain.cloud/'],
  ])('of %s', (location, url) => {
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', '');
    expect(ibmObjectStorageUrl(location).href).toBe(url);
  });

  test.each(['', 'evil.example/', 'eu-de.evil.example#', 'EU-DE', '../eu', 'eu-de '])(
    '%j is none',
    (location) => {
      expect(() => ibmObjectStorageUrl(location)).toThrow(UntrustedUrlError);
    },
  );

  test('is the path’s first part in a rehearsal, and no other endpoint’s of AWS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1');
    reply.body = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
    await open().page({ prefix: '' }, signal);
    expect(asked[0]?.path).toBe('/s3.eu-de.cloud-object-storage.appdomain.cloud/audit-events/');
    expect(asked[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=access-key\/\d+\/eu-de\/s3\//);
  });
});

const KEY = 'f123/eu-de/2026-03-01T10/2026-03-01T10:02+01_0196361c-7836.log';

test('a page of a listing', async () => {
  reply.body = `<ListBucketResult><IsTruncated>true</IsTruncated>
    <Contents><Key>${KEY}</Key><ETag>"e"</ETag><Size>7</Size><LastModified>2026-03-01T10:03:00.000Z</LastModified></Contents>
    <CommonPrefixes><Prefix>f123/</Prefix></CommonPrefixes></ListBucketResult>`;

  const page = await open().page({ prefix: 'f123/', after: KEY, byFolder: true, limit: 5 }, signal);

  expect(page).toEqual({
    objects: [{ key: KEY, etag: '"e"', size: 7, storedAt: Date.UTC(2026, 2, 1, 10, 3) }],
    folders: ['f123/'],
    isLast: false,
  });
  expect(Object.fromEntries(asked[0]?.query ?? [])).toMatchObject({
    'list-type': '2',
    prefix: 'f123/',
    'start-after': KEY,
    delimiter: '/',
    'max-keys': '5',
  });
});

test.each(['', '<html><body>Log in to the proxy</body></html>', '<Error/>'])(
  '%j in place of a listing is no empty one',
  async (body) => {
    reply.body = body;
    await expect(open().page({ prefix: '' }, signal)).rejects.toThrow(/If a proxy stands between/);
  },
);

test('an object whose key has colons and a plus', async () => {
  reply.body = 'the content';
  const content = await open().read(KEY, signal);
  expect(content?.etag).toBe('"the-etag"');
  expect(content && (await buffer(content.body)).toString()).toBe('the content');
  const path = asked[0]?.path ?? '';
  expect(decodeURIComponent(path).endsWith(`/audit-events/${KEY}`)).toBe(true);
  expect(path, 'which would be a space to a server that decodes forms').not.toContain('+');
});

const refuse = (status: number, code: string) => {
  reply = { status, body: `<Error><Code>${code}</Code><Message>It says no.</Message></Error>` };
};

test('an object that is gone is none', async () => {
  refuse(404, 'NoSuchKey');
  expect(await open().read(KEY, signal)).toBeUndefined();
});

test.each([
  [403, 'InvalidAccessKeyId', /There is no such access key id/],
  [403, 'SignatureDoesNotMatch', /secret access key is not that/],
  [403, 'AccessDenied', /needs the role Reader/],
  [404, 'NoSuchBucket', /check the bucket's name and its location/],
  [301, 'PermanentRedirect', /check the bucket's name and its location/],
  [400, 'InvalidBucketState', /passes by itself/],
])('%i %s is explained', async (status, code, cure) => {
  refuse(status, code);
  const error = await open()
    .page({ prefix: '' }, signal)
    .catch((thrown: unknown) => thrown as Error);
  expect(error).toBeInstanceOf(IbmObjectStorageError);
  expect(String(error)).toMatch(cure);
  expect(String(error)).toContain('audit-events');
  expect(String(error)).toContain(`${status} ${code}`);
  expect(String(error)).not.toContain(SECRET);
});

test('running out of time is told as such', async () => {
  await expect(open().page({ prefix: '' }, AbortSignal.abort())).rejects.toThrow(/the next run goes on/);
});

test.each(['', 'no-colon', ':x', 'x:', 'a b:c', '{"a":"b:c"}\n{'])(
  '%j are no HMAC credentials',
  (credentials) => {
    expect(() => open(credentials)).toThrow(MalformedHmacCredentialsError);
  },
);

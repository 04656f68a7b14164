import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultTenant } from '../../../rehearsal/vendors/tenant.ts';
import { simulated } from './caller.ts';

const HOST = 's3.eu-de.cloud-object-storage.appdomain.cloud';
const KEY = 'acc/eu-de/2026-01-01T00/2026-01-01T00%3A01%2B0000_x.log';
const signature = (id: string) =>
  `AWS4-HMAC-SHA256 Credential=${id}/20260101/eu-de/s3/aws4_request, SignedHeaders=host, Signature=abc`;
const OBJECT = gzipSync('{"action":"x"}\n');

describe('the object storage', () => {
  const sim = simulated();
  const asked: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  /** Stands for the S3 behind: one gzip object, and for anything else an error of its own. */
  const upstream = createServer((request, response) => {
    asked.push(request);
    if (!request.url?.startsWith('/bucket')) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchBucket</Code></Error>');
      return;
    }
    response.writeHead(200, {
      etag: '"e"',
      'content-encoding': 'gzip',
      'x-amz-id-2': 'secret',
      'content-length': OBJECT.length,
    });
    response.end(request.method === 'HEAD' ? undefined : OBJECT);
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    sim.simulator.setAudit({ ibmcloud: { upstream: { url, region: 'eu-west-1' } } });
  });
  afterAll(() => new Promise((resolve) => upstream.close(resolve)));

  const request = (
    method: string,
    path: string,
    authorization = signature(defaultTenant.ibmAccessKeyId),
    headers = {},
  ) =>
    fetch(`${sim.simulator.url}/${HOST}${path}`, {
      method,
      headers: { authorization, 'accept-encoding': 'identity', ...headers },
    });

  test('passes on path and query as they are, without the credentials', async () => {
    await request('GET', `/bucket/${KEY}`, undefined, { range: 'bytes=0-3', 'x-custom': 'no' });
    await request('GET', '/bucket?list-type=2&prefix=acc%2Feu-de%2F2026%2B1&continuation-token=a%20b%2F%3D');

    expect(asked.map((one) => one.url)).toEqual([
      `/bucket/${KEY}`,
      '/bucket?list-type=2&prefix=acc%2Feu-de%2F2026%2B1&continuation-token=a%20b%2F%3D',
    ]);
    expect(asked[0]?.headers).toMatchObject({ range: 'bytes=0-3' });
    expect(asked[0]?.headers).not.toHaveProperty('x-custom');
    expect(asked[0]?.headers.authorization).toMatch(/Credential=test\/\d{8}\/eu-west-1\/s3\//);
  });

  test('gives back bytes and headers as they are, packed or not', async () => {
    const answer = await request('GET', `/bucket/${KEY}`);
    const unpacked = await answer.text();
    const head = await request('HEAD', `/bucket/${KEY}`);

    expect(unpacked).toBe('{"action":"x"}\n');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"e"',
      'content-encoding': 'gzip',
      'content-length': String(OBJECT.length),
    });
    expect(answer.headers.has('x-amz-id-2')).toBe(false);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(OBJECT.length)]);
  });

  test('gives the errors of the S3 behind it as they are', async () => {
    const answer = await request('GET', '/other/key');

    expect([answer.status, await answer.text()]).toEqual([404, '<Error><Code>NoSuchBucket</Code></Error>']);
  });

  test.each([
    ['no credentials', '', 'AccessDenied'],
    ['another way to sign', `AWS ${defaultTenant.ibmAccessKeyId}:abc`, 'AccessDenied'],
    ['an unknown key', signature('someone'), 'InvalidAccessKeyId'],
  ])('refuses %s', async (_case, authorization, code) => {
    const answer = await request('GET', '/bucket', authorization);

    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining(`<Code>${code}</Code>`),
    ]);
    expect(asked).toEqual([]);
  });

  test.each(['PUT', 'POST', 'DELETE'])('does not take %s', async (method) => {
    expect((await request(method, '/bucket/key')).status).toBe(405);
  });

  test('says so when there is no bucket behind it, or nobody answers there', async () => {
    sim.simulator.setAudit({ ibmcloud: { upstream: { url: 'http://127.0.0.1:1' } } });
    const dead = await request('GET', '/bucket');
    sim.simulator.reset();
    const none = await request('GET', '/bucket');

    expect([dead.status, none.status]).toEqual([503, 503]);
    expect(await dead.text()).toContain('ECONNREFUSED');
    expect(await none.text()).toContain('ibmcloud.upstream');
  });

  test('fails on request, halves of bytes included, and keeps to its rate', async () => {
    sim.simulator.setFaults([{ host: HOST, action: 'truncate', times: 1 }]);
    const cut = await request('GET', `/bucket/${KEY}`);
    sim.simulator.setAudit({ ibmcloud: { rate: { calls: 1, perMs: 60_000 } } });
    const inTime = await request('GET', '/bucket');
    const slow = await request('GET', '/bucket');

    expect(inTime.status).toBe(200);
    expect(cut.headers.get('content-length')).toBe(String(Math.floor(OBJECT.length / 2)));
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '60']);
    expect(sim.simulator.state().audit.ibmcloud).toEqual({ answered: 2, tooMany: 1 });
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cloudTrailService } from '../../../lambda/vendors/cloudtrail-service.ts';
import { outcomeOf } from '../../../lambda/vendors/destination.ts';
import { UntrustedUrlError } from '../../../lambda/vendors/endpoints.ts';
import { visionOneCollector } from '../../../lambda/vendors/visionone-ingest.ts';
import { DestinationServer } from '../forwarding/destination-server.ts';

const server = new DestinationServer();
const SIGNAL = new AbortController().signal;
const STACK = { accountId: '123456789012', region: 'eu-central-1', stackId: 'arn:aws:cloudformation:stack' };
const PART = { body: [Buffer.from('one '), Buffer.from('part')], records: 2, idempotencyKey: 'key' };

const cloudOne = () =>
  cloudTrailService({ serviceUrl: 'https://cloudtrail.de-1.cloudone.trendmicro.com/v/', apiVersion: 'v9' });
const visionOne = () => visionOneCollector('https://xlogr-ec1.xdr.trendmicro.com/ingest/raw?site=1');

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.reset();
  vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', server.url);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('outcomeOf', () => {
  const answer = (status: number, headers = {}, body = '') =>
    outcomeOf('The receiver', { status, headers, body: Buffer.from(body) });

  it.each([
    [200, 'accepted'],
    [202, 'accepted'],
    [204, 'accepted'],
    [301, 'retryable'],
    [302, 'retryable'],
    [400, 'refused'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'retryable'],
    [407, 'retryable'],
    [408, 'retryable'],
    [413, 'too-large'],
    [415, 'refused'],
    [422, 'refused'],
    [429, 'retryable'],
    [500, 'retryable'],
    [503, 'retryable'],
  ])('%i is %s', (status, expected) => {
    expect(answer(status).status).toBe(expected);
  });

  it.each([
    ['by its type', { 'content-type': 'text/html; charset=utf-8' }, 'Welcome'],
    ['by its looks', {}, '\n<html>'],
  ])('a page in place of an answer is no acceptance: told %s', (_name, headers, body) => {
    expect(answer(200, headers, body)).toMatchObject({ status: 'retryable' });
  });

  it('tells how long to wait', () => {
    expect(answer(429, { 'retry-after': '7' })).toMatchObject({ status: 'retryable', afterMs: 7000 });
    expect(answer(503, { 'retry-after': 'soon' })).toEqual(expect.objectContaining({ afterMs: undefined }));
  });

  it("repeats the other side's words in one short line, without tokens", () => {
    const outcome = answer(400, {}, `no\n\tgood: Bearer abc eyJhbGciOiJ9.eyJzdWIi.c2ln ${'x'.repeat(1000)}`);

    expect(outcome).toMatchObject({
      detail: expect.stringMatching(
        /^The receiver answered 400, saying "no good: Bearer \*\*\* \*\*\* x+…"\.$/,
      ),
    });
    expect(JSON.stringify(outcome).length).toBeLessThan(400);
  });
});

describe("Cloud One's CloudTrail service (assumed protocol)", () => {
  it('is sent a document', async () => {
    expect(await cloudOne().send(PART, 'token', SIGNAL)).toEqual({ status: 'accepted' });

    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/cloudtrail.de-1.cloudone.trendmicro.com/v/api/logs',
        headers: {
          authorization: 'Bearer token',
          'api-version': 'v9',
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'content-length': '8',
          'idempotency-key': 'key',
        },
        body: Buffer.from('one part'),
      },
    ]);
  });

  it('does not follow a redirect, which would give the token away', async () => {
    server.behaviour = () => ({ status: 307, headers: { location: `${server.url}/elsewhere` } });

    expect(await cloudOne().send(PART, 'token', SIGNAL)).toMatchObject({ status: 'retryable' });

    expect(server.requests).toHaveLength(1);
  });

  it('may be away', async () => {
    vi.stubEnv('VENDOR_ENDPOINT_OVERRIDE', 'http://127.0.0.1:1');

    expect(await cloudOne().send(PART, 'token', SIGNAL)).toMatchObject({
      status: 'retryable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is told of the stack', async () => {
    await cloudOne().lifecycle('created', STACK, 'token', SIGNAL);

    expect(server.requests[0]?.path).toBe('/cloudtrail.de-1.cloudone.trendmicro.com/v/api/lifecycle');
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ ...STACK, event: 'created' });
  });

  it('gets heartbeats', async () => {
    await cloudOne().heartbeat({ ...STACK, version: '1.0.0', checks: { trail: true } }, 'token', SIGNAL);

    expect(server.requests[0]?.path).toBe('/cloudtrail.de-1.cloudone.trendmicro.com/v/api/heartbeats');
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchObject({
      version: '1.0.0',
      checks: { trail: true },
    });
  });

  it('fails with the step and the cause where it does not take a note', async () => {
    server.behaviour = () => ({ status: 401, body: '{"message":"expired"}' });

    await expect(cloudOne().lifecycle('deleted', STACK, 'token', SIGNAL, 'Saying goodbye')).rejects.toThrow(
      /^Saying goodbye: Trend Cloud One answered 401 .* saying "expired"/,
    );
  });

  it.each([
    'http://cloudtrail.de-1.cloudone.trendmicro.com',
    'https://cloudone.trendmicro.com.evil.example',
    'nonsense',
  ])('never is %s', (serviceUrl) => {
    expect(() => cloudTrailService({ serviceUrl, apiVersion: 'v1' })).toThrow(UntrustedUrlError);
  });
});

describe("Vision One's collector", () => {
  it('is sent lines', async () => {
    expect(await visionOne().send(PART, 'token', SIGNAL)).toEqual({ status: 'accepted' });

    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/xlogr-ec1.xdr.trendmicro.com/ingest/raw?site=1',
        headers: { authorization: 'Bearer token', 'content-type': 'text/plain; charset=utf-8' },
        body: Buffer.from('one part'),
      },
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('content-encoding');
  });

  it('never is on another host', () => {
    expect(() => visionOneCollector('https://xdr.trendmicro.com.evil.example/raw')).toThrow(
      UntrustedUrlError,
    );
  });
});

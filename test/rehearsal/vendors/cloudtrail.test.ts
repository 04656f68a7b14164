import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkParameters, simulated } from './caller.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const records = (...ids: string[]) => ({ Records: ids.map((eventID) => ({ eventID })) });

describe('the stack link', () => {
  const sim = simulated();
  const stacks = (body?: unknown) => sim.cloudOne('POST', 'cloudtrail', '/api/stacks', body);

  test('is a deploymentURL for an account and region, its query behind the #', async () => {
    const answer = await stacks({ providerAccountID: '111122223333', awsRegion: 'eu-west-2' });
    const link = new URL(answer.body.deploymentURL);

    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(['deploymentURL']);
    expect(link.origin + link.pathname).toBe('https://console.aws.amazon.com/cloudformation/home');
    expect(link.searchParams.get('region')).toBe('eu-west-2');
    expect(link.hash).toMatch(/[?&]templateUrl=https%3A%2F%2F/);
    expect(Object.fromEntries(linkParameters(link.href))).toMatchObject({
      templateUrl: expect.stringMatching(/^https:\/\/[^/]+\.s3\.eu-west-2\.amazonaws\.com\//),
      param_S3BucketKey: expect.stringMatching(/\S/),
      param_S3BucketName: expect.stringMatching(/\S/),
      param_ServiceToken: expect.stringContaining('simulated'),
      param_ServiceURL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
      param_APIVersion: 'v1',
    });
  });

  test('is a createStackURL for an empty body, whatever its media type', async () => {
    const headers = { ...sim.cloudOneHeaders(), 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await sim.call('POST', 'cloudtrail.us-1.cloudone.trendmicro.com/api/stacks', { headers });

    expect(Object.keys(answer.body)).toEqual(['createStackURL']);
    expect(new URL(answer.body.createStackURL).searchParams.get('region')).toBe('us-east-1');
  });

  test.each([
    { awsRegion: 'us-east-1' },
    { providerAccountID: '1', awsRegion: 'us-east-1' },
    { providerAccountID: '111122223333' },
  ])('refuses %o', async (body) => {
    expect((await stacks(body)).status).toBe(400);
  });

  test('shows its tokens in the state without their values', async () => {
    const token = await sim.serviceToken();
    const state = sim.simulator.state();
    const [shown] = state.registered.cloudTrailStackTokens;

    expect(JSON.stringify(state)).not.toContain(token);
    expect((shown?.expiresAt ?? 0) - (shown?.issuedAt ?? 0)).toBe(30 * DAY_MS);
  });
});

describe('a service token', () => {
  let now = new Date('2026-11-20T00:00:00Z');
  const sim = simulated({ now: () => now });

  test('is good for 30 days', async () => {
    const token = await sim.serviceToken();
    now = new Date(now.getTime() + 30 * DAY_MS - 1);
    const lastMoment = await sim.upload(token, records('a'));
    now = new Date(now.getTime() + 1);
    const tooLate = await sim.upload(token, records('a'));

    expect([lastMoment.status, tooLate.status]).toEqual([202, 401]);
  });

  test('can be revoked, which leaves later ones alone', async () => {
    const [old, other] = [await sim.serviceToken(), await sim.serviceToken()];
    const revoked = await sim.call('POST', '_sim/revoke-service-tokens');
    const fresh = await sim.serviceToken();

    expect(revoked.body).toEqual({ revoked: 2 });
    expect((await sim.upload(old, records('a'))).status).toBe(401);
    expect((await sim.upload(other, records('a'))).status).toBe(401);
    expect((await sim.upload(fresh, records('a'))).status).toBe(202);
  });

  test('can outlive the former ones', async () => {
    const [former, newest] = [await sim.serviceToken(), await sim.serviceToken()];

    expect(sim.simulator.revokeServiceTokens('former')).toBeGreaterThan(0);

    expect((await sim.upload(former, records('a'))).status).toBe(401);
    expect((await sim.upload(newest, records('a'))).status).toBe(202);
  });
});

describe('uploads', () => {
  const sim = simulated();
  const received = () => sim.simulator.state().received.cloudone;

  test('are counted by request, part, event and byte, and by event id', async () => {
    const token = await sim.serviceToken();
    const part = gzipSync(
      JSON.stringify({ Records: [{ eventID: 'a' }, { eventID: 'b' }, { eventName: 'x' }] }),
    );
    await sim.upload(token, undefined, { 'idempotency-key': 'k1' }, part);
    await sim.upload(token, records('b'), { 'idempotency-key': 'k2' });
    await sim.upload('wrong', records('c'));

    expect(received()).toMatchObject({
      requests: 3,
      parts: 2,
      events: 3,
      eventless: 1,
      distinctEvents: 2,
      bytes: part.length + gzipSync(JSON.stringify(records('b'))).length,
    });
    expect(await sim.events()).toEqual([
      {
        eventID: 'a',
        destination: 'cloudone',
        count: 1,
        firstAt: expect.any(Number),
        idempotencyKeys: ['k1'],
        contents: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      },
      {
        eventID: 'b',
        destination: 'cloudone',
        count: 2,
        firstAt: expect.any(Number),
        idempotencyKeys: ['k1', 'k2'],
        contents: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      },
    ]);
  });

  test('of the same key are told apart by their content', async () => {
    const token = await sim.serviceToken();
    await sim.upload(token, records('a'), { 'idempotency-key': 'k' });
    await sim.upload(
      token,
      records('a'),
      { 'idempotency-key': 'k' },
      gzipSync(JSON.stringify(records('a')), { level: 1 }),
    );
    await sim.upload(token, records('a'), { 'idempotency-key': 'k' });
    await sim.upload(token, records('b'), { 'idempotency-key': 'k' });
    await sim.upload(token, records('c'));

    expect(received()).toMatchObject({ parts: 5, repeatedParts: 2, conflictingParts: 1, unkeyedParts: 1 });
  });

  test('may hold no records at all', async () => {
    const answer = await sim.upload(await sim.serviceToken(), records());

    expect(answer.status).toBe(202);
    expect(received()).toMatchObject({ parts: 1, events: 0 });
  });

  const zipped = gzipSync(JSON.stringify(records('a')));
  test.each<[string, number, Record<string, string>, Buffer<ArrayBuffer>]>([
    ['no token', 401, { authorization: '' }, zipped],
    ['an unknown token', 401, { authorization: 'Bearer x' }, zipped],
    ['the API key', 401, { authorization: 'ApiKey a:b' }, zipped],
    ['another API version', 400, { 'api-version': 'v2' }, zipped],
    ['another media type', 415, { 'content-type': 'text/plain' }, zipped],
    ['no content encoding', 415, { 'content-encoding': 'identity' }, zipped],
    ['a body that is not gzip', 400, {}, Buffer.from('{"Records":[]}')],
    ['gzip cut short', 400, {}, zipped.subarray(0, zipped.length - 12)],
    ['gzip of no JSON', 400, {}, gzipSync('{"Records":[')],
    ['no Records', 400, {}, gzipSync('{"records":[]}')],
    ['Records that are no array', 400, {}, gzipSync('{"Records":{}}')],
    ['one byte too many', 413, {}, randomBytes(716_801)],
  ])('are refused for %s', async (_case, status, headers, body) => {
    const answer = await sim.upload(await sim.serviceToken(), undefined, headers, body);

    expect(answer.status).toBe(status);
    expect(received()).toMatchObject({ requests: 1, parts: 0, events: 0, bytes: 0 });
    expect(await sim.events()).toEqual([]);
  });

  test('of exactly the limit are not too large', async () => {
    const answer = await sim.upload(await sim.serviceToken(), undefined, {}, randomBytes(716_800));

    expect(answer.status).toBe(400);
  });

  test('add up, however events are cut into parts', async () => {
    const token = await sim.serviceToken();
    const parts = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, async (cut) => {
        const before = new Map((await sim.events()).map((event) => [event.eventID, Number(event.count)]));
        for (const ids of cut) await sim.upload(token, records(...ids));
        const sent = cut.flat();

        for (const { eventID, count } of await sim.events()) {
          const arrived = Number(count) - (before.get(eventID) ?? 0);
          expect(arrived).toBe(sent.filter((id) => id === eventID).length);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('heartbeats and lifecycle notices', () => {
  const sim = simulated();
  const post = async (path: string, body: unknown, token?: string) =>
    sim.call('POST', `cloudtrail.us-1.cloudone.trendmicro.com${path}`, {
      headers: {
        authorization: `Bearer ${token ?? (await sim.serviceToken())}`,
        'api-version': 'v1',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  const stack = { accountId: '111122223333', region: 'us-east-1', stackId: 'arn:stack' };

  test('are taken and shown', async () => {
    const beat = await post('/api/heartbeats', { ...stack, version: '1', checks: { trail: true } });
    const notice = await post('/api/lifecycle', { ...stack, event: 'created' });
    const state = sim.simulator.state();

    expect([beat.status, notice.status]).toEqual([202, 202]);
    expect(state.heartbeats).toBe(1);
    expect(state.lifecycle).toEqual([{ ...stack, event: 'created', at: expect.any(Number) }]);
  });

  test('are refused when incomplete or unknown', async () => {
    expect((await post('/api/heartbeats', stack)).status).toBe(400);
    expect((await post('/api/lifecycle', { ...stack, event: 'paused' })).status).toBe(400);
    expect((await post('/api/lifecycle', { ...stack, event: 'created' }, 'x')).status).toBe(401);
    expect(sim.simulator.state()).toMatchObject({ heartbeats: 0, lifecycle: [] });
  });
});

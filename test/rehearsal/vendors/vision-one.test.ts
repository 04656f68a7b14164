import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { simulated } from './caller.ts';

const role = (account: string) => `arn:aws:iam::${account}:role/vision-one`;

describe('the Vision One API', () => {
  const sim = simulated();

  test('is available to the right key only', async () => {
    const path = '/v3.0/healthcheck/connectivity';
    const right = await sim.visionOne('GET', path);
    const wrong = await sim.call('GET', `api.xdr.trendmicro.com${path}`, {
      headers: { authorization: 'Bearer x' },
    });
    const otherScheme = await sim.call('GET', `api.xdr.trendmicro.com${path}`, {
      headers: sim.cloudOneHeaders(),
    });

    expect([right.status, right.body]).toEqual([200, { status: 'available' }]);
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'InvalidCredentials']);
    expect(otherScheme.status).toBe(401);
  });

  test('generates enrollment tokens, and deletes their connectors with an answer in JSON', async () => {
    const generated = await sim.visionOne('POST', '/v1.0/preview/uic/instances/enrollment', {
      productId: 'scc',
    });
    const shown = sim.simulator.state().registered.visionOneConnectors;
    const path = `/v2.0/xdr/portal/connectors/onpremise/${generated.body.connectorId}`;
    const deleted = await sim.visionOne('DELETE', path);

    expect(Object.keys(generated.body).sort()).toEqual(['connectorId', 'token', 'tokenExpireTime']);
    expect(shown).toEqual([
      { connectorId: generated.body.connectorId, tokenExpireTime: generated.body.tokenExpireTime },
    ]);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    expect((await sim.visionOne('DELETE', path)).status).toBe(404);
  });

  test('generates tokens for the known product only', async () => {
    const answer = await sim.visionOne('POST', '/v1.0/preview/uic/instances/enrollment', {
      productId: 'other',
    });

    expect([answer.status, answer.body.error.code]).toEqual([400, 'BadRequest']);
  });
});

describe('cloud account management', () => {
  const sim = simulated();
  const path = '/beta/cam/awsAccounts';
  const create = (account: string) => sim.visionOne('POST', path, { roleArn: role(account), name: account });

  test('creates with the id in the Location header, reads, changes and deletes', async () => {
    const created = await create('111122223333');
    const one = new URL(String(created.headers.get('location'))).pathname;
    const patched = await sim.visionOne('PATCH', one, { name: 'renamed' });
    const read = await sim.visionOne('GET', one);
    const deleted = await sim.visionOne('DELETE', one);

    expect([created.status, one]).toEqual([201, `${path}/111122223333`]);
    expect(patched.status).toBe(204);
    expect(read.body).toMatchObject({ id: '111122223333', roleArn: role('111122223333'), name: 'renamed' });
    expect(deleted.status).toBe(204);
    expect(sim.simulator.state().registered.visionOneAwsAccounts).toEqual([]);
  });

  test('lists page by page', async () => {
    for (const account of ['111111111111', '222222222222', '333333333333']) await create(account);
    const first = await sim.visionOne('GET', `${path}?top=2`);
    const next = new URL(first.body.nextLink);
    const second = await sim.visionOne('GET', next.pathname + next.search);

    expect(first.body).toMatchObject({ totalCount: 3, count: 2 });
    expect(second.body).toMatchObject({ totalCount: 3, count: 1, items: [{ id: '333333333333' }] });
    expect(second.body).not.toHaveProperty('nextLink');
  });

  test('refuses duplicates, missing ones, and roles that are none or of another account', async () => {
    await create('111122223333');
    const one = `${path}/111122223333`;

    expect((await create('111122223333')).status).toBe(409);
    expect((await sim.visionOne('GET', `${path}/444455556666`)).body.error.code).toBe('NotFound');
    expect((await sim.visionOne('DELETE', `${path}/444455556666`)).status).toBe(404);
    expect((await sim.visionOne('POST', path, { name: 'x' })).status).toBe(400);
    expect((await sim.visionOne('PATCH', one, { roleArn: role('444455556666') })).status).toBe(400);
    expect((await sim.visionOne('GET', `${path}?top=many`)).status).toBe(400);
  });
});

describe('the HTTP event collector', () => {
  const sim = simulated();
  const received = () => sim.simulator.state().received.visionone;

  test('counts lines and events', async () => {
    const body = '{"eventID":"a"}\n{"eventID":"b"}\r\n\n{"other":1}\nplain text\n{"eventID":"a"}';
    const answer = await sim.ingest(body, { 'content-type': 'text/plain; charset=utf-8' });

    expect(answer.status).toBe(200);
    expect(received()).toEqual({
      requests: 1,
      lines: 5,
      events: 3,
      distinctEvents: 2,
      eventless: 1,
      unparsed: 1,
      bytes: Buffer.byteLength(body),
    });
    expect(await sim.events()).toMatchObject([
      { eventID: 'a', destination: 'visionone', count: 2, idempotencyKeys: [] },
      { eventID: 'b', destination: 'visionone', count: 1 },
    ]);
  });

  test('counts an event apart from the same event at Cloud One', async () => {
    await sim.ingest('{"eventID":"a"}');
    await sim.upload(await sim.serviceToken(), { Records: [{ eventID: 'a' }] });

    expect((await sim.events()).map((event) => [event.destination, event.count])).toEqual([
      ['cloudone', 1],
      ['visionone', 1],
    ]);
  });

  test.each<[string, number, string, Record<string, string>]>([
    ['a wrong token', 401, 'x', { authorization: 'Bearer x' }],
    ['no token', 401, 'x', { authorization: '' }],
    ['JSON as media type', 415, '{}', { 'content-type': 'application/json' }],
    ['a compressed body', 415, gzipSync('x').toString('latin1'), { 'content-encoding': 'gzip' }],
    ['one byte too many', 413, 'x'.repeat(1024 * 1024 + 1), {}],
  ])('refuses %s', async (_case, status, body, headers) => {
    expect((await sim.ingest(body, headers)).status).toBe(status);
    expect(received()).toMatchObject({ requests: 1, lines: 0, bytes: 0 });
  });

  test('takes exactly the limit', async () => {
    expect((await sim.ingest('x'.repeat(1024 * 1024))).status).toBe(200);
  });
});

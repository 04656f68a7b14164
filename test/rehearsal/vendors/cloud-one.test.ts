import { describe, expect, test } from 'vitest';
import { defaultTenant } from '../../../rehearsal/vendors/tenant.ts';
import { simulated } from './caller.ts';

const ACCOUNT = '111122223333';
const role = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;

describe('every Cloud One call', () => {
  const sim = simulated();
  const keyAddress = 'accounts.cloudone.trendmicro.com/api/apikeys/tmcSimulatedKeyId0000000001';

  test.each([
    ['no credentials', { authorization: '' }, 401],
    ['the right key under another scheme', { authorization: `Bearer ${defaultTenant.cloudOneApiKey}` }, 401],
    ['a wrong key', { authorization: 'ApiKey tmcSimulatedKeyId0000000001:guess' }, 401],
    ['no api-version', { 'api-version': '' }, 400],
    ['an unknown api-version', { 'api-version': 'v9' }, 400],
  ])('refuses %s', async (_case, change, status) => {
    const answer = await sim.call('GET', keyAddress, { headers: { ...sim.cloudOneHeaders(), ...change } });

    expect(answer.status).toBe(status);
    expect(answer.body.message).toEqual(expect.any(String));
  });

  test.each([
    ['another region of the vendor', 'workload.jp-1.cloudone.trendmicro.com/api/awsconnectorsettings', 421],
    ['the Vision One API of another region', 'api.eu.xdr.trendmicro.com/v3.0/healthcheck/connectivity', 421],
    ['a host that is not the vendor’s', 'example.com/api', 404],
    ['an unknown path', 'workload.us-1.cloudone.trendmicro.com/api/nothing', 404],
    ['an unknown method', keyAddress, 405],
  ])('answers %s with a clear no', async (_case, address, status) => {
    const answer = await sim.call(status === 405 ? 'PUT' : 'GET', address, {
      headers: sim.cloudOneHeaders(),
    });

    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(address.split('/')[0]);
  });
});

describe('accounts', () => {
  const sim = simulated();

  test('tells region and account in the fields 3 and 4 of the key’s URN', async () => {
    const answer = await sim.cloudOne('GET', 'accounts', '/api/apikeys/tmcSimulatedKeyId0000000001');

    expect(answer.status).toBe(200);
    expect(answer.body.urn.split(':').slice(3, 5)).toEqual(['us-1', '900000000001']);
  });

  test('does not know another key', async () => {
    expect((await sim.cloudOne('GET', 'accounts', '/api/apikeys/other')).status).toBe(404);
  });
});

describe('the connection to Vision One', () => {
  const sim = simulated();
  const register = (enrollmentToken: unknown) =>
    sim.cloudOne('POST', 'visionone-connect', '/api/connectors', { enrollmentToken });
  const status = () => sim.cloudOne('GET', 'visionone-connect', '/api/connectors');
  const disconnect = () => sim.cloudOne('DELETE', 'visionone-connect', '/api/connectors');

  test('is connecting at first, and connected at the second look', async () => {
    const registered = await register(sim.simulator.tenant.visionOneEnrollmentToken);
    const looks = [await status(), await status()];

    expect(registered.status).toBe(200);
    expect(registered.body).toEqual({ registration: { status: 'connecting' } });
    expect(looks.map((look) => look.body.registration.status)).toEqual(['connecting', 'connected']);
    expect(sim.simulator.state().registered.visionOneConnection).toMatchObject({
      status: 'connected',
      polls: 2,
    });
  });

  test('refuses an unknown token and a missing one', async () => {
    expect((await register('unknown')).status).toBe(400);
    expect((await register(undefined)).status).toBe(400);
    expect(sim.simulator.state().registered.visionOneConnection).toBeNull();
  });

  test('takes a token that Vision One generated, until its connector is deleted', async () => {
    const generate = () =>
      sim.visionOne('POST', '/v1.0/preview/uic/instances/enrollment', { productId: 'scc' });
    const [first, second] = [await generate(), await generate()];
    const connector = `/v2.0/xdr/portal/connectors/onpremise/${first.body.connectorId}`;
    expect((await sim.visionOne('DELETE', connector)).status).toBe(200);

    expect((await register(first.body.token)).status).toBe(400);
    expect((await register(second.body.token)).status).toBe(200);
  });

  test('changes nothing for the same token, and refuses another while registered', async () => {
    await register(sim.simulator.tenant.visionOneEnrollmentToken);
    const other = await sim.visionOne('POST', '/v1.0/preview/uic/instances/enrollment', { productId: 'scc' });

    expect((await register(sim.simulator.tenant.visionOneEnrollmentToken)).status).toBe(200);
    expect((await register(other.body.token)).status).toBe(409);
  });

  test('can be ended once', async () => {
    await register(sim.simulator.tenant.visionOneEnrollmentToken);

    expect([(await disconnect()).status, (await disconnect()).status]).toEqual([204, 404]);
    expect((await status()).status).toBe(404);
  });
});

describe('the pace of the connection', () => {
  let now = new Date('2026-11-20T00:00:00Z');
  const sim = simulated({ now: () => now, connectedAfterPolls: 1000, connectedAfterMs: 5000 });

  test('can be set by time', async () => {
    const { visionOneEnrollmentToken: enrollmentToken } = sim.simulator.tenant;
    await sim.cloudOne('POST', 'visionone-connect', '/api/connectors', { enrollmentToken });
    const before = sim.simulator.state().registered.visionOneConnection?.status;
    now = new Date(now.getTime() + 5000);

    expect(before).toBe('connecting');
    expect(sim.simulator.state().registered.visionOneConnection?.status).toBe('connected');
  });
});

describe('Workload Security', () => {
  const sim = simulated();
  const path = '/api/awsconnectors';
  const create = (account = ACCOUNT) =>
    sim.cloudOne('POST', 'workload', path, {
      displayName: account,
      accountId: account,
      crossAccountRoleArn: role('workload', account),
    });

  test('gives the external id', async () => {
    const answer = await sim.cloudOne('GET', 'workload', '/api/awsconnectorsettings');

    expect(answer.status).toBe(200);
    expect(answer.body.externalId).toMatch(/\S/);
  });

  test('answers 403, the documented one, to a wrong key', async () => {
    const headers = { ...sim.cloudOneHeaders(), authorization: 'ApiKey a:b' };
    const address = 'workload.us-1.cloudone.trendmicro.com/api/awsconnectorsettings';

    expect((await sim.call('GET', address, { headers })).status).toBe(403);
  });

  test('creates with 200, finds, reads, updates and deletes', async () => {
    const created = await create();
    const one = `${path}/${created.body.ID}`;
    const found = await sim.cloudOne('POST', 'workload', `${path}/search`, {
      maxItems: 1,
      searchCriteria: [{ fieldName: 'accountId', stringValue: ACCOUNT }],
    });
    const updated = await sim.cloudOne('POST', 'workload', one, { displayName: 'renamed' });
    const read = await sim.cloudOne('GET', 'workload', one);
    const deleted = await sim.cloudOne('DELETE', 'workload', one);

    expect(created.status).toBe(200);
    expect(created.body).toEqual({
      ID: 1,
      displayName: ACCOUNT,
      accountId: ACCOUNT,
      crossAccountRoleArn: role('workload'),
    });
    expect(found.body).toEqual({ awsConnectors: [created.body] });
    expect(updated.body).toEqual({ ...created.body, displayName: 'renamed' });
    expect(read.body).toEqual(updated.body);
    expect(deleted.status).toBe(200);
    expect(sim.simulator.state().registered.workloadConnectors).toEqual([]);
  });

  test.each(['GET', 'POST', 'DELETE'])('answers 404 to %s of a missing one', async (method) => {
    const body = method === 'POST' ? { displayName: 'x' } : undefined;

    expect((await sim.cloudOne(method, 'workload', `${path}/7`, body)).status).toBe(404);
  });

  test('takes a duplicate, under an id of its own', async () => {
    const ids = [(await create()).body.ID, (await create()).body.ID];

    expect(ids).toEqual([1, 2]);
  });

  test('finds at most as many as asked for, and only what matches', async () => {
    await create();
    await create();
    await create('444455556666');
    const search = async (criteria: object) =>
      (await sim.cloudOne('POST', 'workload', `${path}/search`, criteria)).body.awsConnectors.length;

    expect(await search({})).toBe(3);
    expect(await search({ maxItems: 1 })).toBe(1);
    expect(await search({ searchCriteria: [{ fieldName: 'accountId', stringValue: ACCOUNT }] })).toBe(2);
    expect(await search({ searchCriteria: [{ fieldName: 'accountId', stringValue: '000000000000' }] })).toBe(
      0,
    );
  });

  test.each([
    ['no role', { displayName: 'a' }],
    ['a role that is none', { displayName: 'a', crossAccountRoleArn: 'role/x' }],
    ['the role of another account', { displayName: 'a', accountId: '1', crossAccountRoleArn: role('x') }],
    ['an array', []],
  ])('refuses %s', async (_case, body) => {
    expect((await sim.cloudOne('POST', 'workload', path, body)).status).toBe(400);
  });
});

describe('cloud accounts', () => {
  const sim = simulated();
  const path = '/api/cloudaccounts/aws';

  test('registers an AWS account under its number', async () => {
    const created = await sim.cloudOne('POST', 'cloudaccounts', path, { roleARN: role('c1'), alias: 'prod' });
    const read = await sim.cloudOne('GET', 'cloudaccounts', `${path}/${ACCOUNT}`);

    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: ACCOUNT,
      roleARN: role('c1'),
      created: expect.any(String),
      lastModified: expect.any(String),
      alias: 'prod',
      description: '',
      state: 'managed',
    });
    expect(read.body).toEqual(created.body);
  });

  test('refuses a second registration, and forgets after deletion', async () => {
    const create = () => sim.cloudOne('POST', 'cloudaccounts', path, { roleARN: role('c1') });
    const remove = () => sim.cloudOne('DELETE', 'cloudaccounts', `${path}/${ACCOUNT}`);

    expect([(await create()).status, (await create()).status]).toEqual([201, 409]);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect((await sim.cloudOne('GET', 'cloudaccounts', `${path}/${ACCOUNT}`)).status).toBe(404);
  });

  test('refuses a body that is not JSON, and one of another type', async () => {
    const address = `cloudaccounts.us-1.cloudone.trendmicro.com${path}`;
    const broken = await sim.call('POST', address, { headers: sim.cloudOneHeaders(), body: '{' });
    const headers = { ...sim.cloudOneHeaders(), 'content-type': 'text/plain' };
    const plain = await sim.call('POST', address, { headers, body: '{}' });

    expect([broken.status, plain.status]).toEqual([400, 415]);
  });
});

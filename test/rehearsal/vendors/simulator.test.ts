import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import { simulated } from './caller.ts';

const role = 'arn:aws:iam::111122223333:role/x';

describe('the state', () => {
  const sim = simulated();

  test('is the same over HTTP as in the process, and starts empty', async () => {
    const { body } = await sim.call('GET', '_sim/state');

    expect(body).toEqual(JSON.parse(JSON.stringify(sim.simulator.state())));
    expect(body).toMatchObject({
      tenant: { region: 'us-1', accountId: '900000000001' },
      registered: {
        visionOneConnection: null,
        workloadConnectors: [],
        cloudAccounts: [],
        visionOneConnectors: [],
        visionOneAwsAccounts: [],
        cloudTrailStackTokens: [],
      },
      lifecycle: [],
      heartbeats: 0,
      calls: [],
      faults: [],
    });
  });

  test('holds no secret, whatever was done', async () => {
    const { tenant } = sim.simulator;
    await sim.cloudOne('POST', 'visionone-connect', '/api/connectors', {
      enrollmentToken: tenant.visionOneEnrollmentToken,
    });
    await sim.visionOne('POST', '/v1.0/preview/uic/instances/enrollment', { productId: 'scc' });
    await sim.upload(await sim.serviceToken(), { Records: [{ eventID: 'a' }] });
    await sim.ingest('{"eventID":"a"}');
    await sim.call('GET', `accounts.cloudone.trendmicro.com/x?key=${tenant.cloudOneApiKey}`);
    const shown = JSON.stringify((await sim.call('GET', '_sim/state')).body);

    for (const secret of [
      tenant.cloudOneApiKey.split(':')[1],
      tenant.visionOneEnrollmentToken,
      tenant.visionOneApiKey,
      tenant.ingestToken,
      'simulatedCloudTrailServiceToken',
    ]) {
      expect(shown).not.toContain(secret);
    }
  });

  test('keeps the last 2,000 calls', async () => {
    for (let round = 0; round < 42; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => sim.call('GET', `nowhere.invalid/${round}`)));
    }
    const { calls } = sim.simulator.state();

    expect(calls).toHaveLength(2000);
    expect([calls[0]?.path, calls.at(-1)?.path]).toEqual(['/2', '/41']);
  });
});

describe('a reset', () => {
  const sim = simulated();
  const reset = (body?: unknown) =>
    sim.call('POST', '_sim/reset', body === undefined ? {} : { body: JSON.stringify(body) });

  test('forgets everything', async () => {
    await sim.cloudOne('POST', 'cloudaccounts', '/api/cloudaccounts/aws', { roleARN: role });
    const token = await sim.serviceToken();
    await sim.upload(token, { Records: [{ eventID: 'a' }] });
    sim.simulator.setFaults([{ path: '/never', status: 500 }]);
    const answer = await reset();

    expect(answer.body).toMatchObject({ registered: { cloudAccounts: [] }, calls: [], faults: [] });
    expect(await sim.events()).toEqual([]);
    expect((await sim.upload(token, { Records: [] })).status).toBe(401);
  });

  test('can move the tenant, for this time only', async () => {
    await reset({ cloudOneRegion: 'gb-1', cloudOneApiKey: 'other:simulated' });
    const moved = await sim.call('POST', 'cloudtrail.gb-1.cloudone.trendmicro.com/api/stacks', {
      headers: { ...sim.cloudOneHeaders(), authorization: 'ApiKey other:simulated' },
    });
    const left = await sim.cloudOne('GET', 'workload', '/api/awsconnectorsettings');
    await reset();

    expect(new URL(moved.body.createStackURL).searchParams.get('region')).toBe('eu-west-2');
    expect(left.status).toBe(421);
    expect(sim.simulator.tenant.cloudOneRegion).toBe('us-1');
  });

  test('can leave registrations that were there before', async () => {
    const answer = await reset({
      seed: {
        visionOneConnection: { status: 'connected' },
        workloadConnectors: [{ displayName: 'old', accountId: '111122223333', crossAccountRoleArn: role }],
        cloudAccounts: [{ roleARN: role, alias: 'old' }],
        visionOneAwsAccounts: [{ roleArn: role, name: 'old' }],
      },
    });
    const status = await sim.cloudOne('GET', 'visionone-connect', '/api/connectors');
    const account = await sim.cloudOne('GET', 'cloudaccounts', '/api/cloudaccounts/aws/111122223333');

    expect(answer.body.registered).toMatchObject({
      visionOneConnection: { status: 'connected' },
      workloadConnectors: [{ ID: 1, displayName: 'old' }],
      cloudAccounts: [{ id: '111122223333' }],
      visionOneAwsAccounts: [{ id: '111122223333' }],
    });
    expect(status.body.registration.status).toBe('connected');
    expect(account.body.alias).toBe('old');
  });

  test.each<[string, unknown, string]>([
    ['an unknown tenant field', { region: 'us-1' }, 'reset.region'],
    ['an unknown region', { cloudOneRegion: 'us-9' }, 'tenant.cloudOneRegion'],
    ['an unknown Vision One region', { visionOneRegion: 'mars' }, 'tenant.visionOneRegion'],
    ['a key without a colon', { cloudOneApiKey: 'x' }, 'tenant.cloudOneApiKey'],
    ['a collector that is no https address', { ingestUrl: 'http://x' }, 'tenant.ingestUrl'],
    ['an unknown seed', { seed: { connectors: [] } }, 'reset.seed.connectors'],
    ['an incomplete seed', { seed: { cloudAccounts: [{}] } }, 'reset.seed.cloudAccounts[0].roleARN'],
    ['a seed that no service takes', { seed: { cloudAccounts: [{ roleARN: 'x' }] } }, '"roleARN"'],
    [
      'a status that there is not',
      { seed: { visionOneConnection: { status: 'x' } } },
      'reset.seed.visionOneConnection.status',
    ],
  ])('with %s is refused and changes nothing', async (_case, body, named) => {
    await sim.cloudOne('POST', 'cloudaccounts', '/api/cloudaccounts/aws', { roleARN: role });
    const answer = await reset(body);

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(named);
    expect(sim.simulator.state().registered.cloudAccounts).toHaveLength(1);
  });
});

describe('the server', () => {
  test('keeps to this machine', async () => {
    const simulator = await startSimulator();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find((address) => !address.internal && address.family === 'IPv4');
    const port = Number(new URL(simulator.url).port);
    const reached = outside ? await canConnect(outside.address, port) : false;
    await simulator.close();

    expect(new URL(simulator.url).hostname).toBe('127.0.0.1');
    expect(reached).toBe(false);
  });

  test('closes even while a call hangs, and closes twice', async () => {
    const simulator = await startSimulator();
    simulator.setFaults([{ action: 'hang' }]);
    const hanging = expect(fetch(`${simulator.url}/x/y`)).rejects.toThrow();
    while (simulator.state().calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    await simulator.close();
    await simulator.close();
    await hanging;
  });

  test('refuses a body beyond what it reads', async () => {
    const simulator = await startSimulator();
    // Announced only: a real body that long would race with the connection being closed.
    const request = httpRequest(`${simulator.url}/_sim/faults`, {
      method: 'POST',
      headers: { 'content-length': 64 * 1024 * 1024 + 1 },
    });
    request.write('[');
    const [response] = await once(request, 'response');
    request.destroy();
    await simulator.close();

    expect(response.statusCode).toBe(413);
  });

  test('says which port is taken', async () => {
    const simulator = await startSimulator();
    const port = Number(new URL(simulator.url).port);

    await expect(startSimulator({ port })).rejects.toThrow(`${port}`);
    await simulator.close();
  });
});

describe('the command', () => {
  const run = (...args: string[]) =>
    spawn(process.execPath, ['rehearsal/vendors/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  test.each(['SIGINT', 'SIGTERM'] as const)('tells what a person needs, and ends on %s', async (signal) => {
    const child = run('--port', '0');
    const [printed] = await once(child.stdout, 'data');
    const [, url] = /Simulated vendors at (\S+)/.exec(String(printed)) ?? [];
    const state = await fetch(`${url}/_sim/state`);
    child.kill(signal);
    const [code] = await once(child, 'exit');

    expect(String(printed)).toMatch(/API key +tmcSimulated.*enrollment token.*collector token/s);
    expect([state.status, code]).toEqual([200, 0]);
  });

  test.each([
    ['--port', 'many'],
    ['--port', '70000'],
    ['--prot', '1'],
  ])('refuses %s %s in one line', async (...args) => {
    const child = run(...args);
    const [printed] = await once(child.stderr, 'data');
    const [code] = await once(child, 'exit');

    expect(String(printed)).toContain(args[0]);
    expect(code).toBe(2);
  });
});

async function canConnect(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  const outcome = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    new Promise<false>((resolve) => setTimeout(resolve, 1000, false)),
  ]);
  socket.destroy();
  return outcome;
}

import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulated } from './caller.ts';

const connector = { displayName: 'x', crossAccountRoleArn: 'arn:aws:iam::111122223333:role/x' };

describe('a fault', () => {
  const sim = simulated();
  const settings = () => sim.cloudOne('GET', 'workload', '/api/awsconnectorsettings');
  const create = () => sim.cloudOne('POST', 'workload', '/api/awsconnectors', connector);
  const connectors = () => sim.simulator.state().registered.workloadConnectors.length;

  test('with a status replaces the answer and the operation', async () => {
    sim.simulator.setFaults([{ name: 'down', status: 503, headers: { 'Retry-After': '7' } }]);
    const answer = await create();

    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.body.message).toContain('down');
    expect(connectors()).toBe(0);
  });

  test('with status 429 says when to come back, unless told otherwise', async () => {
    sim.simulator.setFaults([
      { status: 429, times: 1 },
      { status: 429, headers: {} },
    ]);

    expect((await settings()).headers.get('retry-after')).toBe('1');
    expect((await settings()).headers.get('retry-after')).toBeNull();
  });

  test('with a body answers 200 with it: JSON, or a string as it is', async () => {
    sim.simulator.setFaults([{ body: { externalId: null }, times: 1 }, { body: 'busy' }]);
    const [asJson, asText] = [await settings(), await settings()];

    expect([asJson.status, asJson.body]).toEqual([200, { externalId: null }]);
    expect([asText.body, asText.headers.get('content-type')]).toEqual(['busy', 'text/plain']);
  });

  test('with headers alone adds them to the real answer', async () => {
    sim.simulator.setFaults([{ headers: { 'x-extra': 'yes' } }]);
    const answer = await create();

    expect([answer.status, answer.headers.get('x-extra'), connectors()]).toEqual([200, 'yes', 1]);
  });

  test('with a delay alone delays the real answer', async () => {
    sim.simulator.setFaults([{ delayMs: 60 }]);
    const start = performance.now();
    const answer = await create();

    expect([answer.status, connectors()]).toEqual([200, 1]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(50);
  });

  test('after the effect loses the acknowledgement only', async () => {
    sim.simulator.setFaults([
      { status: 500, afterEffect: true, times: 1 },
      { action: 'reset', afterEffect: true, times: 1 },
    ]);

    expect((await create()).status).toBe(500);
    await expect(create()).rejects.toThrow();
    expect(connectors()).toBe(2);
  });

  test('reset cuts the connection without effect', async () => {
    sim.simulator.setFaults([{ action: 'reset' }]);

    await expect(create()).rejects.toThrow();
    expect(connectors()).toBe(0);
    expect(sim.simulator.state().calls).toMatchObject([{ method: 'POST', status: 0, fault: '#0' }]);
  });

  test('reset does not wait for the request to be sent', async () => {
    sim.simulator.setFaults([{ action: 'reset' }]);
    const request = httpRequest(`${sim.simulator.url}/workload.us-1.cloudone.trendmicro.com/`, {
      method: 'POST',
      headers: { 'content-length': 1000 },
    });
    request.write('only the beginning');
    const [error] = await once(request, 'error');

    expect(error.code).toBe('ECONNRESET');
  });

  test('reset-mid-body cuts the real answer in two', async () => {
    sim.simulator.setFaults([{ action: 'reset-mid-body' }]);
    const response = await fetch(
      `${sim.simulator.url}/workload.us-1.cloudone.trendmicro.com/api/awsconnectors`,
      {
        method: 'POST',
        headers: sim.cloudOneHeaders(),
        body: JSON.stringify(connector),
      },
    );

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(connectors()).toBe(1);
  });

  test('hang never answers', async () => {
    sim.simulator.setFaults([{ action: 'hang' }]);
    const waiting = sim.call('GET', 'accounts.cloudone.trendmicro.com/', { signal: AbortSignal.timeout(80) });

    await expect(waiting).rejects.toThrow(/timeout/);
    expect(sim.simulator.state().calls).toMatchObject([{ status: 0 }]);
  });

  test('drip begins an answer that never ends', async () => {
    sim.simulator.setFaults([{ action: 'drip', afterEffect: true }]);
    const waiting = sim.call('POST', 'workload.us-1.cloudone.trendmicro.com/api/awsconnectors', {
      headers: sim.cloudOneHeaders(),
      body: JSON.stringify(connector),
      signal: AbortSignal.timeout(200),
    });

    await expect(waiting).rejects.toThrow(/timeout/);
    expect(connectors()).toBe(1);
  });

  test('truncate sends half of the JSON as a whole answer', async () => {
    sim.simulator.setFaults([
      { action: 'truncate', times: 1 },
      { action: 'truncate', body: { a: 'bcdefg' } },
    ]);
    const [real, given] = [await create(), await create()];

    expect([real.status, real.body]).toEqual([200, expect.stringMatching(/^\{"ID":1,/)]);
    expect(given.body).toBe('{"a":"b');
    expect(connectors()).toBe(1);
  });

  test('html answers like a proxy', async () => {
    sim.simulator.setFaults([
      { action: 'html', times: 1 },
      { action: 'html', status: 502 },
    ]);
    const [portal, gateway] = [await settings(), await settings()];

    expect([portal.status, portal.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(portal.body).toContain('<html>');
    expect(gateway.status).toBe(502);
  });

  test('redirect sends elsewhere on this machine, where a follower is seen', async () => {
    sim.simulator.setFaults([{ action: 'redirect', times: 1 }]);
    const address = `${sim.simulator.url}/workload.us-1.cloudone.trendmicro.com/api/awsconnectorsettings`;
    const followed = await fetch(address, { headers: sim.cloudOneHeaders() });

    expect(new URL(followed.url).pathname).toBe('/redirected.invalid/api/awsconnectorsettings');
    expect(followed.status).toBe(404);
    expect(sim.simulator.state().calls.map((call) => [call.host, call.status])).toEqual([
      ['workload.us-1.cloudone.trendmicro.com', 302],
      ['redirected.invalid', 404],
    ]);
  });

  test('strikes what its method, host and path say', async () => {
    const workload = 'workload.us-1.cloudone.trendmicro.com';
    sim.simulator.setFaults([
      { method: 'post', host: 'workload.*.com', path: '/api/awsconnectors/*', status: 500 },
      { host: workload, path: '/api/awsconnector', status: 501 },
    ]);

    expect((await create()).status).toBe(200);
    expect((await sim.cloudOne('POST', 'workload', '/api/awsconnectors/1', connector)).status).toBe(500);
    expect((await sim.cloudOne('GET', 'workload', '/api/awsconnectors/1')).status).toBe(200);
    expect((await settings()).status).toBe(200);
    expect(sim.simulator.state().faults.map((fault) => fault.hits)).toEqual([1, 0]);
  });

  test('lets the first through and stops after its times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.integer({ min: 1, max: 3 }), async (skip, times) => {
        sim.simulator.setFaults([{ status: 500, skip, times }]);
        const statuses: number[] = [];
        for (let calls = 0; calls < 8; calls += 1) statuses.push((await settings()).status);

        expect(statuses).toEqual([
          ...Array<number>(skip).fill(200),
          ...Array<number>(times).fill(500),
          ...Array<number>(8 - skip - times).fill(200),
        ]);
        expect(sim.simulator.state().faults).toEqual([{ status: 500, skip, times, hits: times }]);
      }),
      { numRuns: 12 },
    );
  });
});

describe('a list of faults', () => {
  const sim = simulated();
  const post = (body: unknown) => sim.call('POST', '_sim/faults', { body: JSON.stringify(body) });

  test('is replaced and cleared over HTTP', async () => {
    expect((await post([{ status: 500 }])).status).toBe(204);
    expect((await sim.cloudOne('GET', 'workload', '/api/awsconnectorsettings')).status).toBe(500);
    expect((await post([])).status).toBe(204);
    expect((await sim.cloudOne('GET', 'workload', '/api/awsconnectorsettings')).status).toBe(200);
  });

  test.each<[string, unknown, string]>([
    ['no list', {}, 'faults'],
    ['no object', ['x'], 'faults[0]'],
    ['nothing to do', [{ name: 'x', afterEffect: true }], 'faults[0]'],
    ['a misspelt field', [{ status: 500 }, { statuss: 500 }], 'faults[1].statuss'],
    ['a status that is no number', [{ status: '500' }], 'faults[0].status'],
    ['a status out of range', [{ status: 99 }], 'faults[0].status'],
    ['an unknown action', [{ action: 'explode' }], 'faults[0].action'],
    ['a header that is no text', [{ headers: { 'retry-after': 1 } }], 'faults[0].headers.retry-after'],
    ['a header that would break out', [{ headers: { x: 'a\r\nb: c' } }], 'faults[0].headers.x'],
    ['headers that are a list', [{ headers: ['x'] }], 'faults[0].headers'],
    ['times of none', [{ status: 500, times: 0 }], 'faults[0].times'],
    ['a negative delay', [{ delayMs: -1 }], 'faults[0].delayMs'],
    ['a flag that is none', [{ status: 500, afterEffect: 'yes' }], 'faults[0].afterEffect'],
  ])('with %s is refused by the name of the field, and the old one stays', async (_case, faults, field) => {
    sim.simulator.setFaults([{ name: 'old', status: 500 }]);
    const answer = await post(faults);

    expect(answer.status).toBe(400);
    expect(answer.body.message.startsWith(`${field}: `)).toBe(true);
    expect(sim.simulator.state().faults).toMatchObject([{ name: 'old' }]);
  });
});

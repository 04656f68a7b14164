import { describe, expect, test } from 'vitest';
import {
  APPDYNAMICS_ACTIONS,
  appDynamicsHistory,
} from '../../../rehearsal/vendors/audit-events/appdynamics-events.ts';
import type { AuditSettings } from '../../../rehearsal/vendors/simulator.ts';
import { defaultTenant } from '../../../rehearsal/vendors/tenant.ts';
import { simulated } from './caller.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 30);
const FROM = NOW - 48 * HOUR;
const { appDynamicsHost: host, appDynamicsAccount: account } = defaultTenant;
const basic = `Basic ${btoa(`auditor@${account}:${defaultTenant.appDynamicsPassword}`)}`;

/** `2026-06-28T09:00:00.000+0900`, as the documentation writes times; at an offset, to see that it is understood. */
function stamp(time: number): string {
  return new Date(time + 9 * HOUR).toISOString().replace('Z', '+0900');
}

describe('the controller', () => {
  let now = new Date(NOW);
  const sim = simulated({ now: () => now, audit: {} });
  const configure = (appdynamics: AuditSettings['appdynamics'] = {}) =>
    sim.simulator.setAudit({ appdynamics });
  const raw = (query: string, authorization = basic) =>
    sim.call('GET', `${host}/controller/ControllerAuditHistory?${query}`, { headers: { authorization } });
  const ask = (
    from: number,
    to: number,
    more: readonly (readonly [string, string])[] = [],
    authorization = basic,
  ) =>
    raw(
      `${new URLSearchParams([['startTime', stamp(from)], ['endTime', stamp(to)], ...more.map(([name, value]): [string, string] => [name, value])])}`,
      authorization,
    );
  const event = (time: number, fields: object = {}) => ({
    time,
    text: JSON.stringify({ timeStamp: time, accountName: account, action: 'LOGIN', ...fields }),
    delayMs: 0,
  });

  test('gives what happened between two times, both included, ascending', async () => {
    now = new Date(NOW);
    configure({
      events: [
        event(FROM + 9),
        event(FROM + 10),
        event(FROM + 5),
        event(FROM),
        event(FROM - 1),
        event(FROM + 11),
      ],
    });
    const { status, body } = await ask(FROM, FROM + 10);

    expect(status).toBe(200);
    expect(body.map(({ timeStamp }: { timeStamp: number }) => timeStamp - FROM)).toEqual([0, 5, 9, 10]);
  });

  test('has every action, and equal events in one millisecond without an id', async () => {
    configure({ generate: { seed: 't', count: 200, from: FROM, to: FROM + 20 * HOUR } });
    const { body } = await ask(FROM, FROM + 20 * HOUR);
    const texts: string[] = body.map((one: unknown) => JSON.stringify(one));
    const wanted = appDynamicsHistory({ seed: 't', count: 200, from: FROM, to: FROM + 20 * HOUR }, account);

    expect(texts).toEqual(Array.from({ length: 200 }, (_, index) => wanted.textAt(index)));
    expect(new Set(texts).size).toBe(195);
    expect(new Set(body.map(({ action }: { action: string }) => action))).toEqual(
      new Set(APPDYNAMICS_ACTIONS),
    );
    expect(body.some(({ userName }: { userName: unknown }) => userName === null)).toBe(true);
  });

  test('takes a day at most', async () => {
    expect((await ask(FROM, FROM + 24 * HOUR)).status).toBe(200);
    expect((await ask(FROM, FROM + 24 * HOUR + 1)).status).toBe(400);
    expect((await ask(FROM + 1, FROM)).status).toBe(400);
  });

  test.each([
    ['none', ''],
    ['a day alone', 'startTime=2026-06-01&endTime=2026-06-02'],
    [
      'a plus that is not encoded',
      'startTime=2026-06-01T00:00:00.000+0000&endTime=2026-06-01T01:00:00.000+0000',
    ],
    ['a day that there is not', 'startTime=2026-06-41T00:00:00.000Z&endTime=2026-06-01T01:00:00.000Z'],
  ])('refuses times like %s', async (_case, query) => {
    expect((await raw(query)).status).toBe(400);
  });

  test.each([
    [[['include', 'action:LOGIN']], [1, 2, 3]],
    [
      [
        ['include', 'userName:ann'],
        ['include', 'userName:bob'],
      ],
      [1, 2, 4],
    ],
    [
      [
        ['include', 'userName:ann'],
        ['include', 'action:LOGIN'],
      ],
      [1],
    ],
    [
      [
        ['exclude', 'userName:ann'],
        ['exclude', 'userName:bob'],
      ],
      [3],
    ],
    [
      [
        ['exclude', 'userName:ann'],
        ['exclude', 'action:LOGIN'],
      ],
      [],
    ],
    [
      [
        ['include', 'action:LOGIN'],
        ['exclude', 'userName:bob'],
      ],
      [1, 3],
    ],
    [[['include', 'userName:']], [3]],
    [[['include', 'objectName:a:b']], [4]],
  ] as const)('filters by %j', async (filters, wanted) => {
    configure({
      events: [
        event(FROM + 1, { userName: 'ann' }),
        event(FROM + 2, { userName: 'bob' }),
        event(FROM + 3, { userName: null }),
        event(FROM + 4, { userName: 'ann', action: 'OBJECT_CREATED', objectName: 'a:b' }),
      ],
    });
    const { body } = await ask(FROM, FROM + 10, filters);

    expect(body.map(({ timeStamp }: { timeStamp: number }) => timeStamp - FROM)).toEqual(wanted);
  });

  test.each(['action', 'nonsense:x', ':x'])('refuses the filter %s', async (filter) => {
    expect((await ask(FROM, FROM, [['include', filter]])).status).toBe(400);
  });

  test('forgets what is older than 720 hours, and shows a late event late', async () => {
    const old = NOW - 720 * HOUR;
    configure({ events: [event(old - 1), event(old), { ...event(old + 1), delayMs: 1000 }] });
    const first = await ask(old - 10, old + 10);
    now = new Date(NOW + 1000);
    configure({ retentionHours: 721 });
    const second = await ask(old - 10, old + 10);
    now = new Date(NOW);

    expect([first.body.length, second.body.length]).toEqual([1, 3]);
  });

  describe('lets in', () => {
    const token = (change: Record<string, string> = {}, type = 'application/x-www-form-urlencoded') => {
      const form = {
        grant_type: 'client_credentials',
        client_id: `audit-collector@${account}`,
        client_secret: defaultTenant.appDynamicsApiClientSecret,
        ...change,
      };
      const body = String(new URLSearchParams(form));
      return sim.call('POST', `${host}/controller/api/oauth/access_token`, {
        headers: { 'content-type': type },
        body,
      });
    };
    const asks = async (bearer: string) => (await ask(FROM, FROM, [], `Bearer ${bearer}`)).status;

    test('an API client for five minutes', async () => {
      const { body } = await token();
      const early = await asks(body.access_token);
      now = new Date(NOW + 299_999);
      const last = await asks(body.access_token);
      now = new Date(NOW + 300_000);
      const late = await asks(body.access_token);
      now = new Date(NOW);

      expect(body.expires_in).toBe(300);
      expect([early, last, late]).toEqual([200, 200, 401]);
      expect(sim.simulator.state().audit.appdynamics).toMatchObject({
        answered: 2,
        tokensIssued: 1,
        tokensRefused: 1,
      });
    });

    test('for as long, and as often, as a setting says', async () => {
      configure({ tokenLifeSeconds: 7, tokenDiesAfterCalls: 2 });
      const { body } = await token();
      const { access_token: bearer } = body;

      expect(body.expires_in).toBe(7);
      expect([await asks(bearer), await asks(bearer), await asks(bearer)]).toEqual([200, 200, 401]);
      expect(await asks((await token()).body.access_token)).toBe(200);
    });

    test.each<[string, Record<string, string>, number]>([
      ['a wrong secret', { client_secret: 'guess' }, 401],
      ['an unknown client', { client_id: 'other@simulated' }, 401],
      ['another grant', { grant_type: 'password' }, 400],
    ])('nobody with %s', async (_case, change, status) => {
      expect((await token(change)).status).toBe(status);
    });

    test('nobody without a form, a token or a password', async () => {
      expect((await token({}, 'application/json')).status).toBe(415);
      expect((await ask(FROM, FROM, [], '')).status).toBe(401);
      expect((await ask(FROM, FROM, [], 'Bearer x')).status).toBe(401);
      expect((await ask(FROM, FROM, [], `Basic ${btoa(`auditor@${account}:guess`)}`)).status).toBe(401);
    });
  });

  test('keeps to its rate', async () => {
    configure({ rate: { calls: 1, perMs: 1500 } });
    const statuses = [(await ask(FROM, FROM)).status, (await ask(FROM, FROM)).status];

    expect(statuses).toEqual([200, 429]);
  });

  test('is where the tenant says, and nowhere else', async () => {
    sim.simulator.reset({ appDynamicsHost: 'other.saas.appdynamics.com' });

    expect((await ask(FROM, FROM)).status).toBe(421);
    expect(() => sim.simulator.reset({ appDynamicsHost: 'example.com' })).toThrow('tenant.appDynamicsHost');
  });
});

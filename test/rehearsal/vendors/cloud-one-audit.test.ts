import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOUD_ONE_EVENT_TYPES } from '../../../rehearsal/vendors/audit-events/cloud-one-events.ts';
import {
  type CloudOneAuditSettings,
  CURSOR_KINDS,
  PAGE_ORDERS,
} from '../../../rehearsal/vendors/audit-settings.ts';
import { simulated } from './caller.ts';

const FROM = Date.UTC(2026, 0, 1);
const span = (count: number) => ({ seed: 'test', count, from: FROM, to: FROM + 90 * 86_400_000 });
const event = (id: string, time: number) => ({
  time,
  text: JSON.stringify({ id, time: new Date(time).toISOString(), type: 'audit.user_updated.v1' }),
  delayMs: 0,
});

describe('the audit log', () => {
  let now = new Date(FROM);
  const sim = simulated({ now: () => now });
  const configure = (cloudone: CloudOneAuditSettings) => sim.simulator.setAudit({ cloudone });
  const page = (query: string) => sim.cloudOne('GET', 'audit', `/api/logs${query}`);
  const pause = (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds);
  };

  /** The ids of all pages, in order; `between` runs after each. */
  const readAll = async (limit: string, between: (pages: number) => void = () => {}): Promise<string[]> => {
    const ids: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const cursor: string = next === undefined ? '' : `&cursor=${next}`;
      const { body, status } = await page(`?limit=${limit}${cursor}`);
      expect(status).toBe(200);
      // Else a cursor that does not move on would hang the test.
      expect(pages).toBeLessThan(500);
      ids.push(...body.logs.map(({ id }: { id: string }) => id));
      next = body.next;
      pages += 1;
      between(pages);
    } while (next !== undefined);
    return ids;
  };
  const held = () => [...sim.simulator.auditRecords()].map(({ text }) => JSON.parse(text).id as string);

  test('gives every event once, whatever the order, the cursors and the size of a page', async () => {
    const cases = fc.record({
      count: fc.constantFrom(0, 1, 24, 25, 26, 50, 137),
      limit: fc.constantFrom(1, 7, 25, 100),
      order: fc.constantFrom(...PAGE_ORDERS),
      cursors: fc.constantFrom(...CURSOR_KINDS),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, limit, order, cursors }) => {
        sim.simulator.reset();
        configure({ generate: span(count), order, cursors });
        const given = await readAll(String(limit));
        const wanted = held();

        expect(given.toSorted()).toEqual(wanted.toSorted());
        if (order === 'oldest-first') expect(given).toEqual(wanted);
        if (order === 'newest-first') expect(given).toEqual(wanted.toReversed());
        if (order === 'shuffled' && count > 24)
          expect([wanted, wanted.toReversed()]).not.toContainEqual(given);
      }),
      { numRuns: 25 },
    );
  });

  test.each(PAGE_ORDERS)('gives one empty page where there is nothing, %s', async (order) => {
    configure({ order });

    expect(await readAll('25')).toEqual([]);
  });

  test('gives at most 25 a page, and no `next` with the last one', async () => {
    configure({ generate: span(51) });
    const first = await page('?limit=1000');
    const second = await page(`?cursor=${first.body.next}`);
    const third = await page(`?limit=25&cursor=${second.body.next}`);

    expect([first, second, third].map(({ body }) => body.logs.length)).toEqual([25, 25, 1]);
    expect(Object.keys(third.body)).toEqual(['logs']);
  });

  test('tells that a full page is the last one', async () => {
    configure({ generate: span(25) });

    expect(Object.keys((await page('')).body)).toEqual(['logs']);
  });

  test('has all documented types, and keeps a record to the character', async () => {
    const written = '{ "id":"exact",\n "time":"2026-06-01T00:00:00Z", "n":1.0, "name":"\\u4f50" }';
    configure({ generate: span(2 * CLOUD_ONE_EVENT_TYPES.length) });
    await sim.call('POST', '_sim/audit', {
      body: JSON.stringify({ cloudone: { events: [{ record: written }] } }),
    });
    const response = await fetch(`${sim.simulator.url}/audit.us-1.cloudone.trendmicro.com/api/logs`, {
      headers: sim.cloudOneHeaders(),
    });
    const types = [...sim.simulator.auditRecords()].map(({ text }) => JSON.parse(text).type);

    expect(await response.text()).toContain(`{"logs":[${written},`);
    expect(types).toEqual(expect.arrayContaining([...CLOUD_ONE_EVENT_TYPES]));
  });

  describe.each(['newest-first', 'oldest-first', 'shuffled'] as const)('%s', (order) => {
    test('loses nothing of what was there when somebody began to page', async () => {
      configure({ generate: span(80), order });
      const before = held();
      const ids = await readAll('10', (pages) =>
        configure({ events: [event(`old ${pages}`, FROM + 5), event(`new ${pages}`, FROM + 1e12)] }),
      );

      expect(ids.filter((id) => before.includes(id)).toSorted()).toEqual(before.toSorted());
    });
  });

  test('gives an event again where cursors count and others appear before it', async () => {
    configure({ generate: span(60), cursors: 'offset' });
    const before = held();
    const ids = await readAll('20', (pages) => configure({ events: [event(`new ${pages}`, FROM + 1e12)] }));

    expect(ids.length).toBeGreaterThan(new Set(ids).size);
    expect(new Set(ids)).toEqual(new Set(before));
  });

  test('shows a late event after a while, at its earlier time', async () => {
    configure({
      generate: span(3),
      order: 'oldest-first',
      events: [{ ...event('late', FROM + 1), delayMs: 60_000 }],
    });
    const early = await readAll('25');
    pause(60_000);
    const later = await readAll('25');

    expect(early).toHaveLength(3);
    expect(later).toHaveLength(4);
    expect(later.indexOf('late')).toBe(1);
    expect(held()).toContain('late');
  });

  test.each(['', '?limit=0', '?limit=x', '?limit=-1', '?limit=2.5'])(
    'understands or refuses %s',
    async (query) => {
      configure({ generate: span(1) });

      expect((await page(query)).status).toBe(query === '' ? 200 : 400);
    },
  );

  test('refuses a cursor that is too old, none of its own, or from before a strike', async () => {
    configure({ generate: span(200), cursorLifeMs: 1000, staleCursors: { afterPages: 3, times: 1 } });
    const first = (await page('')).body.next;
    const second = (await page(`?cursor=${first}`)).body.next;
    const third = (await page(`?cursor=${second}`)).body.next;
    const struck = await page(`?cursor=${third}`);
    const again = (await page('')).body.next;
    const onwards = await page(`?cursor=${again}`);
    pause(1001);
    const old = await page(`?cursor=${onwards.body.next}`);
    const foreign = [await page('?cursor=abc'), await page(`?cursor=${btoa('{}')}`), await page('?cursor=')];

    expect([struck.status, onwards.status, old.status]).toEqual([400, 200, 400]);
    expect(foreign.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(sim.simulator.state().audit.cloudone.cursorsRefused).toBe(5);
  });

  test('refuses more calls than its rate, says when to come again, and counts both', async () => {
    configure({ generate: span(1), rate: { calls: 2, perMs: 3000 } });
    const statuses = [(await page('')).status, (await page('')).status];
    const refused = await page('');
    pause(3000);
    const after = await page('');
    configure({ rate: null });

    expect(statuses).toEqual([200, 200]);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
    expect(after.status).toBe(200);
    expect(sim.simulator.state().audit.cloudone).toMatchObject({ events: 1, answered: 3, tooMany: 1 });
  });

  test('is guarded as every Cloud One service is', async () => {
    const address = 'audit.us-1.cloudone.trendmicro.com/api/logs';
    const without = (header: string) =>
      sim.call('GET', address, { headers: { ...sim.cloudOneHeaders(), [header]: 'x' } });

    expect((await without('authorization')).status).toBe(401);
    expect((await without('api-version')).status).toBe(400);
  });

  test.each<[string, unknown, string]>([
    ['an unknown setting', { cloudone: { ordre: 1 } }, 'audit.cloudone.ordre'],
    ['an unknown order', { cloudone: { order: 'random' } }, 'audit.cloudone.order'],
    ['an event without a time', { cloudone: { events: [{ record: {} }] } }, 'events[0].record'],
    ['a record that is no JSON', { appdynamics: { events: [{ record: '{' }] } }, 'events[0].record'],
    ['a span that ends before it begins', { appdynamics: { generate: { from: 2, to: 1 } } }, 'generate.to'],
    ['a rate of nothing', { ibmcloud: { rate: { calls: 0 } } }, 'ibmcloud.rate.calls'],
    ['an upstream that is no address', { ibmcloud: { upstream: { url: 'x' } } }, 'ibmcloud.upstream.url'],
  ])('settings with %s are refused by name', async (_case, settings, named) => {
    const answer = await sim.call('POST', '_sim/audit', { body: JSON.stringify(settings) });

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(named);
  });
});

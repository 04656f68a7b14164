import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { appDynamicsHistory } from '../../../rehearsal/vendors/audit-events/appdynamics-events.ts';
import { cloudOneHistory } from '../../../rehearsal/vendors/audit-events/cloud-one-events.ts';
import { burstLeader, countUpTo } from '../../../rehearsal/vendors/audit-events/history.ts';
import { IBM_ACTIONS } from '../../../rehearsal/vendors/audit-events/ibm-actions.ts';
import { ibmEvents } from '../../../rehearsal/vendors/audit-events/ibm-events.ts';
import { type IbmObject, ibmObjects } from '../../../rehearsal/vendors/audit-events/ibm-objects.ts';

const span = { seed: 'a', count: 400, from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 3) };

describe.each([
  ['Cloud One', cloudOneHistory],
  ['AppDynamics', appDynamicsHistory],
])('generated history of %s', (_vendor, historyOf) => {
  const history = historyOf(span, 'account');
  const numbers = Array.from({ length: span.count }, (_, index) => index);
  const times = numbers.map((index) => history.timeAt(index));

  test('is the same from the same seed, and another from another', () => {
    const texts = (seed: string) => {
      const again = historyOf({ ...span, seed }, 'account');
      return numbers.toReversed().map((index) => again.textAt(index));
    };

    expect(texts('a').toReversed()).toEqual(numbers.map((index) => history.textAt(index)));
    expect(texts('b')).not.toEqual(texts('a'));
  });

  test('goes through the span in time, with several events in some milliseconds', () => {
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect([times[0], Math.max(...times) < span.to]).toEqual([span.from, true]);
    expect(new Set(times).size).toBe(span.count - 2 * (span.count / 40));
    expect(times.map((time) => countUpTo(history, time))).toEqual(
      times.map((time) => times.filter((other) => other <= time).length),
    );
    expect(numbers.every((index) => times[burstLeader(index)] === times[index])).toBe(true);
  });
});

test('a year of a million events costs no memory, and its middle no more than its beginning', () => {
  const history = cloudOneHistory({ ...span, count: 1_000_000 }, 'account');

  expect(JSON.parse(history.textAt(999_999)).time < '2026-01-03').toBe(true);
});

describe('generated events of IBM Cloud', () => {
  const events = [...ibmEvents({ ...span, count: 1000 }, 'account')].map(({ text }) => JSON.parse(text));
  const of = (action: string) => events.filter((event) => event.action === action);

  test('have every action, and are as many as asked for', () => {
    expect(events).toHaveLength(1000);
    expect(new Set(events.map(({ action }) => action))).toEqual(
      new Set(IBM_ACTIONS.map(({ action }) => action)),
    );
  });

  test.each(['user-management.user.invite', 'user-management.user.delete'])(
    'tell %s as pending, then as final',
    (action) => {
      const ids = [...new Set(of(action).map(({ correlationId }) => correlationId))].slice(0, -1);
      const outcomes = ids.map((id) =>
        of(action)
          .filter((event) => event.correlationId === id)
          .map(({ outcome }) => outcome),
      );

      expect(ids.length).toBeGreaterThan(5);
      expect(
        outcomes.every(
          ([first, second, ...more]) => first === 'pending' && second !== 'pending' && more.length === 0,
        ),
      ).toBe(true);
      expect(outcomes.every((each) => each.length === 2)).toBe(true);
    },
  );

  test('tell each setting with its old and new value', () => {
    const fields = of('iam-identity.accountsettings.update').flatMap(({ requestData }) =>
      Object.keys(requestData.request_body),
    );
    const updates = of('user-management.user-setting.update').map(({ requestData }) => requestData.update[0]);

    expect(new Set(fields)).toEqual(
      new Set(
        [
          'mfa_traits',
          'restrict_create_platform_apikey',
          'restrict_create_service_id',
          'allowed_ip_addresses',
        ].flatMap((field) => [`old_${field}`, `new_${field}`]),
      ),
    );
    expect(new Set(updates.map(({ updateType }) => updateType))).toEqual(
      new Set([
        'allowed_ip_addresses changes',
        'self_manage update',
        '2FA update',
        'security_questions_setup update',
      ]),
    );
    expect(
      updates.some((update) => 'ips_added' in update) && updates.some((update) => 'ips_removed' in update),
    ).toBe(true);
    expect(of('user-management.user-invitation.accept')[0].responseData.update[0].newValue).toMatch(
      /^IBMid-/,
    );
  });

  test('switch multi-factor authentication in two events', () => {
    const switches = of('billing.account-traits.update').filter(({ requestData }) => 'mfa' in requestData);
    const followers = switches.map(({ correlationId }) =>
      events.find(
        (event) => event.correlationId === correlationId && event.action.startsWith('billing.account-mfa'),
      ),
    );

    expect(followers.map((follower) => follower?.action)).toEqual(
      switches.map(({ requestData }) => `billing.account-mfa.set-${requestData.mfa === '' ? 'off' : 'on'}`),
    );
  });

  test('report usage that there is not with 404, which is no failure', () => {
    const missing = events.filter(({ reason }) => reason.reasonCode === 404);

    expect(missing.length).toBeGreaterThan(10);
    expect(
      missing.every(({ action, severity }) =>
        action.includes('summary') || action.includes('report') ? severity === 'normal' : false,
      ),
    ).toBe(true);
  });
});

describe('generated objects of IBM Cloud', () => {
  const objects = [...ibmObjects({ ...span, count: 1000 }, 'acc', { size: 20 })];

  test('hold every event, in every shape there is', () => {
    const shapes = new Set(objects.map(shapeOf));

    expect(objects.flatMap(({ events }) => events)).toEqual(
      [...ibmEvents({ ...span, count: 1000 }, 'acc')].map(({ text }) => text),
    );
    expect(objects.map(eventsIn)).toEqual(objects.map(({ events }) => events));
    expect(shapes).toEqual(
      new Set([
        'plain ',
        'gzip ',
        'plain lines',
        'gzip lines',
        'plain line',
        'gzip line',
        'plain _source',
        'gzip _source',
        'plain bare',
      ]),
    );
  });

  test('have keys of their own, of the layout of their day', () => {
    const day = (date: string) => ({
      seed: 'k',
      count: 60,
      from: Date.parse(date),
      to: Date.parse(date) + 86_400_000,
    });
    const keysOf = (...given: Parameters<typeof ibmObjects>) =>
      [...ibmObjects(...given)].map(({ key }) => key);
    const old = /^eu-de\/2025-05-14T\d\d\/2025-05-14T\d\d:\d\d:\d\d\.\d{6}\+0000\.log$/;
    const since = /^acc\/eu-de\/2025-05-1[45]T\d\d\/2025-05-1[45]T\d\d:\d\d\+0000_[0-9a-f-]{36}\.log$/;

    expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
    expect(keysOf(day('2025-05-14'), 'acc').every((key) => old.test(key))).toBe(true);
    expect(keysOf(day('2025-05-15'), 'acc').every((key) => since.test(key))).toBe(true);
    expect(keysOf(day('2025-05-14'), 'acc', { layout: 'new' }).every((key) => since.test(key))).toBe(true);
  });
});

/** The body unpacked, by its first two bytes. */
function textOf({ body }: IbmObject): { packing: string; text: string } {
  const isGzip = body.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]));
  return { packing: isGzip ? 'gzip' : 'plain', text: (isGzip ? gunzipSync(body) : body).toString() };
}

function eventsIn(object: IbmObject): string[] {
  const lines = textOf(object)
    .text.split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const value = JSON.parse(line);
    return value.line ?? value._source?._line ?? line;
  });
}

function shapeOf(object: IbmObject): string {
  const { packing, text } = textOf(object);
  if (text === '') return `${packing} `;
  if (!text.includes('\n')) return text.startsWith('{"line"') ? `${packing} line` : `${packing} bare`;
  const [wrapped] = /^\{"(?:line|_source)"/.exec(text) ?? [];
  return `${packing} ${wrapped?.slice(2, -1) ?? 'lines'}`;
}

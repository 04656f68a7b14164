import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OCSF_CLASSES, type OcsfClassName } from '../../../../contract/ocsf.ts';
import {
  ACTIVITIES,
  FAILURE,
  otherOutcome,
  SEVERITIES,
  SUCCESS,
  UNKNOWN_OUTCOME,
  userType,
} from '../../../../lambda/archive/ocsf/captions.ts';
import { buildEvent } from '../../../../lambda/archive/ocsf/event.ts';
import { asAddress, asAddresses, asMailAddress } from '../../../../lambda/archive/ocsf/formats.ts';
import { archived } from './records.ts';
import { captionsOf, faultsOf } from './validate.ts';

const CLASS_NAMES = Object.keys(OCSF_CLASSES) as OcsfClassName[];

function entryOf(className: OcsfClassName, activityId = 1) {
  return { event: 'e', description: 'An event.', className, activityId };
}

const EVERYTHING = {
  event: 'e',
  actor: { user: { uid: 'actor' } },
  entity: { uid: 'entity' },
  entity_result: { uid: 'entity' },
  group: { uid: 'group' },
  http_request: { user_agent: 'agent' },
  is_mfa: true,
  message: 'message',
  privileges: ['privilege'],
  resources: [{ uid: 'resource', type: 'type', data: { any: 'thing' } }],
  service: { name: 'service' },
  src_endpoint: { ip: '192.0.2.1', intermediate_ips: ['2001:db8::1'] },
  status_code: '200',
  status_detail: 'detail',
  user: { uid: 'user', name: 'name', email_addr: 'a@example.com', domain: 'LDAP', credential_uid: 'key' },
  user_result: { uid: 'user' },
  api: { response: { code: 200, message: 'm', error: 'e' }, service: { name: 's' } },
  metadata: { original_event_uid: 'id', correlation_uid: 'c', tenant_uid: 't', original_time: 'then' },
  cloud: { account: { uid: 'account' }, region: 'us-1' },
};

describe.each(CLASS_NAMES)('an event of class %s', (className) => {
  test('has the captions of the schema, for every activity', () => {
    const { 0: _unknown, 99: _other, ...captions } = captionsOf(OCSF_CLASSES[className].uid, 'activity_id');
    expect(ACTIVITIES[className]).toEqual(captions);
  });

  test('is valid with everything, and with nothing', () => {
    const entry = entryOf(className);
    for (const parts of [
      EVERYTHING,
      { event: 'e' },
      { event: 'e', cloud: { account: { uid: 'account' } } },
      {
        event: 'e',
        actor: {},
        src_endpoint: {},
        user: {},
        user_result: {},
        entity: {},
        group: {},
        privileges: [],
      },
      { event: 'e', actor: { user: {} }, resources: [{}] },
      { event: 'e', api: { response: { code: 2 ** 31 } } },
      { event: 'e', api: { response: { code: 0.5, message: 'm' } } },
    ]) {
      expect(faultsOf(buildEvent(archived('cloudone', {}), { ...parts, entry }))).toEqual([]);
    }
  });

  test('is called by its source where the schema has no activity for it', () => {
    const entry = entryOf(className, 99);
    expect(buildEvent(archived('cloudone', {}), { event: 'e', entry }).activity_name).toBe('e');
    const named = buildEvent(archived('cloudone', {}), {
      event: 'e',
      entry: { ...entry, activityName: 'Attach' },
    });
    expect(named).toMatchObject({ activity_id: 99, activity_name: 'Attach' });
    expect(faultsOf(named)).toEqual([]);
  });
});

describe('buildEvent', () => {
  test('takes an activity that the class does not have for another one', () => {
    const event = buildEvent(archived('cloudone', {}), { event: 'e', entry: entryOf('user_access', 3) });
    expect(event).toMatchObject({ activity_id: 99, type_uid: 300599 });
    expect(faultsOf(event)).toEqual([]);
  });

  test.each([
    ['what succeeded', SUCCESS, undefined, 'Informational'],
    ['what failed', FAILURE, undefined, 'Low'],
    ['what to look at first', SUCCESS, 'because', 'Medium'],
    ['a failure to look at first', FAILURE, 'because', 'Medium'],
    ['what nobody knows the outcome of', UNKNOWN_OUTCOME, undefined, 'Informational'],
    ['what is pending', otherOutcome('Pending'), undefined, 'Informational'],
  ])('tells how severe it is: %s', (_what, outcome, attention, severity) => {
    const entry = { ...entryOf('entity_management'), ...(attention === undefined ? {} : { attention }) };
    const event = buildEvent(archived('cloudone', {}), { event: 'e', entry, outcome });
    expect(event).toMatchObject({ severity, ...outcome });
    expect(event.unmapped?.attention).toBe(attention);
    expect(faultsOf(event)).toEqual([]);
  });

  test('says severities and types of users as the schema does', () => {
    expect(captionsOf(6003, 'severity_id')).toMatchObject(SEVERITIES);
    expect(userType(4)).toEqual({ type_id: 4, type: 'Service' });
    expect(userType('robot')).toEqual({ type_id: 99, type: 'robot' });
  });

  test('takes the time of the event where that of its collection is none', () => {
    const record = { ...archived('cloudone', {}), collectedAt: 'yesterday' };
    expect(buildEvent(record, { event: 'e', entry: undefined }).metadata.logged_time).toBe(record.time);
  });
});

describe('formats', () => {
  test('are those that the schema demands', () => {
    const base = buildEvent(archived('cloudone', {}), { event: 'e', entry: entryOf('account_change') });
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.emailAddress(),
      fc.string(),
      fc.constant(`fe80::1%${'x'.repeat(40)}`),
    );
    fc.assert(
      fc.property(text, (value) => {
        const [ip, email] = [asAddress(value), asMailAddress(value)];
        const event = {
          ...base,
          ...(ip === undefined ? {} : { src_endpoint: { ip } }),
          ...(email === undefined ? {} : { user: { name: 'x', email_addr: email } }),
        };
        expect(faultsOf(event)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('take what is usual', () => {
    expect(asAddress(' 192.0.2.1 ')).toBe('192.0.2.1');
    expect(asAddress('example.com')).toBeUndefined();
    expect(asAddresses('192.0.2.1, unknown, 2001:db8::1')).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(asMailAddress('first.last+tag@example.co.jp')).toBe('first.last+tag@example.co.jp');
    expect(asMailAddress('nobody')).toBeUndefined();
  });
});

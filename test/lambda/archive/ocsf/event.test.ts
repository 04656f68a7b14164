import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNDATED } from '../../../../contract/archive.ts';
import { auditRow } from '../../../../contract/audit-columns.ts';
import { OCSF_CLASSES, type OcsfClassName } from '../../../../contract/ocsf.ts';
import {
  ACTIVITIES,
  apiKey,
  authProtocol,
  entityType,
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
  auth_protocol_id: 5,
  auth_protocol: 'SAML',
  entity: { uid: 'entity', type: 'account', group: { uid: 'group', privileges: ['role'] } },
  group: { uid: 'group' },
  http_request: { user_agent: 'agent' },
  is_mfa: true,
  message: 'message',
  privileges: ['privilege'],
  resources: [{ uid: 'resource', type: 'type', data: { any: 'thing' } }],
  src_endpoint: { ip: '192.0.2.1', intermediate_ips: ['2001:db8::1'] },
  status_code: '200',
  status_detail: 'detail',
  user: {
    uid: 'user',
    name: 'name',
    email_addr: 'a@example.com',
    programmatic_credentials: [apiKey('key')],
  },
  unmapped: { changes: [{ field: '__proto__', label: 'x', old: 1, new: { any: 'thing' } }] },
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
    expect(userType(undefined)).toEqual({ type_id: 0, type: 'Unknown' });
  });

  test.each([
    ['USER', 2, 'User'],
    ['GROUP', 3, 'Group'],
    ['iam-groups/group', 3, 'Group'],
    ['account', 4, 'Organization'],
    ['billing/account', 4, 'Organization'],
    ['iam-am/policy', 5, 'Policy'],
    ['POLICY', 99, 'POLICY'],
    ['ACCOUNT_ROLE', 99, 'ACCOUNT_ROLE'],
    ['constructor', 99, 'constructor'],
  ])('says what kind of thing it is about, and keeps the vendor’s word: %s', (word, type_id, type) => {
    expect(entityType(word)).toEqual({ type_id, type });
    const event = buildEvent(archived('cloudone', {}), {
      event: 'e',
      entry: entryOf('entity_management'),
      entity: { uid: 'x', type: word },
    });
    expect(event.entity).toEqual({ uid: 'x', type_id, type });
    expect(auditRow(event).object_type).toBe(word);
    expect(faultsOf(event)).toEqual([]);
  });

  test.each([
    ['SAML', 5, 'SAML'],
    ['ldap', 12, 'LDAP'],
    ['INTERNAL', 99, 'INTERNAL'],
  ])('says how somebody signed in: %s', (word, auth_protocol_id, auth_protocol) => {
    expect(authProtocol(word)).toEqual({ auth_protocol_id, auth_protocol });
  });

  test('tells what a changed thing has become', () => {
    const changes = [{ field: 'mfa', label: 'MFA', old: 'TOTP', new: 'NONE' }];
    const parts = { event: 'e', entry: entryOf('entity_management', 3), entity: { uid: 'x' } };
    expect(buildEvent(archived('cloudone', {}), { ...parts, unmapped: { changes } })).toMatchObject({
      entity: { uid: 'x' },
      entity_result: { uid: 'x', data: { mfa: 'NONE' } },
    });
    expect(buildEvent(archived('cloudone', {}), parts)).not.toHaveProperty('entity_result');
  });

  test('tells the time in words, too', () => {
    const event = buildEvent(archived('cloudone', {}), { event: 'e', entry: undefined });
    expect(event.time_dt).toBe('2026-03-01T10:20:30.456Z');
    expect(event.metadata.profiles).toContain('datetime');
    const beyond = { ...archived('cloudone', {}), time: 1e15 };
    expect(buildEvent(beyond, { event: 'e', entry: undefined })).not.toHaveProperty('time_dt');
  });

  test('marks what has no usable time', () => {
    const undated = { ...archived('cloudone', {}), time: UNDATED };
    const entry = { ...entryOf('entity_management'), attention: 'Look.' };
    expect(buildEvent(undated, { event: 'e', entry })).toMatchObject({
      severity: 'Medium',
      unmapped: { undated: true, attention: expect.stringMatching(/^Look\. .*no usable time/) },
    });
    expect(buildEvent(archived('cloudone', {}), { event: 'e', entry }).unmapped).toEqual({
      attention: 'Look.',
    });
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

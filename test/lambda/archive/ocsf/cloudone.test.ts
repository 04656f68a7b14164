import { describe, expect, test } from 'vitest';
import { auditRow } from '../../../../contract/audit-columns.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { ACCOUNT, archived, urn } from './records.ts';
import { faultsOf } from './validate.ts';

const USER = urn('user', '0d8a');

/** The fields that the documentation names. */
function eventOf(type: string, more: object = {}) {
  const record = archived('cloudone', {
    id: 'event-1',
    time: '2026-03-01T10:20:30.456Z',
    event: 'What happened',
    type,
    accountID: ACCOUNT,
    ...more,
  });
  const event = toOcsf(record);
  expect(faultsOf(event)).toEqual([]);
  return event;
}

describe('an event of Cloud One', () => {
  test('keeps what every one tells', () => {
    const event = eventOf('audit.account_updated.v1', { principalURN: USER });

    expect(event).toMatchObject({
      message: 'What happened',
      status: 'Success',
      metadata: {
        original_event_uid: 'event-1',
        original_time: '2026-03-01T10:20:30.456Z',
        event_code: 'audit.account_updated.v1',
        log_source: 'cloudone',
        tenant_uid: ACCOUNT,
      },
      cloud: { provider: 'Trend Cloud One', account: { uid: ACCOUNT }, region: 'us-1' },
      actor: { user: { uid: USER } },
      entity: { uid: ACCOUNT, type: 'Organization' },
    });
    expect(event.unmapped).toEqual({ object_type: 'account' });
  });

  test('of a sign-in has who, from where, and with what', () => {
    const event = eventOf('audit.user-signed-in.v1', {
      principalURN: USER,
      details: {
        email: 'a@example.com',
        sourceIPAddress: '192.0.2.1, 10.0.0.1',
        userAgent: 'Safari',
        mfa: true,
      },
    });
    const user = { uid: USER, type_id: 1, email_addr: 'a@example.com', account: { uid: ACCOUNT } };

    expect(event).toMatchObject({
      class_uid: 3002,
      activity_name: 'Logon',
      actor: { user },
      user,
      src_endpoint: { ip: '192.0.2.1', intermediate_ips: ['10.0.0.1'] },
      http_request: { user_agent: 'Safari' },
      is_mfa: true,
      service: { name: 'Trend Cloud One' },
    });
    expect(event.unmapped).toBeUndefined();
    expect(auditRow(event)).toMatchObject({
      principal: 'a@example.com',
      principal_id: USER,
      source_ip: '192.0.2.1',
    });
  });

  test('of a sign-out may explain itself in a sentence', () => {
    const event = eventOf('audit.user-signed-out.v1', {
      principalURN: USER,
      details: 'The token was revoked.',
    });
    expect(event).toMatchObject({ activity_name: 'Logoff', status_detail: 'The token was revoked.' });
  });

  test('of an API key knows the key by its id', () => {
    const event = eventOf('audit.apiKey_created.v1', {
      principalURN: urn('apikey', '2bZ9'),
      details: { alias: 'ci', roleID: 'read-only', enabled: true },
    });
    expect(event).toMatchObject({
      class_uid: 3004,
      activity_name: 'Create',
      severity: 'Medium',
      entity: { uid: urn('apikey', '2bZ9'), name: 'ci', type: 'apikey' },
      unmapped: {
        attention: expect.stringContaining('API key'),
        vendor: {
          principalURN: urn('apikey', '2bZ9'),
          details: { roleID: 'read-only', enabled: true },
        },
      },
    });
    expect(event.actor).toBeUndefined();
  });

  test('of a role that a user has changed has both', () => {
    const event = eventOf('audit.role_updated.v1', {
      principalURN: USER,
      details: {
        id: 'role-7',
        name: 'auditors',
        description: { old: null, new: 'Reads' },
        statements: ['*', 'x'],
      },
    });
    expect(event).toMatchObject({
      actor: { user: { uid: USER } },
      entity: { uid: 'role-7', name: 'auditors', type: 'role' },
      unmapped: {
        changes: [{ field: 'description', label: 'Description', old: null, new: 'Reads' }],
        vendor: { details: { statements: ['*', 'x'] } },
      },
    });
  });

  test.each(['audit.invitation_created.v1', 'audit.invitation_updated.v1'])(
    'of an invitation: %s',
    (type) => {
      const invitation = urn('invitation', 'i-1');
      const event = eventOf(type, {
        principalURN: invitation,
        details: { email: 'new@example.com', roleID: 'auditor' },
      });
      expect(event).toMatchObject({
        class_uid: 3001,
        user: { uid: invitation, name: 'new@example.com', email_addr: 'new@example.com', type: 'invitation' },
        unmapped: { vendor: { details: { roleID: 'auditor' } } },
      });
      expect(event.unmapped?.attention !== undefined).toBe(type.includes('created'));
    },
  );

  test.each(['audit.user_deleted.v1', 'audit.user_updated.v1'])(
    'does not take who it happened to for who did it: %s',
    (type) => {
      const event = eventOf(type, { principalURN: USER });
      expect(event.actor).toBeUndefined();
      expect(event.user).toMatchObject({ uid: USER, type: 'User' });
      expect(event.unmapped?.vendor).toEqual({ principalURN: USER });
      expect(auditRow(event)).toMatchObject({
        principal: null,
        principal_id: null,
        object_id: USER,
        // The id is all that is known of who it was.
        object_name: USER,
      });
    },
  );

  test('of an API key that has done something to something else knows the key', () => {
    const key = urn('apikey', '2bZ9');
    const event = eventOf('audit.user_updated.v1', { principalURN: key, details: { id: 'u-1' } });
    expect(event).toMatchObject({
      actor: {
        user: { uid: key, type: 'Service', programmatic_credentials: [{ uid: '2bZ9', type: 'API Key' }] },
      },
      user: { uid: 'u-1' },
    });
    expect(auditRow(event)).toMatchObject({ principal_id: key, api_key_id: '2bZ9' });
  });

  test('does not know who did what to something that only the principal names', () => {
    const unnamed = eventOf('audit.role_updated.v1', { principalURN: USER });
    expect(unnamed.actor).toBeUndefined();
    expect(unnamed.unmapped?.vendor).toEqual({ principalURN: USER });
    const role = eventOf('audit.user_deleted.v1', { principalURN: urn('role', 'r'), details: { id: 'u-1' } });
    expect(role.actor).toBeUndefined();
    const unknown = eventOf('audit.thing_happened.v1', { principalURN: USER });
    expect(unknown).toMatchObject({ resources: [{ uid: USER, type: 'user' }] });
    expect(unknown.actor).toEqual({ app_name: 'unknown' });
  });

  test('without a principal is about somebody of the account', () => {
    const event = eventOf('audit.user_deleted.v1', { details: { reason: 'Left' } });
    expect(event.actor).toBeUndefined();
    expect(event.user).toMatchObject({ type: 'User', account: { uid: ACCOUNT } });
    expect(auditRow(event)).toMatchObject({ principal: null, attention: null });
  });

  test('of an unknown type is API Activity, with all that was understood', () => {
    const event = eventOf('audit.policy_created.v1', {
      principalURN: USER,
      details: { id: 'p', name: 'n' },
      extra: [1],
    });
    expect(event).toMatchObject({
      class_uid: 6003,
      activity_id: 99,
      activity_name: 'audit.policy_created.v1',
      actor: { user: { uid: USER } },
      api: { operation: 'audit.policy_created.v1' },
      src_endpoint: { name: 'unknown' },
      resources: [{ uid: 'p', name: 'n', type: 'policy' }],
      unmapped: { vendor: { extra: [1] } },
    });
  });

  test('may be spelt otherwise', () => {
    const record = archived('cloudone', {
      EventID: 'e',
      timestamp: 1,
      event_type: 'audit.role_created.v1',
      principal_urn: urn('role', 'r'),
      'account-id': 900000000001,
      Details: '{"name":"admins"}',
    });
    expect(toOcsf(record)).toMatchObject({
      metadata: { original_event_uid: 'e', original_time: '1', tenant_uid: '900000000001' },
      entity: { uid: urn('role', 'r'), name: 'admins', type: 'role' },
    });
  });

  test.each([
    ['failure', 'Failure', 2],
    ['Success', 'Success', 1],
    ['pending', 'pending', 99],
  ])('may tell an outcome: %s', (outcome, status, status_id) => {
    expect(eventOf('audit.user-signed-in.v1', { outcome })).toMatchObject({ status, status_id });
  });

  test.each(['not a URN', 'urn:aws:identity:a:b:user/x', 'urn:cloudone:identity:us-1:1:user/', ''])(
    'has a principal that is no URN of Cloud One: %s',
    (principalURN) => {
      const event = eventOf('audit.role_created.v1', { principalURN });
      expect(event.cloud.region).toBeUndefined();
      expect(event.actor).toBeUndefined();
      expect(event.entity?.uid).toBe(principalURN === '' ? undefined : principalURN);
      expect(event.unmapped?.vendor).toEqual({ principalURN });
    },
  );
});

import { describe, expect, test } from 'vitest';
import { auditRow } from '../../../../contract/audit-columns.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { archived } from './records.ts';
import { faultsOf } from './validate.ts';

function eventOf(action: string, more: object = {}) {
  const event = toOcsf(
    archived(
      'appdynamics',
      {
        timeStamp: 1450569821811,
        auditDateTime: '2015-12-20T00:03:41.811+0000',
        accountName: 'customer1',
        securityProviderType: 'INTERNAL',
        userName: 'user1',
        action,
        ...more,
      },
      1450569821811,
    ),
  );
  expect(faultsOf(event)).toEqual([]);
  return event;
}

const ACTOR = { name: 'user1', type: 'User', account: { name: 'customer1' } };

describe('an event of AppDynamics', () => {
  test('of a log-in, as in the documentation’s example', () => {
    const event = eventOf('LOGIN', { objectId: 0, applicationName: 'ACME' });
    expect(event).toMatchObject({
      class_uid: 3002,
      activity_name: 'Logon',
      status: 'Success',
      severity: 'Informational',
      message: 'A user signed in.',
      actor: { user: ACTOR },
      user: ACTOR,
      service: { name: 'AppDynamics Controller' },
      auth_protocol_id: 99,
      auth_protocol: 'INTERNAL',
      cloud: { provider: 'Splunk AppDynamics', account: { name: 'customer1' } },
      metadata: {
        original_time: '2015-12-20T00:03:41.811+0000',
        tenant_uid: 'customer1',
        event_code: 'LOGIN',
      },
      unmapped: { application_name: 'ACME' },
    });
    expect(event.unmapped?.vendor).toEqual({ objectId: 0 });
  });

  test.each([
    ['SAML', 5],
    ['LDAP', 12],
  ])('of a log-in by %s', (securityProviderType, auth_protocol_id) => {
    const event = eventOf('LOGIN', { securityProviderType });
    expect(event).toMatchObject({ auth_protocol_id, auth_protocol: securityProviderType });
    expect(event.unmapped).toBeUndefined();
  });

  test.each([
    ['LOGIN_FAILED', 'Logon', 'Medium'],
    ['LOGOUT_FAILED', 'Logoff', 'Low'],
  ])('that failed: %s', (action, activity_name, severity) => {
    const event = eventOf(action, { userName: null, securityProviderType: null });
    expect(event).toMatchObject({
      activity_name,
      severity,
      status: 'Failure',
      user: { account: { name: 'customer1' } },
    });
    expect(event.actor).toBeUndefined();
  });

  test('of an API client is known by its key', () => {
    const event = eventOf('TOKEN_VALIDATION', { userName: null, apiKeyId: 7, apiKeyName: 'collector' });
    expect(event).toMatchObject({
      activity_name: 'Token Validation',
      actor: {
        user: {
          name: 'collector',
          type: 'Service',
          programmatic_credentials: [{ uid: '7', type: 'API Key' }],
        },
      },
      unmapped: { api_key_name: 'collector' },
    });
    expect(auditRow(event)).toMatchObject({
      principal: 'collector',
      api_key_id: '7',
      api_key_name: 'collector',
    });
  });

  test('that made, changed or deleted something', () => {
    const dashboard = { objectType: 'DASHBOARD', objectId: 12, objectName: 'ops' };
    for (const [action, activity] of [
      ['OBJECT_CREATED', 'Create'],
      ['OBJECT_UPDATED', 'Update'],
      ['OBJECT_UPDATE', 'Update'],
      ['OBJECT_DELETED', 'Delete'],
    ] as const) {
      const event = eventOf(action, dashboard);
      expect(event).toMatchObject({
        class_uid: 3004,
        activity_name: activity,
        entity: { uid: '12', name: 'ops', type: 'DASHBOARD' },
        message: expect.stringContaining('A dashboard was '),
      });
      expect(auditRow(event)).toMatchObject({
        object_type: 'DASHBOARD',
        object_id: '12',
        object_name: 'ops',
      });
    }
  });

  test.each([
    ['OBJECT_CREATED', 'Create'],
    ['OBJECT_UPDATE', 'Update'],
    ['OBJECT_DELETED', 'Delete'],
    ['USER_PASSWORD_CHANGED', 'Password Change'],
    ['USER_PASSWORD_RESET', 'Password Reset'],
    ['USER_EMAIL_CHANGED', 'Update'],
  ])('that was done to a user: %s', (action, activity_name) => {
    const event = eventOf(action, { objectType: 'USER', objectId: 3, objectName: 'user2' });
    expect(event).toMatchObject({
      class_uid: 3001,
      activity_name,
      user: { uid: '3', name: 'user2', type: 'User' },
    });
  });

  test('that gave a user a role, or took it', () => {
    const user = { objectName: 'user2', objectId: 3 };
    expect(
      eventOf('USER_ADD_ACCOUNT_ROLE', {
        ...user,
        changes: [{ field: 'role', oldValue: null, newValue: 'Admin' }],
      }),
    ).toMatchObject({
      class_uid: 3005,
      activity_id: 1,
      privileges: ['Admin'],
      user: { name: 'user2', uid: '3' },
    });
    expect(eventOf('USER_REMOVE_ACCOUNT_ROLE', { ...user, changes: 'role: Admin -> ' })).toMatchObject({
      activity_id: 2,
      privileges: ['Admin'],
    });
    expect(
      eventOf('USER_ADD_ACCOUNT_ROLE', {
        objectType: 'ACCOUNT_ROLE',
        objectName: 'Admin',
        changes: { userName: { old: null, new: 'user2' } },
      }),
    ).toMatchObject({
      privileges: ['Admin'],
      user: { name: 'user2' },
      resources: [{ name: 'Admin', type: 'ACCOUNT_ROLE' }],
    });
    expect(eventOf('USER_ADD_ACCOUNT_ROLE', user)).toMatchObject({ privileges: ['unknown'] });
  });

  test('that changed a group', () => {
    expect(
      eventOf('USER_ADD_TO_GROUP', {
        objectType: 'USER',
        objectName: 'user2',
        changes: { group: { old: '', new: 'ops' } },
      }),
    ).toMatchObject({
      class_uid: 3006,
      activity_name: 'Add User',
      group: { name: 'ops' },
      user: { name: 'user2' },
    });
    expect(
      eventOf('GROUP_ADD_ACCOUNT_ROLE', { objectType: 'GROUP', objectName: 'ops', objectId: 4 }),
    ).toMatchObject({
      activity_name: 'Assign Privileges',
      group: { uid: '4', name: 'ops' },
    });
    expect(eventOf('USER_REMOVE_FROM_GROUP')).toMatchObject({
      activity_name: 'Remove User',
      group: { name: 'unknown' },
    });
  });

  test('tells changes where old and new can be told, and keeps them where not', () => {
    const object = { objectType: 'RULE', objectName: 'r' };
    expect(
      eventOf('OBJECT_UPDATED', { ...object, changes: '{"enabled":{"old":true,"new":false}}' }).unmapped,
    ).toEqual({
      changes: [{ field: 'enabled', label: 'Enabled', old: true, new: false }],
      vendor: { securityProviderType: 'INTERNAL' },
    });
    for (const changes of ['something else', [{ field: 'a', old: 1 }, 'b'], [], {}, 7]) {
      const { unmapped } = eventOf('OBJECT_UPDATED', { ...object, changes });
      expect(unmapped?.changes).toBeUndefined();
      expect(unmapped?.vendor).toEqual({ changes, securityProviderType: 'INTERNAL' });
    }
  });

  test('keeps a time that differs from the one it is filed under', () => {
    expect(eventOf('LOGIN', { timeStamp: 7 }).unmapped?.vendor).toEqual({ timeStamp: 7 });
  });

  test('takes the vendor’s own description', () => {
    expect(eventOf('APP_CONFIGURATION', { description: 'Threshold raised' }).message).toBe(
      'Threshold raised',
    );
  });

  test('of a new type of object is like the others; of a new action, API Activity', () => {
    expect(eventOf('OBJECT_CREATED', { objectType: 'NEW', objectId: 1 })).toMatchObject({
      class_uid: 3004,
      activity_id: 1,
    });
    expect(eventOf('NEW_ACTION', { objectType: 'RULE', objectId: 1 })).toMatchObject({
      class_uid: 6003,
      activity_id: 99,
      activity_name: 'NEW_ACTION',
      actor: { user: ACTOR },
      resources: [{ uid: '1', type: 'RULE' }],
    });
  });
});

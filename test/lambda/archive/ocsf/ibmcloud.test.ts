import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, isKnown } from '../../../../lambda/archive/catalogue/catalogue.ts';
import { ibmCloudToOcsf } from '../../../../lambda/archive/ocsf/ibmcloud.ts';
import { toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { activityEventOf } from '../ibmcloud/events.ts';
import { archived, objectsWith } from './records.ts';
import { faultsOf } from './validate.ts';

const mapped = (overrides: Readonly<Record<string, unknown>>) => {
  const event = toOcsf(archived('ibmcloud', activityEventOf(overrides)));
  expect(faultsOf(event)).toEqual([]);
  return event;
};

const values = {
  action: [...CATALOGUE.ibmcloud.map(({ event }) => event), 'is.vpc.vpc.create', 'x', '.'],
  eventTime: ['2026-03-01T10:00:00.12+0000', 'never'],
  outcome: ['success', 'pending', 'failure', 'unknown', 'odd'],
  severity: ['normal', 'warning', 'critical', 'odd'],
  logSourceCRN: ['crn:v1:bluemix:public:x:eu-de:a/1::', 'crn:', 'a:b:c:d:e:f:a/'],
  initiator: [
    activityEventOf().initiator,
    {
      id: 'iam-ServiceId-1',
      typeURI: 'service/security/account/serviceid',
      host: { address: '192.0.2.1,2001:db8::1' },
    },
    { name: 'x', host: { address: '...', agent: '' } },
    {},
  ],
  target: [activityEventOf().target, { name: 'a@example.com', typeURI: 'user-management/user' }, {}],
  reason: [{ reasonCode: 404 }, { reasonCode: '403', reasonForFailure: 'no' }, { reasonCode: {} }],
  requestData: [
    { request_body: { old_mfa_traits: 'LEVEL2', new_mfa_traits: 'NONE' } },
    { update: [{ initialValue: true, newValue: false, updateType: '2FA update' }, 7, null] },
    { update: [{ ips_added: [{ address: '192.0.2.1' }], ips_removed: 'x' }] },
    {
      policy: {
        roles: [{ role_id: 'r' }],
        subjects: [{ attributes: [{ name: 'iam_id', value: 'IBMid-1' }] }],
      },
    },
    { month: '2026-03', usage_report_type: 'rollup' },
    { prev_instance_name: 'a', instance_name: 'b', lock: true },
  ],
};

test('any record is a valid event, always the same, that holds its text and can be written', () => {
  fc.assert(
    fc.property(
      objectsWith(['id', 'correlationId', 'message', 'responseData', ...Object.keys(values)], values),
      (content) => {
        const record = archived('ibmcloud', content);
        const event = ibmCloudToOcsf(record, JSON.parse(record.record));

        expect(faultsOf(event)).toEqual([]);
        expect(ibmCloudToOcsf(record, JSON.parse(record.record))).toEqual(event);
        expect(event.raw_data).toBe(record.record);
        expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      },
    ),
    { numRuns: 1500 },
  );
});

test.each(CATALOGUE.ibmcloud.map(({ event }) => event))('%s is a valid, known event', (action) => {
  const event = mapped({ action: action.replace('<service-name>', 'cloud-object-storage') });
  expect(isKnown(event)).toBe(true);
});

describe('classes', () => {
  test.each([
    ['user-management.user.invite', 3001, 'Create'],
    ['user-management.user.resend-invite', 3001, 'Resend Invitation'],
    ['user-management.user.delete', 3001, 'Delete'],
    ['user-management.user-realm.update', 3001, 'Update'],
    ['user-management.user-invitation.accept', 3001, 'Accept Invitation'],
    ['billing.user.active', 3001, 'Enable'],
    ['user-management.user.read', 6003, 'Read'],
    ['user-management.user-setting.read', 6003, 'Read'],
    ['billing.account-summary.download', 6003, 'Read'],
    ['iam-groups.member.add', 3006, 'Add User'],
    ['iam-groups.group.delete', 3006, 'Delete'],
    ['iam-groups.account-settings.update', 3004, 'Update'],
    ['iam-identity.accountsettings.update', 3004, 'Update'],
    ['billing.account-mfa.set-off', 3004, 'Disable'],
    ['iam-identity.user-apikey.create', 3004, 'Create'],
    ['iam-identity.user-apikey.login', 3002, 'Logon'],
    ['iam-identity.user.logout', 3002, 'Logoff'],
    ['kms.tag.attach', 6003, 'Update'],
    ['global-search-tagging.tag.create', 6003, 'Create'],
    ['is.vpc.vpc.delete', 6003, 'Delete'],
    ['is.instance.instance.reboot', 6003, 'is.instance.instance.reboot'],
  ])('%s', (action, classUid, activity) => {
    expect(mapped({ action })).toMatchObject({ class_uid: classUid, activity_name: activity });
  });

  test('a policy of a user is User Access Management, one of a group is Entity Management', () => {
    const policyOf = (name: string, value: string) => ({
      action: 'iam-am.policy.create',
      requestData: {
        policy: {
          roles: [{ role_id: 'crn:…:Administrator' }],
          subjects: [{ attributes: [{ name, value }] }],
        },
      },
    });
    expect(mapped(policyOf('iam_id', 'IBMid-9'))).toMatchObject({
      class_uid: 3005,
      activity_name: 'Assign Privileges',
      user: { uid: 'IBMid-9' },
      privileges: ['crn:…:Administrator'],
    });
    const ofGroup = mapped(policyOf('access_group_id', 'AccessGroupId-1'));
    expect(ofGroup).toMatchObject({
      class_uid: 3004,
      activity_name: 'Create',
      entity: { group: { uid: 'AccessGroupId-1', privileges: ['crn:…:Administrator'] } },
    });
    expect(ofGroup.user).toBeUndefined();
  });

  test.each([
    [
      'version 1',
      {
        roles: [{ role_id: 'Viewer' }],
        subjects: [{ attributes: [{ name: 'iam_id', value: 'IBMid-9' }] }],
        resources: [
          {
            attributes: [
              { name: 'serviceName', value: 'kms' },
              { name: 'serviceInstance', value: 'i-1' },
            ],
          },
        ],
      },
    ],
    [
      'version 2',
      {
        control: { grant: { roles: [{ role_id: 'Viewer' }] } },
        subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: 'IBMid-9' }] },
        resource: {
          attributes: [
            { key: 'serviceName', operator: 'stringEquals', value: 'kms' },
            { key: 'serviceInstance', operator: 'stringEquals', value: 'i-1' },
          ],
        },
      },
    ],
  ])('a policy of %s tells what it gives access to', (_version, policy) => {
    const event = mapped({ action: 'iam-am.policy.create', requestData: { policy } });
    expect(event).toMatchObject({
      user: { uid: 'IBMid-9' },
      privileges: ['Viewer'],
      resources: [{ uid: 'i-1', name: 'kms i-1', type: 'kms' }],
    });
    expect(event.resources).toHaveLength(1);
  });

  test('all members of a group are told', () => {
    const requestData = { members: [{ iam_id: 'IBMid-1', type: 'user' }, { iam_id: 'iam-ServiceId-2' }] };
    const ids = ['IBMid-1', 'iam-ServiceId-2'];
    const added = mapped({ action: 'iam-groups.member.add', requestData });
    expect(added.user?.uid).toBe('IBMid-1');
    expect(added.unmapped?.changes).toEqual([{ field: 'members', label: 'Members', old: null, new: ids }]);
    const removed = mapped({ action: 'iam-groups.member.delete', requestData });
    expect(removed.unmapped?.changes).toMatchObject([{ field: 'members', old: ids, new: null }]);
    expect(mapped({ action: 'iam-groups.members.list', requestData }).unmapped?.changes).toBeUndefined();
  });

  test('what is only read is API Activity, Read', () => {
    const reads = CATALOGUE.ibmcloud.filter(({ event }) => /[.-](?:read|list|download)$/.test(event));
    expect(reads.length).toBeGreaterThan(25);
    for (const { event, className, activityId } of reads) {
      expect([event, className, activityId]).toEqual([event, 'api_activity', 2]);
    }
  });

  test('an unknown action is told, and is not known', () => {
    expect(isKnown(mapped({ action: 'new-service.thing.create' }))).toBe(false);
    expect(isKnown(mapped({ action: '.tag.attach' }))).toBe(false);
  });
});

test('who, from where, on what, in which account', () => {
  expect(
    mapped({
      id: 'an-id',
      initiator: {
        ...activityEventOf().initiator,
        host: { address: '10.41.87.6, 10.74.72.121', agent: 'IBM Cloud CLI' },
      },
    }),
  ).toMatchObject({
    actor: {
      user: { uid: 'IBMid-12345', name: 'example@ibm.com', type: 'User', email_addr: 'example@ibm.com' },
    },
    src_endpoint: { ip: '10.41.87.6', intermediate_ips: ['10.74.72.121'] },
    http_request: { user_agent: 'IBM Cloud CLI' },
    user: { uid: 'IBMid-67890' },
    cloud: { provider: 'IBM Cloud', account: { uid: 'account1234' }, region: 'global' },
    metadata: {
      original_event_uid: 'an-id',
      correlation_uid: '9f1b0f5e-6d6b-4b63-9a0c-0d1c2b3a4f5e',
      original_time: '2026-03-01T10:00:00.12+0000',
      tenant_uid: 'account1234',
    },
    status: 'Success',
    severity: 'Informational',
    unmapped: { vendor: { saveServiceCopy: true, reason: { reasonCode: 200, reasonType: 'OK' } } },
  });
});

test('an initiator without a type is of an unknown one', () => {
  expect(mapped({ initiator: { id: 'IBMid-1' } }).actor?.user).toMatchObject({ type_id: 0, type: 'Unknown' });
});

describe('outcomes', () => {
  test.each([
    ['success', 1, 'Success'],
    ['failure', 2, 'Failure'],
    ['pending', 99, 'Pending'],
    ['odd', 99, 'odd'],
    [undefined, 0, 'Unknown'],
  ])('%s', (outcome, id, status) => {
    expect(mapped({ outcome })).toMatchObject({ status_id: id, status });
  });

  test('a report without usage is normal, whatever its code', () => {
    const event = mapped({
      action: 'billing.account-usage-report.read',
      outcome: 'failure',
      reason: { reasonCode: 404, reasonType: 'Not Found' },
      requestData: { month: '2026-03', usage_report_type: 'instances' },
    });
    expect(event).toMatchObject({
      severity: 'Informational',
      status_code: '404',
      status_detail: 'There is no usage data for what was asked.',
      resources: [{ name: '2026-03 instances', type: 'usage report' }],
    });
    expect(event.unmapped?.attention).toBeUndefined();
  });

  test.each([
    ['normal', undefined, 'Informational'],
    ['normal', 'failure', 'Medium'],
    ['warning', undefined, 'Medium'],
    ['critical', undefined, 'Critical'],
    ['critical', 'failure', 'Critical'],
    ['constructor', undefined, 'Informational'],
    [undefined, 'failure', 'Medium'],
  ])('of a log-in, IBM’s severity %s with the outcome %s is %s', (severity, outcome = 'success', told) => {
    const event = mapped({ action: 'iam-identity.user-apikey.login', severity, outcome });
    expect(event.severity).toBe(told);
  });

  test('a failed log-in is looked at first, and so is what was tried', () => {
    const failed = (action: string) => mapped({ action, outcome: 'failure' }).unmapped?.attention;
    expect(failed('iam-identity.user-apikey.login')).toBe('A log-in failed.');
    expect(failed('iam-identity.user-apikey.create')).toMatch(/^It failed, but it was tried\. An API key/);
    expect(failed('user-management.user.read')).toBeUndefined();
  });
});

describe('changes', () => {
  const MFA_OFF = 'Multifactor authentication was switched off.';
  const NO_MFA = 'No multifactor authentication: id and password suffice';

  test.each([
    ['LEVEL2', 'NONE', MFA_OFF],
    ['TOTP', 'NONE', MFA_OFF],
    ['LEVEL3', 'LEVEL1', 'Multifactor authentication was weakened.'],
    ['TOTP4ALL', 'TOTP', 'Multifactor authentication was weakened.'],
    ['TOTP4ALL', 'LEVEL1', 'Multifactor authentication was weakened.'],
    ['NONE', 'TOTP', undefined],
    ['LEVEL1', 'LEVEL3', undefined],
  ])('multifactor authentication from %s to %s', (before, after, attention) => {
    const { unmapped, severity } = mapped({
      action: 'iam-identity.accountsettings.update',
      requestData: {
        request_body: {
          old_mfa_traits: before,
          new_mfa_traits: after,
          old_restrict_create_service_id: 'RESTRICTED',
          new_restrict_create_service_id: 'RESTRICTED',
        },
      },
    });
    expect(unmapped?.changes).toMatchObject([
      { field: 'mfa_traits', label: 'Multifactor authentication (MFA)', old: before, new: after },
    ]);
    expect(unmapped?.changes?.[0]?.old_meaning).toBeTypeOf('string');
    expect(unmapped?.changes?.[0]?.new_meaning).toBeTypeOf('string');
    expect(unmapped?.attention).toBe(attention);
    expect(severity).toBe(attention === undefined ? 'Informational' : 'Medium');
  });

  test.each([
    ['restrict_create_platform_apikey', 'All users may create API keys now.'],
    ['restrict_create_service_id', 'All users may create service ids now.'],
    ['allowed_ip_addresses', 'The restriction to allowed addresses was removed.'],
  ])('%s', (field, attention) => {
    const change = (before: string, after: string) =>
      mapped({
        action: 'iam-identity.accountsettings.update',
        requestData: { request_body: { [`old_${field}`]: before, [`new_${field}`]: after } },
      }).unmapped;
    const opened = change('RESTRICTED', 'NOT_RESTRICTED');
    expect(opened?.changes).toEqual([
      {
        field,
        label: expect.any(String),
        old: 'RESTRICTED',
        old_meaning: expect.any(String),
        new: 'NOT_RESTRICTED',
        new_meaning: expect.any(String),
      },
    ]);
    expect(opened?.attention).toBe(attention);
    expect(change('NOT_RESTRICTED', 'RESTRICTED')?.attention).toBeUndefined();
  });

  test.each([
    [
      'iam-groups.account-settings.update',
      'public_access_enabled',
      true,
      /public access group was switched on/,
    ],
    ['iam-groups.account-settings.update', 'public_access_enabled', false, undefined],
    ['billing.account-traits.update', 'team_directory_enabled', true, /no longer restricted/],
    ['billing.account-traits.update', 'team_directory_enabled', false, undefined],
    ['billing.account-traits.update', 'mfa', '', /switched off/],
    ['billing.account-traits.update', 'mfa', 'TOTP4ALL', undefined],
  ])('%s: %s is %j', (action, field, value, attention) => {
    const { unmapped } = mapped({ action, requestData: { [field]: value, origin: 'BSS' } });
    expect(unmapped?.changes).toEqual([
      { field, label: expect.any(String), old: null, new: value, new_meaning: expect.any(String) },
    ]);
    expect(unmapped?.attention).toEqual(
      attention === undefined ? undefined : expect.stringMatching(attention),
    );
  });

  test.each([
    ['2FA update', '2FA', true, false, 'MFA Factor Disable', /switched off for a user/],
    ['2FA update', '2FA', false, true, 'MFA Factor Enable', undefined],
    ['2FA update', '2FA', 'FALSE', 'TRUE', 'MFA Factor Enable', undefined],
    ['2FA update', '2FA', 'NONE', 'TOTP4ALL', 'MFA Factor Enable', undefined],
    ['2FA update', '2FA', 'TOTP', 'NONE', 'MFA Factor Disable', /switched off for a user/],
    ['2FA update', '2FA', true, '', 'MFA Factor Disable', /switched off for a user/],
    ['self_manage update', 'self_manage', true, false, 'Update', undefined],
    ['self_manage update', 'self_manage', false, true, 'Update', /own log-in settings/],
    ['security_questions_setup update', 'security_questions_setup', true, false, 'Update', /no longer asked/],
  ])('%s: %s from %s to %s', (updateType, field, initialValue, newValue, activity, attention) => {
    const event = mapped({
      action: 'user-management.user-setting.update',
      requestData: {
        totalNumberChanges: 1,
        update: [{ initialValue, newValue, updateType }],
        iam_id: 'IBMid-7',
      },
    });
    expect(event).toMatchObject({ activity_name: activity, user: { uid: 'IBMid-7' } });
    expect(event.unmapped?.changes).toEqual([
      {
        field,
        label: expect.any(String),
        old: initialValue,
        old_meaning: expect.any(String),
        new: newValue,
        new_meaning: expect.any(String),
      },
    ]);
    expect(event.unmapped?.attention).toEqual(
      attention === undefined ? undefined : expect.stringMatching(attention),
    );
  });

  test('a value of 2FA that nobody knows is neither on nor off', () => {
    const update = [{ initialValue: true, newValue: 'PERHAPS', updateType: '2FA update' }];
    const event = mapped({ action: 'user-management.user-setting.update', requestData: { update } });
    expect(event.activity_name).toBe('Update');
    expect(event.unmapped?.attention).toBeUndefined();
  });

  test('addresses that a user may log in from', () => {
    const { unmapped } = mapped({
      action: 'user-management.user-setting.update',
      requestData: {
        totalNumberChanges: 1,
        update: [
          {
            ips_added: [{ address: '241.211.116.250', addressType: 'IPv4' }],
            ips_removed: [{ address: '89.78.194.127', addressType: 'IPv4' }],
            updateType: 'allowed_ip_addresses changes',
          },
        ],
      },
    });
    expect(unmapped?.changes).toEqual([
      { field: 'ips_added', label: 'Allowed IP addresses: added', old: null, new: ['241.211.116.250'] },
      { field: 'ips_removed', label: 'Allowed IP addresses: removed', old: ['89.78.194.127'], new: null },
    ]);
    expect(unmapped?.attention).toMatch(/any address is allowed/);
  });

  test('an accepted invitation', () => {
    const event = mapped({
      action: 'user-management.user-invitation.accept',
      responseData: {
        update: [
          {
            initialValue: 'BSS-3f6af42016b440e087025542cbd9cb91',
            newValue: 'IBMid-663003Z105',
            updateType: 'IAM ID Update during Accept',
          },
        ],
      },
    });
    expect(event.user?.uid).toBe('IBMid-663003Z105');
    expect(event.unmapped?.changes).toEqual([
      {
        field: 'iam_id',
        label: 'IAM id',
        old: 'BSS-3f6af42016b440e087025542cbd9cb91',
        new: 'IBMid-663003Z105',
      },
    ]);
  });

  test('a name, a lock, and a setting that nobody knows yet', () => {
    const { unmapped } = mapped({
      action: 'iam-identity.account-serviceid.update',
      requestData: {
        prev_instance_name: 'a',
        instance_name: 'b',
        lock: true,
        old_new_thing: 1,
        new_new_thing: 2,
      },
    });
    expect(unmapped?.changes).toMatchObject([
      { field: 'new_thing', label: 'New thing', old: 1, new: 2 },
      { field: 'lock', old: null, new: true },
      { field: 'instance_name', old: 'a', new: 'b' },
    ]);
  });

  test('both of the deprecated events that switch multifactor authentication off are looked at first', () => {
    const traits = mapped({
      action: 'billing.account-traits.update',
      requestData: { mfa: '', origin: 'BSS' },
    });
    expect(traits.unmapped?.changes).toMatchObject([{ new: '', new_meaning: NO_MFA }]);
    expect(traits.unmapped?.attention).toBe(MFA_OFF);
    expect(mapped({ action: 'billing.account-mfa.set-off' }).unmapped?.attention).toMatch(/switched off/);
  });
});

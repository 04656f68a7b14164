import { describe, expect, test } from 'vitest';
import { OCSF_CLASSES, OCSF_VERSION } from '../../../../contract/ocsf.ts';
import { captionsOf, faultsOf, SCHEMA_VERSION } from './validate.ts';

const VALID = {
  activity_id: 3,
  activity_name: 'Update',
  category_uid: 6,
  category_name: 'Application Activity',
  class_uid: 6003,
  class_name: 'API Activity',
  type_uid: 600303,
  type_name: 'API Activity: Update',
  severity_id: 1,
  severity: 'Informational',
  time: 1_772_359_200_000,
  metadata: { version: '1.8.0', profiles: ['cloud'], product: { name: 'A product' } },
  cloud: { provider: 'A cloud' },
  actor: { user: { name: 'somebody' } },
  api: { operation: 'do.it' },
  src_endpoint: { ip: '192.0.2.1' },
};

const AUTHENTICATION = {
  ...VALID,
  activity_id: 1,
  activity_name: 'Logon',
  category_uid: 3,
  category_name: 'Identity & Access Management',
  class_uid: 3002,
  class_name: 'Authentication',
  type_uid: 300201,
  type_name: 'Authentication: Logon',
  user: { name: 'somebody' },
  service: { name: 'a service' },
};

function without<T extends object>(event: T, name: keyof T): object {
  const { [name]: _, ...rest } = event;
  return rest;
}

describe('the validator', () => {
  test('has the schema of the version that the archive writes', () => {
    expect(SCHEMA_VERSION).toBe(OCSF_VERSION);
    for (const { uid, caption, categoryUid, category } of Object.values(OCSF_CLASSES)) {
      expect(captionsOf(uid, 'class_uid')).toEqual({ [uid]: caption });
      expect(captionsOf(uid, 'category_uid')).toEqual({ [categoryUid]: category });
    }
  });

  test.each([
    ['with what is required', VALID],
    ['of another class', AUTHENTICATION],
    ['with anything in unmapped', { ...VALID, unmapped: { anything: [{ at: 'all' }] } }],
    [
      'with an activity in the words of its source',
      {
        ...VALID,
        activity_id: 99,
        type_uid: 600399,
        activity_name: 'Attach',
        type_name: 'API Activity: Other',
      },
    ],
    ['with a time in words, of the profile datetime', { ...VALID, time_dt: '2026-03-01T10:00:00Z' }],
    ['with an address of version 6', { ...VALID, src_endpoint: { ip: '2001:db8::1' } }],
  ])('passes an event %s', (_what, event) => {
    expect(faultsOf(event)).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['that is no object', [VALID], 'the event is no object'],
    ['of no class', { ...VALID, class_uid: 1 }, 'class_uid: 1 is no class of the archive'],
    ['without a required attribute', without(VALID, 'actor'), 'actor: is required'],
    ['without one that a profile requires', without(VALID, 'cloud'), 'cloud: is required'],
    ['without one that an object requires', { ...VALID, api: {} }, 'api.operation: is required'],
    ['without one that its class requires', without(AUTHENTICATION, 'user'), 'user: is required'],
    ['with a null where something is required', { ...VALID, time: null }, 'time: is required'],
    [
      'with an attribute of another class',
      { ...VALID, entity: { uid: 'x' } },
      'entity: is no attribute of it',
    ],
    [
      'with an attribute of no object',
      { ...VALID, api: { operation: 'x', toString: 1 } },
      'api.toString: is no attribute of it',
    ],
    [
      'with an attribute that is deprecated',
      { ...VALID, actor: { user: { name: 'x', credential_uid: 'k' } } },
      'actor.user.credential_uid: is deprecated since 1.6.0',
    ],
    ['with a number for a string', { ...VALID, message: 1 }, 'message: is no string_t'],
    ['with a string for an integer', { ...VALID, severity_id: '1' }, 'severity_id: is no integer_t'],
    ['with a fraction for an integer', { ...VALID, time: 0.5 }, 'time: is no timestamp_t'],
    ['with what no 64-bit integer holds exactly', { ...VALID, time: 2 ** 60 }, 'time: is no timestamp_t'],
    ['with a string for a boolean', { ...AUTHENTICATION, is_mfa: 'yes' }, 'is_mfa: is no boolean_t'],
    ['with an integer that needs more than 32 bits', { ...VALID, count: 2 ** 31 }, 'count: is no integer_t'],
    ['with a null', { ...VALID, message: null }, 'message: is no string_t'],
    [
      'with a value that is not enumerated',
      { ...VALID, severity_id: 42 },
      'severity_id: 42 is not enumerated',
    ],
    ['with one value for a list', { ...VALID, resources: { uid: 'x' } }, 'resources: is no array'],
    [
      'with a fault in a list',
      { ...VALID, resources: [{ uid: 'x' }, { uid: 1 }] },
      'resources[1].uid: is no resource_uid_t',
    ],
    ['with a list for one value', { ...VALID, message: ['x'] }, 'message: is no string_t'],
    ['with a string for an object', { ...VALID, cloud: 'AWS' }, 'cloud: is no object'],
    [
      'with an address that is none',
      { ...VALID, src_endpoint: { ip: 'example.com' } },
      'src_endpoint.ip: does not look like ip_t',
    ],
    [
      'with an address that is too long',
      { ...VALID, src_endpoint: { ip: `fe80::1%${'x'.repeat(40)}` } },
      'src_endpoint.ip: is longer than ip_t may be',
    ],
    [
      'with a port that is none',
      { ...VALID, src_endpoint: { name: 'x', port: 65_536 } },
      'src_endpoint.port: is out of the range of port_t',
    ],
    [
      'with none of what an object needs one of',
      { ...VALID, actor: { user: {} } },
      'actor.user: at_least_one of account, name, uid',
    ],
    [
      'with none of what its class needs one of',
      without(AUTHENTICATION, 'service'),
      'event: at_least_one of service, dst_endpoint',
    ],
    [
      'with the caption of another id',
      { ...VALID, activity_name: 'Create' },
      'activity_id: activity_name is Create, not Update',
    ],
    [
      "with a class name that is not the class's",
      { ...VALID, class_name: 'API' },
      'class_uid: class_name is API, not API Activity',
    ],
    [
      'with the type of another activity',
      { ...VALID, type_uid: 600301, type_name: 'API Activity: Create' },
      'type_uid: is not class_uid * 100 + activity_id',
    ],
    ['with a type that there is not', { ...VALID, type_uid: 600388 }, 'type_uid: 600388 is not enumerated'],
    [
      'of another version',
      { ...VALID, metadata: { ...VALID.metadata, version: '1.7.0' } },
      "metadata.version: is 1.7.0, not the schema's",
    ],
    [
      'that does not tell its profile',
      { ...VALID, metadata: without(VALID.metadata, 'profiles') },
      'metadata.profiles: cloud is used and not said',
    ],
  ])('finds an event %s', (_what, event, fault) => {
    expect(faultsOf(event)).toContain(fault);
  });
});

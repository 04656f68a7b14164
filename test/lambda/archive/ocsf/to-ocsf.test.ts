import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AUDIT_SOURCES, type AuditSource } from '../../../../contract/archive.ts';
import { auditRow } from '../../../../contract/audit-columns.ts';
import { CATALOGUE, isKnown } from '../../../../lambda/archive/catalogue/catalogue.ts';
import { appDynamicsToOcsf } from '../../../../lambda/archive/ocsf/appdynamics.ts';
import { cloudOneToOcsf } from '../../../../lambda/archive/ocsf/cloudone.ts';
import { ibmCloudToOcsf } from '../../../../lambda/archive/ocsf/ibmcloud.ts';
import { type ToOcsf, toOcsf } from '../../../../lambda/archive/ocsf/to-ocsf.ts';
import { archived, objectsWith, TIME, urn } from './records.ts';
import { faultsOf } from './validate.ts';

const CLOUD_ONE_TYPES = CATALOGUE.cloudone.map(({ event }) => event);
const [ACTIONS, OBJECT_TYPES] = [0, 1].map((part) => [
  ...new Set(CATALOGUE.appdynamics.flatMap(({ event }) => event.split(' ')[part] ?? [])),
]);

/** Each source's own mapping, without what catches its defects, and records as that source might give them. */
const SOURCES: readonly [AuditSource, ToOcsf, fc.Arbitrary<Record<string, unknown>>][] = [
  [
    'cloudone',
    cloudOneToOcsf,
    objectsWith(
      ['id', 'time', 'event', 'type', 'principalURN', 'accountID', 'account_id', 'details', 'outcome'],
      {
        type: [...CLOUD_ONE_TYPES, 'audit.new.v1'],
        principalURN: ['user', 'apikey', 'invitation', 'role', 'account', 'constructor'].map((type) =>
          urn(type, 'an-id'),
        ),
        details: [
          'a sentence',
          { email: 'a@example.com', roleID: 'x', sourceIPAddress: '192.0.2.1', mfa: true, userAgent: 'curl' },
          {
            email: 'no address',
            sourceIP: 'nowhere',
            alias: { old: 1, new: 2 },
            urn: 7,
            changes: 'a: b -> c',
          },
        ],
      },
    ),
  ],
  [
    'appdynamics',
    appDynamicsToOcsf,
    objectsWith(
      [
        'timeStamp',
        'auditDateTime',
        'accountName',
        'securityProviderType',
        'userName',
        'action',
        'objectType',
        'objectId',
        'objectName',
        'applicationName',
        'changes',
        'description',
        'apiKeyId',
        'apiKeyName',
      ],
      {
        action: [...(ACTIONS ?? []), 'NEW_ACTION'],
        objectType: [...(OBJECT_TYPES ?? []), 'NEW_TYPE'],
        changes: [[], [{ field: 'role', oldValue: 'a', newValue: 'b' }], { group: { old: 'a', new: 'b' } }],
      },
    ),
  ],
  [
    'ibmcloud',
    ibmCloudToOcsf,
    objectsWith(
      [
        'action',
        'outcome',
        'eventTime',
        'severity',
        'message',
        'correlationId',
        'id',
        'logSourceCRN',
        'observer',
        'initiator',
        'target',
        'reason',
        'requestData',
        'responseData',
      ],
      {
        action: [...CATALOGUE.ibmcloud.map(({ event }) => event), 'new-service.thing.do', 'kms.tag.attach'],
        outcome: ['success', 'pending', 'failure', 'new'],
        severity: ['normal', 'warning', 'critical'],
        initiator: [
          { id: 'IBMid-1', name: 'a@example.com', host: { address: '192.0.2.1,10.0.0.1', agent: 'curl' } },
          { id: 7, credential: { type: 'apikey' }, host: { address: 'x' } },
        ],
        target: [{ id: 'crn:v1:x', name: 'n', typeURI: 't' }, { host: {} }],
        reason: [{ reasonCode: 200 }, { reasonCode: '404', reasonForFailure: 'why' }, { reasonCode: 1e15 }],
        requestData: [{ before: 1 }, { update: { mfa: { oldValue: 'NONE', newValue: 'TOTP' } } }],
      },
    ),
  ],
];

describe.each(SOURCES)('any record of %s', (source, toOcsfOfSource, records) => {
  test('is a valid event, always the same, that holds its text and can be written', () => {
    fc.assert(
      fc.property(records, (content) => {
        const record = archived(source, content);
        const parsed = JSON.parse(record.record);

        const event = toOcsfOfSource(record, parsed);

        expect(faultsOf(event)).toEqual([]);
        expect(toOcsfOfSource(record, JSON.parse(record.record))).toEqual(event);
        expect(event.raw_data).toBe(record.record);
        expect(JSON.parse(JSON.stringify(event))).toEqual(event);
        expect(auditRow(event)).toMatchObject({ id: record.id, source });
      }),
      { numRuns: 1000 },
    );
  });

  test('does not lose a field: what no attribute was made of is kept as it was', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.jsonValue({ maxDepth: 3 }), (name, value) => {
        const content = JSON.parse(JSON.stringify({ [name]: value }));
        const whole = { action: 'new.thing.do', eventTime: 'then', type: 'new', ...content };
        expect(toOcsf(archived(source, whole)).unmapped?.vendor).toMatchObject(content);
      }),
    );
  });
});

describe('toOcsf', () => {
  test.each(AUDIT_SOURCES)('makes a valid event of any text of %s', (source) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.double({ noNaN: false }), (text, time) => {
        const event = toOcsf(archived(source, text, time));
        expect(faultsOf({ ...event, time: TIME })).toEqual([]);
        expect(Number.isInteger(event.time)).toBe(true);
        expect(event.raw_data).toBe(text);
      }),
    );
  });

  test.each(['', 'null', '7', '"text"', '[{}]', '{"type":', '\ufeff{}'])(
    'makes API Activity of what is no object: %s',
    (text) => {
      const event = toOcsf(archived('cloudone', text));
      expect(event).toMatchObject({ class_uid: 6003, activity_id: 99, raw_data: text });
      expect(isKnown(event)).toBe(false);
    },
  );

  test.each(AUDIT_SOURCES)('bears a record of %s that is nested very deeply', (source) => {
    const deep = `${'{"a":['.repeat(100_000)}1${']}'.repeat(100_000)}`;
    const event = toOcsf(
      archived(
        source,
        `{"type":"A","action":"A","eventTime":"2026-03-01T10:00:00Z","details":${deep},"changes":${deep}}`,
      ),
    );
    expect(faultsOf(event)).toEqual([]);
    expect(event.metadata.event_code).toBe('A');
    expect(() => JSON.stringify(event)).not.toThrow();
  });

  test('takes names for names only', () => {
    const event = toOcsf(
      archived('cloudone', '{"__proto__":{"type":"x"},"constructor":1,"type":"audit.role_created.v1"}'),
    );
    expect(event.metadata.event_code).toBe('audit.role_created.v1');
    expect(Object.keys(event.unmapped?.vendor ?? {})).toEqual(['__proto__', 'constructor']);
  });
});

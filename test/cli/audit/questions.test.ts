import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listDerivedFiles } from '../../../cli/audit/derived-files.ts';
import { AuditDatabase } from '../../../cli/audit/duckdb.ts';
import { jsonOf } from '../../../cli/audit/result-text.ts';
import { type ArchivedRecord, AUDIT_SOURCES, archiveHour } from '../../../contract/archive.ts';
import { auditRow } from '../../../contract/audit-columns.ts';
import { AUDIT_QUESTIONS, questionSql } from '../../../contract/audit-questions.ts';
import { OCSF_CLASSES, type OcsfClassName, type OcsfEvent } from '../../../contract/ocsf.ts';
import { isKnown } from '../../../lambda/archive/catalogue/catalogue.ts';
import { pairActions } from '../../../lambda/archive/ocsf/pair-actions.ts';
import { toOcsf } from '../../../lambda/archive/ocsf/to-ocsf.ts';
import { FolderObjectStore } from '../../../lambda/archive/store/folder-object-store.ts';
import { type Told, tell, writeDerived } from './derived-folder.ts';
import { PLAIN_ANSWERS } from './plain-answers.ts';
import { wholeText } from './whole-text.ts';

const ALL_TIME = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'questions-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Each question's answer, by DuckDB, over the files that are made of the events. */
async function answersOf(events: readonly OcsfEvent[], into = folder) {
  await writeDerived(into, events);
  const files = await listDerivedFiles(new FolderObjectStore(into), { sources: AUDIT_SOURCES, ...ALL_TIME });
  const database = await AuditDatabase.open({
    derived: files.map(({ className, key }) => ({ className, path: join(into, key) })),
    cloudTrail: [],
    ...ALL_TIME,
  });
  try {
    const answers: Record<string, unknown> = {};
    for (const question of AUDIT_QUESTIONS) {
      const result = await database.query(questionSql(question), new AbortController().signal);
      answers[question.name] = JSON.parse(await wholeText(jsonOf(result)));
    }
    return answers;
  } finally {
    database.close();
  }
}

function plainAnswers(events: readonly OcsfEvent[]) {
  const rows = events.map(auditRow);
  return Object.fromEntries(Object.entries(PLAIN_ANSWERS).map(([name, answer]) => [name, answer(rows)]));
}

const MFA = [{ field: 'mfa', label: 'Multifactor authentication (MFA)', old: 'TOTP', new: 'NONE' }];

const TOLD: readonly Told[] = [
  {
    source: 'cloudone',
    at: '2026-03-01T08:00',
    className: 'authentication',
    activity: 'Logon',
    event: 'audit.user-signed-in.v1',
    principal: 'ada',
    ip: '192.0.2.1',
  },
  {
    source: 'cloudone',
    at: '2026-03-01T23:59',
    className: 'authentication',
    activity: 'Logon',
    event: 'audit.user-signed-in.v1',
    principal: 'ada',
    ip: '192.0.2.2',
  },
  {
    source: 'appdynamics',
    at: '2026-03-01T09:00',
    className: 'authentication',
    activity: 'Logon',
    event: 'LOGIN_FAILED',
    principal: 'bob',
    ip: '198.51.100.7',
    outcome: 'Failure',
    attention: 'a log-in failed',
  },
  {
    source: 'appdynamics',
    at: '2026-03-02T00:00',
    className: 'authentication',
    activity: 'Logon',
    event: 'LOGIN',
    principal: 'bob',
    ip: '198.51.100.7',
  },
  {
    source: 'cloudone',
    at: '2026-03-02T10:00',
    className: 'entity_management',
    activity: 'Create',
    event: 'audit.api-key-created.v1',
    principal: 'ada',
    object: ['api-key', 'k1', 'pipeline'],
    attention: 'an API key was created',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-02T11:00',
    className: 'entity_management',
    activity: 'Create',
    event: 'iam-identity.user-apikey.create',
    principal: 'eve',
    object: ['apikey', 'k2', 'laptop'],
    outcome: 'Failure',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-02T12:00',
    className: 'account_change',
    activity: 'Other',
    event: 'user-management.user.invite',
    principal: 'eve',
    object: ['user', 'u1', 'new@example.com'],
    outcome: 'Pending',
    correlation: 'c1',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-02T12:01',
    className: 'account_change',
    activity: 'Other',
    event: 'user-management.user.invite',
    principal: 'eve',
    object: ['user', 'u1', 'new@example.com'],
    correlation: 'c1',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-02T13:00',
    className: 'account_change',
    activity: 'Delete',
    event: 'user-management.user.delete',
    principal: 'eve',
    object: ['user', 'u2', 'old@example.com'],
    outcome: 'Pending',
    correlation: 'c2',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-03T01:00',
    className: 'entity_management',
    activity: 'Update',
    event: 'iam-identity.account-settings.update',
    object: ['account-settings', 's1', 'settings'],
    changes: MFA,
    attention: 'multifactor authentication was switched off',
  },
  {
    source: 'ibmcloud',
    at: '2026-03-03T02:00',
    className: 'api_activity',
    activity: 'Read',
    event: 'user-management.user.read',
    principal: 'eve',
    ip: '192.0.2.1',
    object: ['user', 'u1', 'new@example.com'],
  },
];

const id = (index: number, source: string, hour: string) =>
  `${source}.${hour}.${String(index).padStart(32, '0')}`;

describe('the ten questions', () => {
  test('are ten, each with another name', () => {
    expect(new Set(AUDIT_QUESTIONS.map(({ name }) => name)).size).toBe(10);
    expect(Object.keys(PLAIN_ANSWERS).sort()).toEqual(AUDIT_QUESTIONS.map(({ name }) => name).sort());
  });

  test('tell the gravest first of what to look at first, then the newest', async () => {
    const severities = ['High', 'Medium', 'Critical', 'Low', 'Medium'];
    const events = tell(
      severities.map((_, index) => ({
        source: 'ibmcloud',
        at: `2026-03-01T0${index}:00`,
        className: 'authentication',
        activity: 'Logon',
        event: `E${index}`,
        attention: 'look',
      })),
    ).map((event, index) => ({ ...event, severity: severities[index] ?? '' }));
    const told = (await answersOf(events))['look-first'] as readonly { readonly event: string }[];
    expect(told.map(({ event }) => event)).toEqual(['E2', 'E0', 'E4', 'E1', 'E3']);
  });

  test('have the answers that one expects', async () => {
    const answers = await answersOf(tell(TOLD));

    expect(answers).toEqual({
      'look-first': [
        {
          time: '2026-03-03T01:00:00.000Z',
          severity: 'Informational',
          source: 'ibmcloud',
          attention: 'multifactor authentication was switched off',
          event: 'iam-identity.account-settings.update',
          principal: null,
          source_ip: null,
          object_type: 'account-settings',
          object_name: 'settings',
          message: 'about iam-identity.account-settings.update',
          id: id(9, 'ibmcloud', '20260303T01'),
        },
        {
          time: '2026-03-02T10:00:00.000Z',
          severity: 'Informational',
          source: 'cloudone',
          attention: 'an API key was created',
          event: 'audit.api-key-created.v1',
          principal: 'ada',
          source_ip: null,
          object_type: 'api-key',
          object_name: 'pipeline',
          message: 'about audit.api-key-created.v1',
          id: id(4, 'cloudone', '20260302T10'),
        },
        {
          time: '2026-03-01T09:00:00.000Z',
          severity: 'Informational',
          source: 'appdynamics',
          attention: 'a log-in failed',
          event: 'LOGIN_FAILED',
          principal: 'bob',
          source_ip: '198.51.100.7',
          object_type: null,
          object_name: null,
          message: 'about LOGIN_FAILED',
          id: id(2, 'appdynamics', '20260301T09'),
        },
      ],
      'sign-ins': [
        {
          source: 'cloudone',
          principal: 'ada',
          sign_ins: 2,
          addresses: 2,
          first_time: '2026-03-01T08:00:00.000Z',
          last_time: '2026-03-01T23:59:00.000Z',
        },
        {
          source: 'appdynamics',
          principal: 'bob',
          sign_ins: 1,
          addresses: 1,
          first_time: '2026-03-02T00:00:00.000Z',
          last_time: '2026-03-02T00:00:00.000Z',
        },
      ],
      failures: [
        {
          time: '2026-03-02T11:00:00.000Z',
          source: 'ibmcloud',
          event: 'iam-identity.user-apikey.create',
          principal: 'eve',
          source_ip: null,
          object_type: 'apikey',
          object_name: 'laptop',
          message: 'about iam-identity.user-apikey.create',
          id: id(5, 'ibmcloud', '20260302T11'),
        },
        {
          time: '2026-03-01T09:00:00.000Z',
          source: 'appdynamics',
          event: 'LOGIN_FAILED',
          principal: 'bob',
          source_ip: '198.51.100.7',
          object_type: null,
          object_name: null,
          message: 'about LOGIN_FAILED',
          id: id(2, 'appdynamics', '20260301T09'),
        },
      ],
      changes: [
        {
          time: '2026-03-03T01:00:00.000Z',
          source: 'ibmcloud',
          principal: null,
          event: 'iam-identity.account-settings.update',
          object_type: 'account-settings',
          object_name: 'settings',
          changes: JSON.stringify(MFA),
          id: id(9, 'ibmcloud', '20260303T01'),
        },
      ],
      'by-whom': [
        {
          source: 'ibmcloud',
          principal: 'eve',
          event: 'user-management.user.invite',
          times: 2,
          last_time: '2026-03-02T12:01:00.000Z',
        },
        {
          source: 'cloudone',
          principal: 'ada',
          event: 'audit.api-key-created.v1',
          times: 1,
          last_time: '2026-03-02T10:00:00.000Z',
        },
        {
          source: 'ibmcloud',
          principal: 'eve',
          event: 'iam-identity.user-apikey.create',
          times: 1,
          last_time: '2026-03-02T11:00:00.000Z',
        },
        {
          source: 'ibmcloud',
          principal: 'eve',
          event: 'user-management.user.delete',
          times: 1,
          last_time: '2026-03-02T13:00:00.000Z',
        },
        {
          source: 'ibmcloud',
          principal: null,
          event: 'iam-identity.account-settings.update',
          times: 1,
          last_time: '2026-03-03T01:00:00.000Z',
        },
      ],
      'from-where': [
        {
          source_ip: '198.51.100.7',
          source: 'appdynamics',
          events: 2,
          principals: 1,
          failures: 1,
          last_time: '2026-03-02T00:00:00.000Z',
        },
        {
          source_ip: '192.0.2.1',
          source: 'cloudone',
          events: 1,
          principals: 1,
          failures: 0,
          last_time: '2026-03-01T08:00:00.000Z',
        },
        {
          source_ip: '192.0.2.1',
          source: 'ibmcloud',
          events: 1,
          principals: 1,
          failures: 0,
          last_time: '2026-03-03T02:00:00.000Z',
        },
        {
          source_ip: '192.0.2.2',
          source: 'cloudone',
          events: 1,
          principals: 1,
          failures: 0,
          last_time: '2026-03-01T23:59:00.000Z',
        },
      ],
      'api-keys': [
        {
          time: '2026-03-02T10:00:00.000Z',
          source: 'cloudone',
          principal: 'ada',
          object_name: 'pipeline',
          object_id: 'k1',
          event: 'audit.api-key-created.v1',
          source_ip: null,
          id: id(4, 'cloudone', '20260302T10'),
        },
      ],
      people: [
        {
          time: '2026-03-02T13:00:00.000Z',
          source: 'ibmcloud',
          event: 'user-management.user.delete',
          activity: 'Delete',
          principal: 'eve',
          object_name: 'old@example.com',
          object_id: 'u2',
          outcome: 'Pending',
          id: id(8, 'ibmcloud', '20260302T13'),
        },
        {
          time: '2026-03-02T12:01:00.000Z',
          source: 'ibmcloud',
          event: 'user-management.user.invite',
          activity: 'Other',
          principal: 'eve',
          object_name: 'new@example.com',
          object_id: 'u1',
          outcome: 'Success',
          id: id(7, 'ibmcloud', '20260302T12'),
        },
        {
          time: '2026-03-02T12:00:00.000Z',
          source: 'ibmcloud',
          event: 'user-management.user.invite',
          activity: 'Other',
          principal: 'eve',
          object_name: 'new@example.com',
          object_id: 'u1',
          outcome: 'Pending',
          id: id(6, 'ibmcloud', '20260302T12'),
        },
      ],
      'by-day': [
        { day: '2026-03-01', source: 'appdynamics', events: 1, principals: 1, failures: 1 },
        { day: '2026-03-01', source: 'cloudone', events: 2, principals: 1, failures: 0 },
        { day: '2026-03-02', source: 'appdynamics', events: 1, principals: 1, failures: 0 },
        { day: '2026-03-02', source: 'cloudone', events: 1, principals: 1, failures: 0 },
        { day: '2026-03-02', source: 'ibmcloud', events: 4, principals: 1, failures: 1 },
        { day: '2026-03-03', source: 'ibmcloud', events: 2, principals: 1, failures: 0 },
      ],
      pending: [
        {
          time: '2026-03-02T13:00:00.000Z',
          source: 'ibmcloud',
          event: 'user-management.user.delete',
          principal: 'eve',
          object_name: 'old@example.com',
          correlation_id: 'c2',
          id: id(8, 'ibmcloud', '20260302T13'),
        },
      ],
    });
    expect(plainAnswers(tell(TOLD))).toEqual(answers);
  });

  test('have the same answers in SQL and without, whatever happened', async () => {
    const word = fc.constantFrom('ada', 'bob', 'eve');
    const told = fc.record<Told>(
      {
        source: fc.constantFrom(...AUDIT_SOURCES),
        at: fc.constantFrom('2026-03-01T00:00', '2026-03-01T23:59', '2026-03-02T00:00', '2026-03-04T12:00'),
        className: fc.constantFrom(...(Object.keys(OCSF_CLASSES) as OcsfClassName[])),
        activity: fc.constantFrom('Logon', 'Create', 'Read', 'Update', 'Delete'),
        event: fc.constantFrom('LOGIN', 'x.apikey.create', 'user.invite', 'audit.api-key-created.v1'),
        principal: word,
        ip: fc.constantFrom('192.0.2.1', '2001:db8::1'),
        outcome: fc.constantFrom('Success', 'Failure', 'Pending'),
        attention: fc.constantFrom('look', "don't; --"),
        object: fc.tuple(fc.constantFrom('API_KEY', 'user'), word, word),
        changes: fc.constant(MFA),
        correlation: fc.constantFrom('c1', 'c2'),
      },
      { requiredKeys: ['source', 'at', 'className', 'activity', 'event'] },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 30 }), async (some) => {
        run += 1;
        const events = tell(some);
        expect(await answersOf(events, join(folder, String(run)))).toEqual(plainAnswers(events));
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test('have the answers that one expects of records as the vendors write them', async () => {
    const events = RAW.map(toOcsf);
    expect(events.filter((event) => !isKnown(event))).toEqual([]);
    const answers = await answersOf(events);
    const told = (name: string, ...columns: readonly string[]) =>
      (answers[name] as readonly Record<string, unknown>[]).map((row) => columns.map((each) => row[each]));

    expect(told('look-first', 'event', 'principal', 'attention')).toEqual([
      ['audit.apiKey_created.v1', null, expect.stringMatching(/^An API key with full access was created/)],
      ['iam-identity.accountsettings.update', EVE, 'Multifactor authentication was switched off.'],
      ['user-management.user.invite', EVE, 'A user was invited to the account.'],
      ['LOGIN_FAILED', 'bob', 'A sign-in failed.'],
    ]);
    expect(told('sign-ins', 'source', 'principal', 'sign_ins', 'addresses')).toEqual([
      ['cloudone', 'ada@example.com', 1, 1],
    ]);
    expect(told('failures', 'event', 'principal')).toEqual([['LOGIN_FAILED', 'bob']]);
    expect(told('changes', 'event', 'principal', 'object_type', 'changes')).toEqual([
      [
        'iam-identity.accountsettings.update',
        EVE,
        'iam-identity/account',
        expect.stringMatching(/LEVEL2.*NONE/),
      ],
    ]);
    expect(told('by-whom', 'source', 'principal', 'event', 'times')).toEqual([
      ['ibmcloud', EVE, 'user-management.user.delete', 3],
      ['cloudone', null, 'audit.apiKey_created.v1', 1],
      ['ibmcloud', EVE, 'iam-groups.member.delete', 1],
      ['ibmcloud', EVE, 'iam-identity.accountsettings.update', 1],
      ['ibmcloud', EVE, 'user-management.user.invite', 1],
    ]);
    expect(told('from-where', 'source_ip', 'source', 'events', 'principals', 'failures')).toEqual([
      ['192.0.2.9', 'ibmcloud', 6, 1, 0],
      ['192.0.2.1', 'cloudone', 1, 1, 0],
    ]);
    expect(told('api-keys', 'event', 'object_name', 'object_id')).toEqual([
      ['audit.apiKey_created.v1', 'ci', urn('apikey/2bZ9')],
    ]);
    expect(told('people', 'event', 'object_id', 'object_name', 'outcome')).toEqual([
      ['user-management.user.delete', 'IBMid-8', 'IBMid-8', 'Pending'],
      ['user-management.user.delete', 'IBMid-7', 'IBMid-7', 'Success'],
      ['user-management.user.delete', 'IBMid-7', 'IBMid-7', 'Pending'],
      ['user-management.user.invite', null, 'new@example.com', 'Pending'],
    ]);
    expect(told('by-day', 'day', 'source', 'events', 'principals', 'failures')).toEqual([
      ['2026-03-01', 'appdynamics', 1, 1, 1],
      ['2026-03-01', 'cloudone', 3, 1, 0],
      ['2026-03-01', 'ibmcloud', 6, 1, 0],
    ]);
    // One has no correlation id, and has ended; one has an id that another action has, too, and has not.
    expect(told('pending', 'time', 'event', 'principal')).toEqual([
      ['2026-03-01T16:00:00.000Z', 'user-management.user.delete', EVE],
      ['2026-03-01T13:00:00.000Z', 'user-management.user.invite', EVE],
    ]);
    const unended = [];
    for await (const { kind, event } of pairActions(inTurn(events))) {
      unended.push(...(kind === 'unended' ? [new Date(event.time).toISOString()] : []));
    }
    expect(told('pending', 'time').flat().toReversed()).toEqual(unended);
    expect(plainAnswers(events)).toEqual(answers);
  });
});

async function* inTurn(events: readonly OcsfEvent[]) {
  yield* events;
}

const EVE = 'eve@example.com';

function urn(resource: string): string {
  return `urn:cloudone:identity:us-1:900000000001:${resource}`;
}

/** Oldest first, each as its vendor's documentation has it. */
const RAW: readonly ArchivedRecord[] = [
  cloudOne('10:00', 'audit.user-signed-in.v1', 'user/ada', {
    email: 'ada@example.com',
    sourceIPAddress: '192.0.2.1',
  }),
  cloudOne('11:00', 'audit.user-signed-out.v1', 'user/ada', 'The authentication token was revoked.'),
  cloudOne('12:00', 'audit.apiKey_created.v1', 'apikey/2bZ9', { alias: 'ci', roleID: 'full-access' }),
  raw('appdynamics', '12:30', {
    timeStamp: Date.parse('2026-03-01T12:30Z'),
    auditDateTime: '2026-03-01T12:30:00.000+0000',
    accountName: 'acme',
    securityProviderType: 'INTERNAL',
    userName: 'bob',
    action: 'LOGIN_FAILED',
    objectId: 0,
  }),
  ibm('13:00', 'user-management.user.invite', 'pending', 'new@example.com'),
  ibm('14:00', 'iam-identity.accountsettings.update', 'success', 'acme', {
    target: { id: 'crn:v1:x', name: 'acme', typeURI: 'iam-identity/account' },
    requestData: { request_body: { old_mfa_traits: 'LEVEL2', new_mfa_traits: 'NONE' } },
  }),
  ibm('15:00', 'user-management.user.delete', 'pending', 'IBMid-7'),
  ibm('15:01', 'user-management.user.delete', 'success', 'IBMid-7'),
  ibm('16:00', 'user-management.user.delete', 'pending', 'IBMid-8', { correlationId: 'c1' }),
  ibm('16:01', 'iam-groups.member.delete', 'success', 'IBMid-8', { correlationId: 'c1' }),
];

function cloudOne(at: string, type: string, principal: string, details: unknown): ArchivedRecord {
  const time = `2026-03-01T${at}:00Z`;
  const principalURN = urn(principal);
  return raw('cloudone', at, {
    id: at,
    time,
    event: type,
    type,
    principalURN,
    accountID: '900000000001',
    details,
  });
}

function ibm(at: string, action: string, outcome: string, name: string, more: object = {}): ArchivedRecord {
  return raw('ibmcloud', at, {
    action,
    outcome,
    eventTime: `2026-03-01T${at}:00.00+0000`,
    severity: 'normal',
    message: action,
    initiator: {
      id: 'IBMid-1',
      name: EVE,
      typeURI: 'service/security/account/user',
      host: { address: '192.0.2.9' },
    },
    target: { id: 'crn:v1:x', name, typeURI: 'user-management/user' },
    ...more,
  });
}

function raw(source: (typeof AUDIT_SOURCES)[number], at: string, record: object): ArchivedRecord {
  const time = Date.parse(`2026-03-01T${at}Z`);
  const text = JSON.stringify(record);
  return {
    id: `${source}.${archiveHour(time)}.${createHash('sha256').update(text).digest('hex').slice(0, 32)}`,
    time,
    collectedAt: '2026-03-01T20:00:00.000Z',
    record: text,
  };
}

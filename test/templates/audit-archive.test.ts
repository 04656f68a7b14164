import { describe, expect, test } from 'vitest';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import type { Values } from '../../rehearsal/template.ts';
import { permissionTests } from './audit-archive/permissions.ts';
import { queryTests } from './audit-archive/queries.ts';
import { consoleTests } from './cloud-one/console.ts';
import { snapshotTests } from './cloud-one/snapshot.ts';
import { dashboardTests } from './dashboard.ts';
import { deploy } from './deployment.ts';
import { violations } from './rule-violations.ts';
import { synthesizeAll } from './synthesis.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  property,
  type Resource,
  referencesIn,
  resourcesOf,
  type Template,
} from './template.ts';

const template = new Map(await synthesizeAll()).get('AuditArchive') as Template;

const CLOUD_ONE = { CloudOneApiKey: 'id:secret' };
const APP_DYNAMICS = {
  AppDynamicsControllerUrl: 'https://example.saas.appdynamics.com',
  AppDynamicsPrincipal: 'auditor@example',
  AppDynamicsCredential: 'password',
};
const IBM_CLOUD = {
  IbmCloudBucketName: 'activity-tracking',
  IbmCloudBucketRegion: 'eu-de',
  IbmCloudHmacKey: 'id:secret',
};
const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;

describe('Athena', () => queryTests(template));
describe('permissions', () => permissionTests(template));
describe('in the CloudFormation console', () => consoleTests(template));

describe('logical ids', () => {
  // A changed one would make another archive beside the one that is retained.
  test.each([
    ['AWS::S3::Bucket', ['DerivedBucket8588D11C', 'RawAccessLogs13870C09', 'RawBucket672A0DBB']],
    ['AWS::KMS::Key', ['Key961B73FD', 'RawKey9F610D0B']],
    ['AWS::DynamoDB::Table', ['TableCD117FA1']],
    ['AWS::SQS::Queue', ['UndeliveredCalls20239329']],
    ['AWS::SNS::Topic', ['AlarmsTopic3A2DFEBA']],
    [
      'AWS::SecretsManager::Secret',
      ['AppDynamicsCredentialSecret', 'CloudOneApiKeySecret', 'IbmCloudHmacKeySecret'],
    ],
    ['Custom::DerivedBucketTeardown', ['DerivedBucketTeardown']],
    ['Custom::SourceProbe', ['AppDynamicsProbe', 'CloudOneProbe', 'IbmCloudProbe']],
    ['Custom::ReportCheck', ['ReportCheck']],
  ])('%s: %j', (type, ids) => {
    expect(
      resourcesOf(template, type)
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(ids);
  });
});

describe('rules', () => {
  test.each<[string, Values]>([
    ['no source, to query what is there', {}],
    ['one source', CLOUD_ONE],
    ['every source', { ...CLOUD_ONE, ...APP_DYNAMICS, ...IBM_CLOUD }],
    ['an API key by ARN', { CloudOneApiKeySecretArn: secret('key') }],
    ['CloudTrail beside it', { CloudTrailBucketName: 'trail', CloudTrailKeyPrefix: 'logs/' }],
  ])('%s: accepted', (_case, given) => {
    expect(violations(template, given)).toEqual([]);
  });

  test.each<[string, Values, readonly RegExp[]]>([
    [
      'a controller only',
      { AppDynamicsControllerUrl: APP_DYNAMICS.AppDynamicsControllerUrl },
      [/Principal/, /Credential/],
    ],
    [
      'a credential only',
      { AppDynamicsCredential: 'password' },
      [/AppDynamicsControllerUrl too/, /Principal/],
    ],
    ['an IBM Cloud bucket only', { IbmCloudBucketName: 'logs' }, [/IbmCloudBucketRegion/, /IbmCloudHmacKey/]],
    [
      'an HMAC key only',
      { IbmCloudHmacKey: 'id:secret' },
      [/IbmCloudBucketName too/, /IbmCloudBucketRegion/],
    ],
    ['a key in both forms', { ...CLOUD_ONE, CloudOneApiKeySecretArn: secret('key') }, [/not both/]],
    [
      'one secret for two credentials',
      {
        CloudOneApiKeySecretArn: secret('a'),
        ...IBM_CLOUD,
        IbmCloudHmacKey: '',
        IbmCloudHmacKeySecretArn: secret('a'),
      },
      [/name the same secret/],
    ],
    [
      'an organization without a bucket',
      { CloudTrailOrganizationId: 'o-a1b2c3d4e5' },
      [/CloudTrailBucketName/],
    ],
    [
      'a key of secrets without secrets',
      { ...CLOUD_ONE, SecretsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1234' },
      [/SecretsKeyArn/],
    ],
  ])('%s: refused', (_case, given, complaints) => {
    const found = violations(template, given);

    expect(found).toHaveLength(complaints.length);
    for (const [index, complaint] of complaints.entries()) {
      expect(found[index]).toMatch(complaint);
    }
  });
});

describe('patterns', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'AppDynamicsControllerUrl',
      ['', 'https://a.saas.appdynamics.com', 'https://controller:8181/', 'https://10.0.0.1'],
      [
        'http://a.saas.appdynamics.com',
        'https://a/controller',
        'https://',
        'https://a b',
        'https://user@host',
      ],
    ],
    [
      'AppDynamicsPrincipal',
      ['', 'user@account', 'user@example.com@account'],
      ['user', 'a b@c', 'a:b@c', '@c'],
    ],
    ['AppDynamicsInclude', ['[]', '["action:LOGIN"]'], ['', '{}', 'action:LOGIN']],
    ['IbmCloudBucketName', ['', 'abc', 'my.logs-1'], ['ab', 'My-logs', '-abc', 'a_b_c']],
    ['IbmCloudBucketRegion', ['', 'eu-de', 'us', 'ams03'], ['EU-DE', 'e', 'eu_de']],
    ['IbmCloudHmacKey', ['', 'id:secret'], ['id', 'id:', ':secret', 'i d:x']],
    ['ObjectLockRetentionDays', ['1', '365', '9999', '36500'], ['', '0', '01', '36501', '1.5', '-1']],
    ['ColdStorageAfterDays', ['0', '90', '3650'], ['', '3651', '-1', '1.5']],
    ['CloudTrailOrganizationId', ['', 'o-a1b2c3d4e5'], ['a1b2c3d4e5', 'o-', 'o-A1B2C3D4E5']],
    [
      'CloudTrailAccountIds',
      ['', '111122223333', '111122223333,444455556666'],
      ['1111', '111122223333,', '111122223333, 444455556666'],
    ],
    [
      'QueriesFirstDay',
      ['2022-01-01', '2013-11-13', '2099-12-31'],
      ['', '2000-01-01', '20220101', '2022-13-01', '2022-01-32', '2022-1-1'],
    ],
    [
      'RawRecordsAdministratorArn',
      [
        '',
        'arn:aws:iam::111122223333:root',
        'arn:aws:iam::111122223333:role/path/auditor',
        'arn:aws-us-gov:iam::111122223333:user/a.b@c',
      ],
      [
        '*',
        'arn:aws:iam::111122223333:role/*',
        'arn:aws:iam::111122223333:rolex',
        'arn:aws:sts::111122223333:assumed-role/a/b',
        'arn:aws:iam::aws:role/a',
      ],
    ],
    ['CloudTrailRegions', ['us-east-1', 'us-east-1,eu-west-1', 'us-gov-west-1'], ['', '*', 'us-east-1,']],
  ])('%s takes what it should', (name, matching, other) => {
    const takes = (text: string) =>
      new RegExp(template.Parameters[name]?.AllowedPattern ?? 'none').test(text);

    expect(matching.filter((text) => !takes(text))).toEqual([]);
    expect(other.filter(takes)).toEqual([]);
  });
});

describe('what exists', () => {
  const SOURCES: readonly [string, Values, RegExp][] = [
    ['Cloud One', CLOUD_ONE, /^CloudOne(Probe)?(\/|ApiKeySecret)/],
    ['AppDynamics', APP_DYNAMICS, /^AppDynamics(Probe)?(\/|CredentialSecret)/],
    ['IBM Cloud', IBM_CLOUD, /^IbmCloud(Probe)?(\/|HmacKeySecret)/],
    ['reports', { AuditReports: '[{}]' }, /^Reports\//],
    [
      'CloudTrail',
      { CloudTrailBucketName: 'trail' },
      /^Queries\/(CloudtrailLogs|CloudtrailEvents|AllEvents)$/,
    ],
    ['an address', { AlarmEmail: 'security@example.com' }, /^Alarms\/Email$/],
  ];
  const pathsUnder = (given: Values) => Object.values(deploy(template, given).Resources).map(pathOf);

  test.each(SOURCES)('%s: all of it where it is given, nothing where not', (_name, given, own) => {
    const all = Object.values(template.Resources).map(pathOf);

    expect(all.filter((path) => own.test(path))).not.toEqual([]);
    expect(pathsUnder(given).filter((path) => own.test(path))).toEqual(all.filter((path) => own.test(path)));
    expect(pathsUnder({}).filter((path) => own.test(path))).toEqual([]);
  });

  test.each([{}, ...SOURCES.map(([, given]) => given), { CloudOneApiKeySecretArn: secret('key') }])(
    '%j: refers to nothing that does not',
    (given) => {
      const { Resources, Outputs } = deploy(template, given);
      const known = (name: string) =>
        name.startsWith('AWS::') ||
        Object.hasOwn(Resources, name) ||
        Object.hasOwn(template.Parameters, name);

      for (const [id, value] of [...Object.entries(Resources), ...Object.entries(Outputs)]) {
        expect({ [id]: [...referencesIn(value)].filter((name) => !known(name)) }).toEqual({ [id]: [] });
        const waitsFor = listOf((value as Resource).DependsOn);
        expect({ [id]: waitsFor.filter((name) => !known(name)) }).toEqual({ [id]: [] });
      }
    },
  );
});

describe('the raw bucket', () => {
  const { RawBucket672A0DBB: bucket, RawKey9F610D0B: key } = template.Resources;

  test('is versioned and locked, by the parameters', () => {
    expect(bucket?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: {
          DefaultRetention: { Mode: { Ref: 'ObjectLockMode' }, Days: { Ref: 'ObjectLockRetentionDays' } },
        },
      },
    });
  });

  test('outlives the stack with its policy, its key and its access logs, and goes when a creation fails', () => {
    const retained = Object.entries(template.Resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy === 'RetainExceptOnCreate',
    );

    expect(retained.map(([id]) => id).toSorted()).toEqual([
      'RawAccessLogs13870C09',
      'RawAccessLogsPolicy40602CC9',
      'RawBucket672A0DBB',
      'RawBucketPolicy7F2892FE',
      'RawKey9F610D0B',
    ]);
    expect(retained.map(([, { UpdateReplacePolicy }]) => UpdateReplacePolicy)).toEqual(
      Array(5).fill('Retain'),
    );
    expect(property(key, 'EnableKeyRotation')).toBe(true);
    expect([...referencesIn(property(bucket, 'BucketEncryption'))]).toEqual(['RawKey9F610D0B']);
  });

  test('moves to colder storage what pays there, or nothing, and expires nothing', () => {
    const rules = (given: Values) =>
      property<{ Rules: object[] }>(
        deploy(template, given).Resources.RawBucket672A0DBB,
        'LifecycleConfiguration',
      ).Rules;

    expect(rules({})).toContainEqual(
      expect.objectContaining({
        ObjectSizeGreaterThan: '131071',
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: { Ref: 'ColdStorageAfterDays' } }],
      }),
    );
    expect(rules({ ColdStorageAfterDays: '0' })).toHaveLength(1);
    expect(JSON.stringify(rules({}))).not.toContain('Expiration');
  });

  test('no function deletes from it, or does anything about retention', () => {
    for (const [id, role] of resourcesOf(template, 'AWS::IAM::Role')) {
      for (const { Action, Resource: on } of permissionsOf(role)) {
        const actions = listOf(Action).filter((action) =>
          /Delete|Retention|Bypass|LegalHold|ObjectLock/.test(action),
        );
        const onRaw = actions.length > 0 && referencesIn(on).has('RawBucket672A0DBB');
        expect({ [id]: onRaw ? actions : [] }).toEqual({ [id]: [] });
      }
    }
  });

  test('is written to only when everything else stands that always does', () => {
    const collecting = resourcesOf(template, 'AWS::Events::Rule').filter(([, { Condition }]) =>
      /^With(CloudOne|AppDynamics|IbmCloud)$/.test(Condition ?? ''),
    );
    expect(collecting).toHaveLength(3);
    for (const [, rule] of collecting) {
      expect(listOf(rule.DependsOn)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^DerivationSchedule/),
          expect.stringMatching(/^QueriesWorkGroup/),
        ]),
      );
    }
  });

  test('is written to by nobody before every source that is on, and the reports, are proven', () => {
    const schedules = resourcesOf(template, 'AWS::Events::Rule');
    const writing = schedules.filter(([, { Condition }]) => Condition !== undefined);

    // The derivation, which writes elsewhere, is the one that always exists.
    expect([writing.length, schedules.length]).toEqual([4, 5]);
    for (const [id, rule] of writing) {
      expect({ [id]: listOf(rule.DependsOn) }).toEqual({ [id]: expect.arrayContaining(['ReportCheck']) });
    }
    const proofsBefore = (given: Values) =>
      [...referencesIn(deploy(template, given).Resources.ReportCheck)].filter((name) =>
        name.endsWith('Probe'),
      );
    expect(proofsBefore({})).toEqual([]);
    expect(proofsBefore(CLOUD_ONE)).toEqual(['CloudOneProbe']);
    expect(proofsBefore({ ...CLOUD_ONE, ...APP_DYNAMICS, ...IBM_CLOUD })).toHaveLength(3);
  });
});

describe('a proof', () => {
  const probe = (name: string, given: Values) =>
    deploy(template, given).Resources[`${name}Probe`]?.Properties ?? {};

  test('asks with what the collector asks with', () => {
    const given = { ...CLOUD_ONE, ...APP_DYNAMICS, ...IBM_CLOUD };
    const { Resources } = deploy(template, given);
    for (const name of ['CloudOne', 'AppDynamics', 'IbmCloud']) {
      const [, collector] =
        resourcesOf({ ...template, Resources }, 'AWS::Lambda::Function').find(
          ([, each]) => pathOf(each) === `${name}/Function/Function`,
        ) ?? [];
      const variables = property<{ Variables: Record<string, unknown> }>(collector, 'Environment').Variables;
      const ofParameters = [...referencesIn(variables)].filter((each) =>
        /^(CloudOne|AppDynamics|IbmCloud)/.test(each),
      );
      expect([...referencesIn(probe(name, given))]).toEqual(expect.arrayContaining(ofParameters));
      expect(ofParameters.length).toBeGreaterThan(1);
    }
  });

  test('is made again with another Revision, and with another credential where its id tells', () => {
    for (const name of ['CloudOne', 'AppDynamics', 'IbmCloud']) {
      expect(template.Resources[`${name}Probe`]?.Properties).toMatchObject({ Revision: { Ref: 'Revision' } });
    }
    const id = (parameter: string) => ({ 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: parameter }] }] });
    expect(probe('CloudOne', CLOUD_ONE).CredentialId).toEqual(id('CloudOneApiKey'));
    expect(probe('IbmCloud', IBM_CLOUD).CredentialId).toEqual(id('IbmCloudHmacKey'));
    expect(probe('CloudOne', { CloudOneApiKeySecretArn: secret('key') })).toMatchObject({
      CredentialId: '',
      GivenSecretArn: { Ref: 'CloudOneApiKeySecretArn' },
    });
  });

  test('may read its source’s secret, and nothing else', () => {
    for (const name of ['CloudOne', 'AppDynamics', 'IbmCloud']) {
      const [, role] =
        resourcesOf(template, 'AWS::IAM::Role').find(
          ([, each]) => pathOf(each) === `${name}Probe/Handler/Role`,
        ) ?? [];
      const actions = permissionsOf(role as Resource).flatMap(({ Action }) => listOf(Action));
      expect(actions.toSorted()).toEqual([
        'kms:Decrypt',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'secretsmanager:GetSecretValue',
      ]);
    }
  });
});

describe('on the dashboard', () =>
  dashboardTests(template, {
    metrics: Object.values(ARCHIVE_METRICS),
    deployments: [{}, CLOUD_ONE, { ...CLOUD_ONE, ...APP_DYNAMICS, ...IBM_CLOUD, AuditReports: '[{}]' }],
  }));

describe('snapshot', () => snapshotTests(template));

test('mail goes out as the one address only', () => {
  const rolesUnder = (given: Values) =>
    resourcesOf(deploy(template, { AuditReports: '[{}]', ...given }), 'AWS::IAM::Role');
  const mailing = (given: Values) =>
    rolesUnder(given).flatMap(([, role]) =>
      permissionsOf(role).filter(({ Action }) => listOf(Action).includes('ses:SendEmail')),
    );

  expect(mailing({ ReportMailFrom: 'audit@example.com' })).toEqual([
    expect.objectContaining({
      Condition: { StringEquals: { 'ses:FromAddress': { Ref: 'ReportMailFrom' } } },
    }),
  ]);
  expect(JSON.stringify(mailing({}))).toContain('trailbridge-mails-nothing');
});

test('tables and views: of each class, and of CloudTrail where it is given', () => {
  const names = (given: Values) =>
    resourcesOf(deploy(template, given), 'AWS::Glue::Table').map(
      ([, table]) => property<{ Name: string }>(table, 'TableInput').Name,
    );

  // Two a class, and the view over them.
  expect(names({})).toHaveLength(13);
  expect(names({ CloudTrailBucketName: 'trail' })).toEqual(
    expect.arrayContaining(['audit_events', 'cloudtrail_logs', 'cloudtrail_events', 'all_events']),
  );
  const [[, workGroup] = []] = resourcesOf(template, 'AWS::Athena::WorkGroup');
  expect(property(workGroup, 'WorkGroupConfiguration')).toMatchObject({
    EnforceWorkGroupConfiguration: true,
    EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
    BytesScannedCutoffPerQuery: 100_000_000_000,
    ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
  });
});

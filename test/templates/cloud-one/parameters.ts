import { expect, test } from 'vitest';
import type { Parameter, Template } from '../template.ts';

/** The template's contract with whoever has scripted a deployment. A parameter without a default is required. */
const EXPECTED: Readonly<Record<string, Pick<Parameter, 'Default' | 'AllowedValues' | 'NoEcho'>>> = {
  CloudOneApiKey: { Default: '', NoEcho: true },
  CloudOneApiKeySecretArn: { Default: '' },
  VisionOneServiceToken: { Default: '', NoEcho: true },
  VisionOneServiceTokenSecretArn: { Default: '' },
  VisionOneApiKey: { Default: '', NoEcho: true },
  VisionOneApiKeySecretArn: { Default: '' },
  VisionOneRegion: { Default: 'us', AllowedValues: ['us', 'eu', 'au', 'in', 'sg', 'jp'] },
  CreateNewTrail: { Default: 'false', AllowedValues: ['true', 'false'] },
  ExistingCloudtrailBucketName: { Default: '' },
  CloudtrailBucketRegion: { Default: '' },
  CloudtrailBucketAccountId: { Default: '' },
  ForwardingDestination: { Default: 'CloudOne', AllowedValues: ['CloudOne', 'VisionOne', 'VendorClient'] },
  VisionOneIngestUrl: { Default: '' },
  VisionOneIngestToken: { Default: '', NoEcho: true },
  VisionOneIngestTokenSecretArn: { Default: '' },
  ForwardingFilter: { Default: '' },
  SecretsKeyArn: { Default: '' },
  CloudOneAccountTemplateUrl: { Default: '' },
  WorkloadSecurityAccountId: { Default: '147995105371' },
  TrailKeyArn: { Default: '' },
  BackfillDays: { Default: '0' },
  RepairNotifications: { Default: 'false', AllowedValues: ['false', 'true'] },
  LogBucketOnDelete: { Default: 'Delete', AllowedValues: ['Delete', 'Retain'] },
  OnVendorDeleteFailure: { Default: 'Fail', AllowedValues: ['Fail', 'Continue'] },
  Revision: { Default: '1' },
  PermissionsBoundaryArn: { Default: '' },
  AlarmEmail: { Default: '' },
  AlarmAfterQuietHours: { Default: '3', AllowedValues: ['1', '3', '6', '12', '24'] },
};

/** Any value will do. */
const FREE = ['Revision'];

const TOKEN = {
  matching: ['', 'x', 'eyJhbGciOi.eyJzdWIi.c2ln', 'a:b/c+d=='],
  other: ['a b', ' token', 'token ', 'to\nken', '\t'],
};

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret';
const SECRET_ARN = {
  matching: [
    '',
    `${SECRET}:trend/cloud-one-AbCdEf`,
    `${SECRET}:a-000000`,
    `${SECRET}:with_every+char=of.a@name-x9Y8z7`,
    `${SECRET}:rds!cluster-0a1b2c3d-AbCdEf`,
    'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:key-AbCdEf',
  ],
  other: [
    // A policy would match none of these: a name, the ARN without its suffix, a wildcard.
    'trend/cloud-one',
    `${SECRET}:trend`,
    `${SECRET}:trend-AbCd`,
    `${SECRET}:*`,
    `${SECRET}:trend-??????`,
    `${SECRET}:-AbCdEf`,
    // What a dynamic reference takes behind an ARN.
    `${SECRET}:trend-AbCdEf:SecretString:key::`,
    `{{resolve:secretsmanager:${SECRET}:trend-AbCdEf}}`,
    `${SECRET}:two words-AbCdEf`,
    ` ${SECRET}:trend-AbCdEf`,
    'arn:aws:secretsmanager:us-east-1:1111:secret:trend-AbCdEf',
    'arn:aws:ssm:us-east-1:111122223333:parameter/trend-AbCdEf',
    'arn:aws:kms:us-east-1:111122223333:key/1234abcd',
    'id:secret',
  ],
};

const KEY_ARN = {
  matching: [
    '',
    'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
  ],
  other: [
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws:kms:us-east-1:111122223333:alias/trail',
    'arn:aws:kms:us-east-1:1111:key/1234abcd',
    'arn:aws:s3:::key/1234abcd',
    'arn:aws:kms:us-east-1:111122223333:key/*',
  ],
};

const PATTERNS: Readonly<
  Record<string, { readonly matching: readonly string[]; readonly other: readonly string[] }>
> = {
  CloudOneApiKey: {
    matching: ['', 'id:secret', 'tmc123:5wMx/+=', 'a:b:c'],
    other: [':', 'id:', ':secret', 'secret', 'id secret:x', 'id:sec ret', ' id:secret', 'id:secret '],
  },
  CloudOneApiKeySecretArn: SECRET_ARN,
  VisionOneServiceToken: TOKEN,
  VisionOneServiceTokenSecretArn: SECRET_ARN,
  VisionOneApiKey: TOKEN,
  VisionOneApiKeySecretArn: SECRET_ARN,
  VisionOneIngestToken: TOKEN,
  VisionOneIngestTokenSecretArn: SECRET_ARN,
  ForwardingFilter: {
    matching: ['', ' ', '[]', ' [ ]\n', '[{"drop":{"readOnly":true}}]', '[\n{"keep":{}},\n{}\n]\n'],
    other: ['{}', 'drop', '[', ']', '[]x', 'x[]', '[{}', `${'[]'.repeat(2000)}x`],
  },
  ExistingCloudtrailBucketName: {
    matching: [
      '',
      'a',
      '7',
      'logs',
      'my-logs',
      'My-Logs-2',
      'a--b',
      'aws-cloudtrail-logs-111122223333-0a1b2c3d',
    ],
    other: [
      '-',
      '-logs',
      'logs-',
      '-logs-',
      // A pattern that backtracks would take years over it.
      `${'a'.repeat(62)}-`,
      'my_logs',
      'my.logs',
      'my logs',
      's3://logs',
      'logs/',
      'lögs',
      ' ',
    ],
  },
  VisionOneIngestUrl: {
    matching: [
      '',
      'https://xlogr-eu.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw',
      'https://xlogr-jp.xdr.trendmicro.co.jp/',
    ],
    other: [
      'http://xlogr-eu.xdr.trendmicro.com/ingest',
      'https://xlogr-eu.xdr.trendmicro.com',
      'https://xdr.trendmicro.com.example.com/ingest',
      'https://example.com/.xdr.trendmicro.com/ingest',
      'https://user@xlogr-eu.xdr.trendmicro.com/',
      'https://xlogr-eu.xdr.trendmicro.com/in gest',
      ' https://xlogr-eu.xdr.trendmicro.com/',
    ],
  },
  CloudOneAccountTemplateUrl: {
    matching: ['', 'https://bucket.s3.amazonaws.com/key.template', 'http://127.0.0.1:4566/bucket/key'],
    other: ['s3://bucket/key', 'https://', 'bucket/key', 'https://a b'],
  },
  BackfillDays: {
    matching: ['0', '7', '10', '365', '999', '1000', '2999', '3599', '3649', '3650'],
    other: ['', '-1', '00', '07', '1.5', '1e3', '3651', '3660', '3700', '4000', '10000', ' 1', 'all'],
  },
  CloudtrailBucketRegion: {
    matching: ['', 'eu-west-1', 'ap-southeast-2', 'us-gov-west-1', 'me-central-1'],
    other: ['eu', 'eu-west', 'EU-WEST-1', 'eu-west-1a', 'eu-west-*', ' eu-west-1', 'eu-west-1 '],
  },
  CloudtrailBucketAccountId: {
    matching: ['', '123456789012'],
    other: ['12345678901', '1234567890123', '1234-5678-9012', '*', ' 123456789012'],
  },
  TrailKeyArn: KEY_ARN,
  SecretsKeyArn: KEY_ARN,
  PermissionsBoundaryArn: {
    matching: [
      '',
      'arn:aws:iam::111122223333:policy/Boundary',
      'arn:aws:iam::111122223333:policy/teams/security/boundary_1+=,.@-',
      'arn:aws:iam::aws:policy/PowerUserAccess',
      'arn:aws-us-gov:iam::111122223333:policy/Boundary',
    ],
    other: [
      'Boundary',
      'arn:aws:iam::111122223333:role/Boundary',
      'arn:aws:iam::1111:policy/Boundary',
      'arn:aws:iam::111122223333:policy/',
      'arn:aws:iam::111122223333:policy/*',
      'arn:aws:iam::111122223333:policy/a b',
      ' arn:aws:iam::111122223333:policy/Boundary',
    ],
  },
  AlarmEmail: {
    matching: ['', 'security@example.com', 'first.last+alarms@mail.example.co.jp', 'ö@exämple.de'],
    other: [
      'security',
      'security@',
      '@example.com',
      'security@example',
      'a@example.com, b@example.com',
      'a@b@example.com',
      'security@example.com ',
      // A pattern that backtracks would take years over it.
      `a@${'.'.repeat(300)} `,
    ],
  },
  WorkloadSecurityAccountId: {
    matching: ['147995105371', '000000000000'],
    other: ['', '14799510537', '1479951053711', '14799510537a', ' 147995105371', '1479-9510-5371'],
  },
};

export function parameterTests(template: Template): void {
  test('names, defaults, allowed values, and which are secret', () => {
    const declared = Object.entries(template.Parameters)
      .filter(([name]) => name !== 'BootstrapVersion')
      .map(([name, { Default, AllowedValues, NoEcho }]) => [
        name,
        {
          ...(Default === undefined ? {} : { Default }),
          ...(AllowedValues === undefined ? {} : { AllowedValues }),
          ...(NoEcho === undefined ? {} : { NoEcho }),
        },
      ]);

    expect(Object.fromEntries(declared)).toEqual(EXPECTED);
  });

  test.each(Object.keys(EXPECTED))('%s is described, and limited by values or a pattern', (name) => {
    const { Description = '', AllowedValues, AllowedPattern } = parameterNamed(template, name);

    expect(Description).toMatch(/^[A-Z].+\.$/s);
    expect([AllowedValues, AllowedPattern].filter((limit) => limit !== undefined)).toHaveLength(
      FREE.includes(name) ? 0 : 1,
    );
  });

  test('every pattern is tested here, says what it wants, and is anchored at both ends', () => {
    const patterns = Object.entries(template.Parameters).filter(([, parameter]) => parameter.AllowedPattern);

    expect(patterns.map(([name]) => name).sort()).toEqual(Object.keys(PATTERNS).sort());
    for (const [, { AllowedPattern = '', ConstraintDescription = '' }] of patterns) {
      expect(ConstraintDescription).toMatch(/\.$/);
      for (const alternative of AllowedPattern.replaceAll(/\([^)]*\)/g, '').split('|')) {
        expect(alternative).toMatch(/^\^.*\$$/);
      }
    }
  });

  const cases = (kind: 'matching' | 'other') =>
    Object.entries(PATTERNS).flatMap(([name, examples]) =>
      examples[kind].map((text): [string, string] => [name, text]),
    );

  test.each(cases('matching'))('%s may be %j', (name, text) => {
    expect(text).toMatch(patternOf(template, name));
  });

  test.each(cases('other'))('%s may not be %j', (name, text) => {
    expect(text).not.toMatch(patternOf(template, name));
  });

  test.each(Object.keys(PATTERNS))('the default of %s, if any, is allowed', (name) => {
    const { Default } = parameterNamed(template, name);

    if (Default !== undefined) {
      expect(Default).toMatch(patternOf(template, name));
    }
  });
}

function parameterNamed(template: Template, name: string): Parameter {
  const parameter = template.Parameters[name];
  if (parameter === undefined) {
    throw new Error(`There is no parameter ${name}.`);
  }
  return parameter;
}

function patternOf(template: Template, name: string): RegExp {
  return new RegExp(parameterNamed(template, name).AllowedPattern ?? 'no pattern');
}

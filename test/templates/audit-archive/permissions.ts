import { expect, test } from 'vitest';
import type { Values } from '../../../rehearsal/template.ts';
import { deploy } from '../deployment.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  type Resource,
  resourcesOf,
  statementsOf,
  type Template,
} from '../template.ts';

const RAW = 'RawBucket672A0DBB';
const RAW_KEY = 'RawKey9F610D0B';
const DERIVED = 'DerivedBucket8588D11C';
const KEY = 'Key961B73FD';
const TABLE = 'TableCD117FA1';

const bucket = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const objects = (id: string, folder: string) => ({ 'Fn::Join': ['', [bucket(id), `/${folder}*`]] });
const through = (service: string) => ({
  StringEquals: {
    'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] },
  },
});
const items = (...keys: string[]) => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});
const STALE = ['stale#cloudone', 'stale#appdynamics', 'stale#ibmcloud'];
const CHECKPOINTS = ['checkpoint#cloudone', 'checkpoint#appdynamics', 'checkpoint#ibmcloud'];

/** Actions, resources, and the whole condition. */
type Expected = readonly [actions: string, on: readonly unknown[], condition?: unknown];

function ofCollector(source: string): readonly Expected[] {
  const folders = [`raw/${source}/`, `unreadable/${source}/`];
  return [
    ['s3:ListBucket', [bucket(RAW)], { StringLike: { 's3:prefix': folders.map((folder) => `${folder}*`) } }],
    ['s3:GetObject s3:PutObject', folders.map((folder) => objects(RAW, folder))],
    ['kms:Decrypt kms:GenerateDataKey', [bucket(RAW_KEY)], through('s3')],
    [
      'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
      [bucket(TABLE)],
      items(`checkpoint#${source}`, `stale#${source}`),
    ],
  ];
}

const OF_ROLES: Readonly<Record<string, readonly Expected[]>> = {
  'CloudOne/Function/Role': ofCollector('cloudone'),
  'AppDynamics/Function/Role': ofCollector('appdynamics'),
  'IbmCloud/Function/Role': ofCollector('ibmcloud'),
  'Derivation/Function/Role': [
    ['s3:ListBucket', [bucket(DERIVED), bucket(RAW)]],
    ['s3:GetObject', [objects(RAW, 'raw/')]],
    ['kms:Decrypt', [bucket(RAW_KEY)], through('s3')],
    ['s3:DeleteObject s3:GetObject s3:PutObject', [objects(DERIVED, 'ext/')]],
    ['kms:Decrypt kms:GenerateDataKey', [bucket(KEY)], through('s3')],
    [
      'dynamodb:DeleteItem dynamodb:GetItem dynamodb:Query dynamodb:UpdateItem',
      [bucket(TABLE)],
      items('derivation', ...STALE),
    ],
  ],
  'Reports/Function/Role': [
    ['s3:ListBucket', [bucket(RAW)]],
    ['s3:GetObject', [objects(RAW, 'raw/'), objects(RAW, 'reports/')]],
    ['s3:PutObject', [objects(RAW, 'reports/')]],
    ['kms:Decrypt kms:GenerateDataKey', [bucket(RAW_KEY)], through('s3')],
    ['dynamodb:GetItem', [bucket(TABLE)], items(...CHECKPOINTS)],
    ['sns:Publish', [{ Ref: 'AlarmsTopic3A2DFEBA' }]],
    ['kms:Decrypt kms:GenerateDataKey', [bucket(KEY)], through('sns')],
  ],
};

/** What functions may do with buckets, keys, table and topic, each statement with its condition; and who may do the worst. */
export function permissionTests(template: Template): void {
  const roles = resourcesOf(template, 'AWS::IAM::Role');

  test.each(Object.entries(OF_ROLES))('%s: this, and nothing else', (path, expected) => {
    const [, role] = roles.find(([, each]) => pathOf(each) === path) ?? [];
    const found = permissionsOf(role as Resource)
      // Writing the log, reading a secret and mailing are held by tests of their own.
      .filter((statement) => !/"(logs|ses|secretsmanager)[:.]/.test(JSON.stringify(statement)))
      .map(({ Action, Resource: on, Condition }) => [
        [...listOf(Action)].toSorted().join(' '),
        listOf<unknown>(on),
        Condition,
      ]);

    expect(found).toEqual(expected.map(([actions, on, condition]) => [actions, on, condition]));
  });

  test('no other function reaches the raw bucket, its key or the table', () => {
    const reaching = roles
      .filter(([, role]) => /RawBucket672A0DBB|RawKey9F610D0B|TableCD117FA1/.test(JSON.stringify(role)))
      .map(([, role]) => pathOf(role));

    expect(reaching.toSorted()).toEqual(Object.keys(OF_ROLES).toSorted());
  });

  const ADMINISTRATOR = 'arn:aws:iam::111122223333:role/auditor';
  const denied = (given: Values, id: string) => {
    const { [id]: resource } = deploy(template, given).Resources;
    return statementsOf(resource as Resource)
      .filter(({ Effect, Action }) => Effect === 'Deny' && !listOf(Action).includes('s3:*'))
      .map(({ Action, Condition }) => [Action, Condition]);
  };
  const but = (principal: unknown) => ({ StringNotLike: { 'aws:PrincipalArn': principal } });

  test.each([
    ['ends their key', 'RawKey9F610D0B', ['kms:DisableKey', 'kms:ScheduleKeyDeletion']],
    ['bypasses their retention', 'RawBucketPolicy7F2892FE', 's3:BypassGovernanceRetention'],
  ])('%s, where one is named', (_what, id, actions) => {
    expect(denied({ RawRecordsAdministratorArn: ADMINISTRATOR }, id)).toEqual([
      [actions, but({ Ref: 'RawRecordsAdministratorArn' })],
    ]);
    // Nobody is unlike a lone star.
    expect(denied({}, id)).toEqual([[actions, but('*')]]);
  });
}

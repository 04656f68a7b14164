import { expect, test } from 'vitest';
import { deploy } from '../deployment.ts';
import {
  listOf,
  pathOf,
  permissionsOf,
  referencesIn,
  resourcesOf,
  type Statement,
  statementsOf,
  type Template,
} from '../template.ts';
import { DEPLOYMENTS } from './conditions.ts';

/** Where a policy allows more than named things: path, action, and why it must. */
const WILDCARDS: readonly [path: string, action: string, reason: string][] = [
  [
    'Key',
    'kms:*',
    'the account itself, so that the key can be managed by IAM policies (AWS KMS Developer Guide)',
  ],
  ['NewTrail/Key', 'kms:*', 'likewise'],
  [
    'NewTrail/Key',
    'kms:GenerateDataKey*',
    'CloudTrail asks for it so; for our trail only. A key policy’s * is the key',
  ],
  ['NewTrail/Key', 'kms:DescribeKey', 'for our trail only. A key policy’s * is the key itself'],
  [
    'NewTrail/Key',
    'kms:Decrypt',
    'through S3, for roles with the name of the vendor’s client stack; a key policy’s * is the key itself',
  ],
  ['NewTrail/AccessLogs/Policy', 's3:PutObject', 'S3 names the access logs'],
  ['NewTrail/Bucket/Policy', 's3:PutObject', 'CloudTrail names the files, below this account’s folder'],
  ['NewTrail/TrailBucketTeardown/Handler/Role', 's3:DeleteObject', 'all objects of the trail’s own buckets'],
  ['NewTrail/TrailBucketTeardown/Handler/Role', 's3:DeleteObjectVersion', 'likewise'],
  ['NewTrail/TrailBucketTeardown/Handler/Role', 's3:AbortMultipartUpload', 'likewise'],
  ['Forwarding/Forwarder/Role', 's3:GetObject', 'CloudTrail names the files, in one bucket'],
  ['Forwarding/Forwarder/Role', 's3:GetObjectVersion', 'likewise'],
  ...['BucketLookUp/CloudTrailBucket/Handler/Role', 'BucketLookUp/CloudTrailSample/Handler/Role'].map(
    (path): [string, string, string] => [path, 's3:GetObject', 'CloudTrail names the newest file'],
  ),
  ...[
    'cloudformation:DescribeStacks',
    'cloudtrail:DescribeTrails',
    'kms:ListAliases',
    's3:ListAllMyBuckets',
  ].map((action): [string, string, string] => [
    'BucketLookUp/CloudTrailBucket/Handler/Role',
    action,
    'takes no resource, unless one knows which',
  ]),
  ['ExistingBucket/BucketNotification/Handler/Role', 'events:ListRules', 'takes no resource'],
  ...[
    'ec2:DescribeImages',
    'ec2:DescribeInstances',
    'ec2:DescribeRegions',
    'ec2:DescribeSubnets',
    'ec2:DescribeTags',
    'ec2:DescribeVpcs',
    'ec2:DescribeAvailabilityZones',
    'ec2:DescribeSecurityGroups',
    'workspaces:DescribeWorkspaces',
    'workspaces:DescribeWorkspaceDirectories',
    'workspaces:DescribeWorkspaceBundles',
    'workspaces:DescribeTags',
    'iam:ListAccountAliases',
  ].map((action): [string, string, string] => [
    'Onboarding/WorkloadSecurityRole/Role',
    action,
    'takes no resource, or is the vendor’s inventory of all of them',
  ]),
  ['Onboarding/WorkloadSecurityRole/Role', 'iam:GetRole', 'its own role, whose name CloudFormation makes'],
  ['Onboarding/WorkloadSecurityRole/Role', 'iam:GetRolePolicy', 'likewise'],
];

export function policyTests(template: Template): void {
  const allowing = Object.values(template.Resources).flatMap((resource) =>
    statementsOf(resource)
      .filter(({ Effect }) => Effect === 'Allow')
      .map((statement) => [pathOf(resource), statement] as const),
  );

  test('there are statements to look at', () => {
    expect(allowing.length).toBeGreaterThan(40);
  });

  test('only what is listed here has a wildcard, in its action or in its resource', () => {
    const found = allowing.flatMap(([path, statement]) =>
      listOf(statement.Action)
        .filter((action) => action.includes('*') || hasWildcardResource(statement))
        .map((action) => `${path} ${action}`),
    );

    expect(found.toSorted()).toEqual(WILDCARDS.map(([path, action]) => `${path} ${action}`).toSorted());
  });

  test('no statement allows by exclusion, or everything of a service to a function', () => {
    for (const [, statement] of allowing) {
      expect(statement).not.toHaveProperty('NotAction');
      expect(statement).not.toHaveProperty('NotResource');
      expect(statement).not.toHaveProperty('NotPrincipal');
    }
    for (const [, role] of resourcesOf(template, 'AWS::IAM::Role')) {
      const actions = permissionsOf(role).flatMap(({ Action }) => listOf(Action));
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  test('no role takes over a managed policy, whose content is AWS’s to change', () => {
    for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  test('no role may create log groups: a late call would leave one behind', () => {
    expect(JSON.stringify(template.Resources)).not.toContain('logs:CreateLogGroup');
  });

  test('a function decrypts through the service that it reads, and in no other way', () => {
    const decrypting = resourcesOf(template, 'AWS::IAM::Role').flatMap(([, role]) =>
      permissionsOf(role).filter(({ Action }) => listOf(Action).some((action) => action.startsWith('kms:'))),
    );
    // These two are not about data.
    const others = ['kms:ScheduleKeyDeletion', 'kms:ListAliases'];
    const dataUse = decrypting.filter(
      ({ Action }) => !listOf(Action).some((action) => others.includes(action)),
    );

    expect(dataUse.length).toBeGreaterThan(5);
    for (const { Condition } of dataUse) {
      expect(Condition?.StringEquals).toHaveProperty(['kms:ViaService']);
    }
  });

  test('the forwarder decrypts files with the key of the bucket that is in use', () => {
    for (const parameters of DEPLOYMENTS) {
      const { CreateNewTrail, ForwardingDestination } = parameters;
      if (ForwardingDestination === 'VendorClient') {
        continue;
      }
      const roles = resourcesOf(deploy(template, parameters), 'AWS::IAM::Role');
      const [, role] = roles.find(([, each]) => pathOf(each) === 'Forwarding/Forwarder/Role') ?? [];
      const ofFiles = role && permissionsOf(role).filter(({ Condition }) => isThroughS3(Condition));

      expect(ofFiles).toHaveLength(1);
      expect([...referencesIn(ofFiles?.[0]?.Resource)]).toEqual([
        // It tells the key that the user names, where one is named.
        CreateNewTrail === 'true' ? 'NewTrailKey642A02B0' : 'CloudTrailBucket',
      ]);
    }
  });

  test('the new trail’s key lets the vendor’s client decrypt, and nobody else besides the account itself', () => {
    for (const parameters of DEPLOYMENTS.filter(({ CreateNewTrail }) => CreateNewTrail === 'true')) {
      const key = deploy(template, parameters).Resources.NewTrailKey642A02B0;
      const grant = key && statementsOf(key).find(({ Action }) => Action === 'kms:Decrypt');

      expect(grant?.Condition).toMatchObject({
        StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' }, 'kms:ViaService': expect.anything() },
        ArnLike: { 'aws:PrincipalArn': { 'Fn::Join': ['', expect.arrayContaining(['-CTrl-*'])] } },
      });
      expect(principalOf(grant as Statement)).toEqual({
        AWS:
          parameters.ForwardingDestination === 'VendorClient'
            ? '*'
            : { 'Fn::Join': ['', expect.arrayContaining([':root'])] },
      });
    }
  });

  test('services act for this stack’s own resources only', () => {
    const services = resourcesOf(template, (type) => /Policy$|Key$/.test(type)).flatMap(([, resource]) =>
      statementsOf(resource).filter(
        (statement) => statement.Effect === 'Allow' && 'Service' in Object(principalOf(statement)),
      ),
    );

    expect(services.length).toBeGreaterThan(4);
    for (const { Condition = {} } of services) {
      const keys = Object.values(Condition).flatMap((operands) => Object.keys(operands));
      expect(keys.map((key) => key.toLowerCase())).toContain('aws:sourcearn');
    }
  });
}

function isThroughS3(condition: Statement['Condition']): boolean {
  return JSON.stringify(condition?.StringEquals?.['kms:ViaService'] ?? '').includes('"s3.');
}

function principalOf(statement: Statement): unknown {
  return (statement as Statement & { readonly Principal?: unknown }).Principal;
}

/** Whether a resource is `*`, or ends in one: the last piece of text of a joined ARN counts. */
function hasWildcardResource({ Resource }: Statement): boolean {
  return JSON.stringify(Resource ?? '').includes('*');
}

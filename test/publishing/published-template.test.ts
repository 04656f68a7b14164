import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  archiveName,
  CODE_PARAMETERS,
  KEY_PREFIX_PATTERN,
  MAXIMUM_BUCKET_NAME_LENGTH,
  MAXIMUM_KEY_PREFIX_LENGTH,
} from '../../contract/publishing.ts';
import { UnpublishableAssetError } from '../../lib/publishing/published-synthesizer.ts';
import { CLOUD_ONE, PUBLISHED_STACKS, type PublishedStack, templateFile } from '../../publishing/stacks.ts';
import { PublishError, synthesize } from '../../publishing/synthesis.ts';
import { REPOSITORY, synthesizeAll } from '../templates/synthesis.ts';
import {
  listOf,
  permissionsOf,
  property,
  type Resource,
  referencesIn,
  resourcesOf,
  statementsOf,
  type Template,
} from '../templates/template.ts';
import { evaluate } from './intrinsics.ts';

const publishedTo = { bucket: 'my-templates', prefix: 'trailbridge/v1', region: 'eu-central-1' };
const publication = synthesize([CLOUD_ONE], publishedTo);
const text = publication.templates.get(templateFile(CLOUD_ONE)) ?? '';
const template = JSON.parse(text) as Template;
const everyDeployed = new Map(await synthesizeAll());
const deployed = everyDeployed.get('CloudOne') as Template;

/** What only a published template has. */
const COPIER = /^Code(Staging|FunctionCode)|^FunctionCode$/;
/** Where a function's code lies: the one thing that may differ in what both have. */
const CODE = 'where the code lies';

const copier = template.Resources.FunctionCode;
const archives = [...publication.archives.keys()].sort();

describe('next to what `cdk deploy` deploys', () => {
  test('every resource is the same, the copier and where the code lies aside', () => {
    expect(comparable(template)).toEqual(comparable(deployed));
  });

  test('so are the outputs and the rules; parameters, groups and conditions gain the code’s place', () => {
    const { Parameters, Conditions, Metadata, Resources, ...rest } = template;
    const {
      Parameters: own,
      Conditions: ownConditions,
      Metadata: ownMetadata,
      Resources: _,
      ...ours
    } = deployed;
    const { BootstrapVersion, ...withoutBootstrap } = own;
    const { Rules, ...same } = rest as typeof rest & { Rules: Record<string, unknown> };
    const { Rules: ownRules, ...ownSame } = ours as typeof ours & { Rules: Record<string, unknown> };
    const { CheckBootstrapVersion, ...withoutBootstrapRule } = ownRules;

    expect(same).toEqual(ownSame);
    expect(Rules).toEqual(withoutBootstrapRule);
    expect(without(Parameters, Object.values(CODE_PARAMETERS))).toEqual(withoutBootstrap);
    expect(without(Conditions, ['CodeKeyPrefixGiven'])).toEqual(ownConditions);
    expect(groupsOf(Metadata)).toEqual([
      ...groupsOf(ownMetadata),
      {
        Label: { default: 'Where the code comes from (keep the defaults)' },
        Parameters: ['QSS3BucketName', 'QSS3KeyPrefix', 'QSS3BucketRegion'],
      },
    ]);
  });

  test('the comparison would see a difference', () => {
    const changed = structuredClone(template) as { Resources: Record<string, { Properties: object }> };
    const [id = ''] = resourcesOf(template, 'AWS::SQS::Queue')[0] ?? [];
    Object.assign(changed.Resources[id]?.Properties ?? {}, { VisibilityTimeout: 1 });

    expect(comparable(changed as unknown as Template)).not.toEqual(comparable(deployed));
  });
});

describe.each(PUBLISHED_STACKS.map(({ name }) => name))('%s beside the others', (name) => {
  const all = synthesize(PUBLISHED_STACKS, publishedTo);
  const published = JSON.parse(all.templates.get(templateFile({ name })) ?? '') as Template;

  test('has the resources that `cdk deploy` deploys, the copier and where the code lies aside', () => {
    expect(comparable(published)).toEqual(comparable(everyDeployed.get(name) as Template));
  });

  test('finds all of its code, and fits into what CloudFormation takes', () => {
    const wanted = (published.Resources.FunctionCode?.Properties?.Archives ?? []) as readonly string[];

    expect(wanted.filter((sha256) => !all.archives.has(sha256))).toEqual([]);
    expect(all.templates.get(templateFile({ name }))?.length).toBeLessThan(500_000);
  });
});

describe('the template', () => {
  test('needs no bootstrap, no transform, no statistics of the CDK, no path of this machine', () => {
    expect(template).not.toHaveProperty('Transform');
    expect(template.Resources).not.toHaveProperty('CDKMetadata');
    for (const foreign of [
      'BootstrapVersion',
      'cdk-hnb659fds',
      'aws:cdk:path',
      'aws:asset',
      'Fn::Transform',
    ]) {
      expect(text).not.toContain(foreign);
    }
    for (const folder of [REPOSITORY, homedir(), `${tmpdir()}/`]) {
      expect(text).not.toContain(folder);
    }
  });

  test('fits into what CloudFormation takes from S3, with room to grow, in plain characters', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(500_000);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('its code parameters default to where it was published to', () => {
    expect(template.Parameters).toMatchObject({
      QSS3BucketName: { Default: 'my-templates', AllowedPattern: '^[0-9a-zA-Z]([0-9a-zA-Z-]*[0-9a-zA-Z])?$' },
      QSS3KeyPrefix: { Default: 'trailbridge/v1', AllowedPattern: '^[0-9a-zA-Z-/.]*$' },
      QSS3BucketRegion: { Default: 'eu-central-1' },
    });
    for (const name of Object.values(CODE_PARAMETERS)) {
      expect(template.Parameters[name]?.Description).toMatch(/^[A-Z].+\.$/s);
      expect(template.Parameters[name]?.ConstraintDescription).toMatch(/\.$/);
    }
  });

  test.each<[name: string, matching: readonly string[], other: readonly string[]]>([
    [
      'QSS3BucketName',
      ['a', 'cloudone-community', 'My-Bucket1'],
      ['', '-a', 'a-', 'a.b', 'a b', 'a/b', 'a_b'],
    ],
    ['QSS3KeyPrefix', ['', 'a', 'a/b', 'a/b/', 'v1.2-x/'], ['a b', 'a_b', 'a?b', 'ä', 'a|b']],
    [
      'QSS3BucketRegion',
      ['us-east-1', 'eu-central-1', 'us-gov-west-1'],
      ['', 'us', 'us-east', 'US-EAST-1', 'x'],
    ],
  ])('%s takes and refuses what it should', (name, matching, other) => {
    const pattern = new RegExp(template.Parameters[name]?.AllowedPattern ?? 'no pattern');

    expect(matching.filter((value) => !pattern.test(value))).toEqual([]);
    expect(other.filter((value) => pattern.test(value))).toEqual([]);
  });
});

describe('function code', () => {
  const functions = resourcesOf(template, 'AWS::Lambda::Function').filter(([id]) => !COPIER.test(id));

  test.each(functions)('of %s is what the copier brings, and waits for it', (_id, resource) => {
    const code = property<{ S3Bucket: unknown; S3Key: string }>(resource, 'Code');

    expect(code.S3Bucket).toEqual({ 'Fn::GetAtt': ['FunctionCode', 'Bucket'] });
    expect(archives.map(archiveName)).toContain(code.S3Key);
  });

  test('the copier brings exactly what functions are made of, each archive named by its hash', () => {
    const used = functions.map(([, resource]) => property<{ S3Key: string }>(resource, 'Code').S3Key);

    expect(property(copier, 'Archives')).toEqual(archives);
    expect([...new Set(used)].sort()).toEqual(archives.map(archiveName));
    for (const [sha256, bytes] of publication.archives) {
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });

  test('the same source gives the same template and the same bytes', () => {
    const again = synthesize([CLOUD_ONE], publishedTo);

    expect(again.templates).toEqual(publication.templates);
    expect([...again.archives]).toEqual([...publication.archives]);
  });
});

describe('the copier', () => {
  const [[, handler] = []] = resourcesOf(template, 'AWS::Lambda::Function').filter(([id]) => COPIER.test(id));
  const [[stagingId = '', staging] = []] = resourcesOf(template, 'AWS::S3::Bucket').filter(([id]) =>
    COPIER.test(id),
  );
  const [[, role] = []] = resourcesOf(template, 'AWS::IAM::Role').filter(([id]) => COPIER.test(id));
  const permissions = permissionsOf(role as Resource);

  test('stands in the template itself, in no more than CloudFormation takes, and brings no AWS SDK', () => {
    const { ZipFile } = property<{ ZipFile: string }>(handler, 'Code');

    expect(handler?.Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    expect(Buffer.byteLength(ZipFile)).toBeLessThan(4 * 1024 * 1024);
    expect(Buffer.byteLength(ZipFile)).toBeLessThan(100_000);
    expect([...ZipFile.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toContain(
      '@aws-sdk/client-s3',
    );
  });

  test('needs no library that Lambda’s runtime does not have', () => {
    const { ZipFile } = property<{ ZipFile: string }>(handler, 'Code');
    const required = [...ZipFile.matchAll(/require\("([^"]+)"\)/g)].map(([, name = '']) => name);

    expect(required.filter((name) => !/^(node:|@aws-sdk\/|[a-z_]+$)/.test(name))).toEqual([]);
  });

  test('fills a bucket that is private, encrypted, TLS only, and goes with the stack', () => {
    const policies = resourcesOf(template, 'AWS::S3::BucketPolicy').filter(([id]) => COPIER.test(id));
    const [[policyId, policy] = []] = policies;

    expect(staging).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    });
    expect(statementsOf(policy as Resource)).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
    expect(property(copier, 'StagingBucket')).toEqual({ Ref: stagingId });
    // Nothing is copied before the bucket insists on TLS.
    expect(listOf(copier?.DependsOn)).toContain(policyId);
  });

  test('may read the named archives and no other object, and do nothing but with its own bucket', () => {
    const reading = permissions.filter(({ Resource }) => referencesIn(Resource).has('QSS3BucketName'));
    const others = permissions.filter((statement) => !reading.includes(statement));

    expect(reading).toHaveLength(1);
    expect(reading[0]).toMatchObject({ Effect: 'Allow', Action: 's3:GetObject' });
    expect(JSON.stringify(reading)).not.toContain('*');
    for (const { Action, Resource } of others) {
      const isLog = listOf(Action).every((action) => action.startsWith('logs:'));
      expect(isLog || [...referencesIn(Resource)].every((id) => id === stagingId)).toBe(true);
    }
  });

  test('has a role that IAM takes even with the longest names', () => {
    const longest = {
      QSS3BucketName: 'b'.repeat(MAXIMUM_BUCKET_NAME_LENGTH),
      QSS3KeyPrefix: 'p'.repeat(MAXIMUM_KEY_PREFIX_LENGTH),
      'AWS::Partition': 'aws-us-gov',
      'condition CodeKeyPrefixGiven': 'true',
    };
    const [reading] = permissions.filter(({ Resource }) => referencesIn(Resource).has('QSS3BucketName'));
    const names = evaluate(reading?.Resource, longest) as string[];

    // IAM's limit is 10,240 characters for all policies in a role; the rest of this one needs a thousand.
    expect(names).toHaveLength(archives.length);
    expect(names.join('","').length).toBeLessThan(9_000);
  });

  test('reads below the prefix, spelled with a slash at its end or without', () => {
    const [reading] = permissions.filter(({ Resource }) => referencesIn(Resource).has('QSS3BucketName'));
    const prefixes = fc.stringMatching(new RegExp(KEY_PREFIX_PATTERN.replace('*$', '{0,30}$')));
    fc.assert(
      fc.property(
        fc.oneof(prefixes, fc.constantFrom('', 'a', 'a/', 'a/b', 'a/b/', '/', '//', 'a//b')),
        (prefix) => {
          const refs = {
            QSS3KeyPrefix: prefix,
            QSS3BucketName: 'bucket',
            'AWS::Partition': 'aws',
            'condition CodeKeyPrefixGiven': String(prefix !== ''),
          };
          const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;

          expect(evaluate(property(copier, 'SourcePrefix'), refs)).toBe(folder);
          expect(evaluate(reading?.Resource, refs)).toEqual(
            archives.map((sha256) => `arn:aws:s3:::bucket/${folder}functions/${sha256}.zip`),
          );
        },
      ),
    );
    expect(template.Conditions.CodeKeyPrefixGiven).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'QSS3KeyPrefix' }, ''] }],
    });
  });

  test('is not part of a stack without functions, nor are its parameters', () => {
    const { templates, archives: none } = synthesize([plain('AWS::SNS::Topic')], publishedTo);

    expect(JSON.parse(templates.get('Plain.template.json') ?? '')).toEqual({
      Resources: { Thing: { Type: 'AWS::SNS::Topic' } },
    });
    expect(none.size).toBe(0);
  });
});

describe('is not published', () => {
  test('what the checks find fault with', () => {
    const withQueue: PublishedStack = {
      name: 'Plain',
      create: (app, props) => {
        const stack = new Stack(app, 'Plain', props);
        new Queue(stack, 'Thing');
        return stack;
      },
    };
    const publish = () => synthesize([withQueue], publishedTo);

    expect(publish).toThrow(PublishError);
    expect(publish).toThrow(/AwsSolutions-SQS/);
  });

  test('what is too long for CloudFormation', () => {
    const publish = () =>
      synthesize([plain('AWS::SNS::Topic', { DisplayName: 'x'.repeat(1_000_000) })], publishedTo);

    expect(publish).toThrow(/Plain\.template\.json has 1\d{6} bytes, and CloudFormation takes 1000000/);
  });

  test('an asset that is no function’s code', () => {
    const withFile: PublishedStack = {
      name: 'Plain',
      create: (app, props) => {
        const stack = new Stack(app, 'Plain', props);
        new Asset(stack, 'File', { path: import.meta.filename });
        return stack;
      },
    };

    expect(() => synthesize([withFile], publishedTo)).toThrow(UnpublishableAssetError);
  });
});

/** A stack of one resource. */
function plain(type: string, properties: Record<string, unknown> = {}): PublishedStack {
  return {
    name: 'Plain',
    create: (app, props) => {
      const stack = new Stack(app, 'Plain', props);
      new CfnResource(stack, 'Thing', { type, properties });
      return stack;
    },
  };
}

function comparable({ Resources }: Template): Record<string, unknown> {
  const same = Object.entries(Resources).filter(([id]) => !COPIER.test(id));
  return Object.fromEntries(
    same.map(([id, { Metadata, ...resource }]) => {
      const { Code, ...properties } = resource.Properties ?? {};
      return [
        id,
        { ...resource, Properties: Code === undefined ? properties : { ...properties, Code: CODE } },
      ];
    }),
  );
}

function without(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function groupsOf(metadata: Template['Metadata']): readonly unknown[] {
  return (
    (metadata?.['AWS::CloudFormation::Interface'] as { ParameterGroups?: unknown[] })?.ParameterGroups ?? []
  );
}

import { describe, expect, test } from 'vitest';
import { deploy } from './deployment.ts';
import { synthesizeAll } from './synthesis.ts';
import { permissionsOf, property, resourcesOf, type Template } from './template.ts';

const templates = new Map(await synthesizeAll());
const templateOf = (name: string): Template => {
  const template = templates.get(name);
  if (template === undefined) {
    throw new Error(`There is no template ${name}.`);
  }
  return template;
};
const relay = templateOf('Relay');
const main = templateOf('CloudOne');

const GIVEN = { CloudtrailBucketName: 'logs', TrailbridgeRegion: 'us-east-1' };

function busIn(account: object) {
  const parts = [{ Ref: 'AWS::Partition' }, ':events:', { Ref: 'TrailbridgeRegion' }, ':', account];
  return { 'Fn::Join': ['', ['arn:', ...parts, ':event-bus/default']] };
}

const ruleOf = (template: Template, construct: RegExp) => {
  const [found] = resourcesOf(template, 'AWS::Events::Rule').filter(([id]) => construct.test(id));
  return found?.[1];
};

describe('the relay', () => {
  test('asks for the very events that the stack which forwards asks for, of its own bucket', () => {
    const pattern = (template: Template, construct: RegExp, bucket: RegExp) =>
      JSON.parse(
        JSON.stringify(property(ruleOf(template, construct), 'EventPattern')).replace(bucket, '"the bucket"'),
      );
    const relayed = pattern(relay, /^Relay/, /\{"Ref":"CloudtrailBucketName"\}/);

    expect(relayed.detail.bucket).toEqual({ name: ['the bucket'] });
    expect(relayed).toEqual(pattern(main, /ObjectCreated/, /\{"Fn::If":\["WithNewTrail".*?\}\]\}/));
  });

  test.each([
    ['of this account', {}, { Ref: 'AWS::AccountId' }],
    ['of another', { TrailbridgeAccountId: '444455556666' }, { Ref: 'TrailbridgeAccountId' }],
  ])('puts them onto the default event bus %s, with a role that may do nothing else', (_, more, account) => {
    const deployed = deploy(relay, { ...GIVEN, ...more });
    const roles = resourcesOf(deployed, 'AWS::IAM::Role');
    const queues = resourcesOf(deployed, 'AWS::SQS::Queue');

    expect(property(ruleOf(deployed, /^Relay/), 'Targets')).toEqual([
      {
        Id: expect.any(String),
        Arn: busIn(account),
        RoleArn: { 'Fn::GetAtt': [roles[0]?.[0], 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queues[0]?.[0], 'Arn'] } },
      },
    ]);
    expect(roles.flatMap(([, role]) => permissionsOf(role))).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: busIn(account) },
    ]);
  });

  test('has no function and nothing to be fetched from elsewhere: its template is all that there is of it', () => {
    expect(resourcesOf(relay, (type) => /Lambda|Custom|Stack$/.test(type))).toEqual([]);
    expect(Object.keys(relay.Parameters).toSorted()).toEqual([
      'AlarmEmail',
      'CloudtrailBucketName',
      'PermissionsBoundaryArn',
      'TrailbridgeAccountId',
      'TrailbridgeRegion',
    ]);
  });

  test.each([
    ['CloudtrailBucketName', ['my-logs'], ['', 'my logs', 'my.logs']],
    ['TrailbridgeRegion', ['us-east-1', 'ap-southeast-2'], ['', 'us-east', '*']],
    ['TrailbridgeAccountId', ['', '111122223333'], ['1111', '*']],
  ])('%s: takes what it should', (name, matching, other) => {
    const takes = (text: string) => new RegExp(relay.Parameters[name]?.AllowedPattern ?? '').test(text);

    expect(matching.map(takes)).not.toContain(false);
    expect(other.map(takes)).not.toContain(true);
  });

  test('an event that is not put is kept, and told', () => {
    const [queue] = resourcesOf(relay, 'AWS::SQS::Queue');
    const [alarm] = resourcesOf(relay, 'AWS::CloudWatch::Alarm');

    expect(property(queue?.[1], 'MessageRetentionPeriod')).toBe(14 * 86_400);
    expect(property(alarm?.[1], 'Dimensions')).toEqual([
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [queue?.[0], 'QueueName'] } },
    ]);
  });
});

describe('the stack that forwards, of a bucket elsewhere', () => {
  const given = {
    CloudOneApiKey: 'id:secret',
    CreateNewTrail: 'false',
    ExistingCloudtrailBucketName: 'logs',
  };
  const inAnotherRegion = deploy(main, { ...given, CloudtrailBucketRegion: 'eu-west-1' });
  const inAnotherAccount = deploy(main, { ...given, CloudtrailBucketAccountId: '444455556666' });
  const policyOf = (template: Template) => resourcesOf(template, 'AWS::Events::EventBusPolicy');

  test('lets in events of S3, of the account that is named, and no other', () => {
    const [policy] = policyOf(inAnotherAccount);

    expect(property(policy?.[1], 'Statement')).toEqual({
      Effect: 'Allow',
      Principal: {
        AWS: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'CloudtrailBucketAccountId' }, ':root'],
          ],
        },
      },
      Action: 'events:PutEvents',
      Resource: expect.anything(),
      Condition: { StringEquals: { 'events:source': 'aws.s3', 'events:detail-type': 'Object Created' } },
    });
    expect(policy?.[1].Properties).not.toHaveProperty('EventBusName');
    expect(policyOf(inAnotherRegion)).toEqual([]);
    expect(policyOf(deploy(main, given))).toEqual([]);
  });

  test('reads and decrypts where the bucket is', () => {
    const reading = (template: Template) =>
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, resource]) => {
        const { Variables } = property<{ Variables: Record<string, unknown> }>(resource, 'Environment');
        return Variables.BUCKET_REGION === undefined ? [] : [Variables.BUCKET_REGION];
      });
    const decrypting = (template: Template) =>
      resourcesOf(template, 'AWS::IAM::Role')
        .flatMap(([, role]) => permissionsOf(role))
        .map(({ Condition }) => JSON.stringify(Condition?.StringEquals?.['kms:ViaService'] ?? ''))
        .filter((service) => service.includes('s3.'));

    expect(reading(inAnotherRegion)).toEqual(Array(4).fill({ Ref: 'CloudtrailBucketRegion' }));
    expect(reading(deploy(main, given))).toEqual(Array(4).fill({ Ref: 'AWS::Region' }));
    expect(new Set(decrypting(inAnotherRegion))).toEqual(
      new Set([
        JSON.stringify({ 'Fn::Join': ['', ['s3.', { Ref: 'CloudtrailBucketRegion' }, '.amazonaws.com']] }),
      ]),
    );
  });

  test('reads a new trail’s bucket here, whatever is said of another', () => {
    const newTrail = deploy(main, { ...given, CreateNewTrail: 'true', CloudtrailBucketRegion: 'eu-west-1' });
    const [forwarder] = resourcesOf(newTrail, 'AWS::Lambda::Function').filter(([id]) =>
      /^ForwardingForwarder/.test(id),
    );

    expect(property(forwarder?.[1], 'Environment')).toMatchObject({
      Variables: { BUCKET_REGION: { Ref: 'AWS::Region' } },
    });
  });
});

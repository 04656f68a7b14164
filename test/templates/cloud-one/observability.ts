import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HEALTH_METRICS } from '../../../contract/metrics.ts';
import {
  pathOf,
  property,
  type Resource,
  referencesIn,
  resourcesOf,
  statementsOf,
  type Template,
} from '../template.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const RUNBOOK_ENTRIES = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);

export function observabilityTests(template: Template): void {
  const logGroups = resourcesOf(template, 'AWS::Logs::LogGroup');
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
    ([id, alarm]) => [nameOf(alarm), id, alarm] as const,
  );

  test.each(logGroups)('log group %s forgets after a month, and goes with the stack', (_id, logGroup) => {
    expect(property(logGroup, 'RetentionInDays')).toBe(30);
    expect(logGroup.DeletionPolicy).toBe('Delete');
  });

  test('there are alarms to look at, each with a name that begins with the stack’s', () => {
    expect(alarms.length).toBeGreaterThan(3);
    for (const [name, , alarm] of alarms) {
      expect(property(alarm, 'AlarmName')).toEqual({
        'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, `-${name}`]],
      });
    }
  });

  test.each(alarms)('alarm %s says what missing data means, and where to read on', (name, _id, alarm) => {
    expect(property(alarm, 'TreatMissingData')).toMatch(/^(notBreaching|breaching)$/);
    expect(property(alarm, 'AlarmDescription')).toMatch(
      new RegExp(`^[A-Z].+\\. Runbook: docs/runbook\\.md#${name.toLowerCase()}$`),
    );
  });

  test('every alarm tells the topic when it goes off, and when all is well again', () => {
    const [[topic] = []] = resourcesOf(template, 'AWS::SNS::Topic');

    expect(topic).toBeDefined();
    for (const [, , alarm] of alarms) {
      expect(alarm.Properties).toMatchObject({ AlarmActions: [{ Ref: topic }], OKActions: [{ Ref: topic }] });
      expect(alarm.Properties?.ActionsEnabled).not.toBe(false);
    }
  });

  test('the topic is encrypted, speaks TLS only, and takes alarms of this stack only', () => {
    const [[topic, { Properties } = { Properties: {} }] = []] = resourcesOf(template, 'AWS::SNS::Topic');
    const [[, policy] = []] = resourcesOf(template, 'AWS::SNS::TopicPolicy');

    expect(Properties).toMatchObject({ KmsMasterKeyId: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } });
    expect(property(policy, 'Topics')).toEqual([{ Ref: topic }]);
    expect(property<{ Statement: unknown[] }>(policy, 'PolicyDocument').Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topic },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic },
        Condition: ALARMS_OF_THE_STACK,
      }),
    ]);
  });

  test('CloudWatch may encrypt for the topic, and for alarms of this stack only', () => {
    const statements = statementsOf(template.Resources.Key961B73FD ?? { Type: '' });

    expect(statements).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: ALARMS_OF_THE_STACK,
      }),
    );
  });

  test('the address given is subscribed, and others can find the topic', () => {
    const [[, subscription] = [], ...others] = resourcesOf(template, 'AWS::SNS::Subscription');
    const [[topic] = []] = resourcesOf(template, 'AWS::SNS::Topic');

    expect(others).toEqual([]);
    expect(subscription).toMatchObject({
      Condition: 'AlarmEmailGiven',
      Properties: { Protocol: 'email', Endpoint: { Ref: 'AlarmEmail' }, TopicArn: { Ref: topic } },
    });
    expect(template.Outputs.AlarmTopicArn?.Value).toEqual({ Ref: topic });
  });

  test.each(RUNBOOK_ENTRIES)(
    'the runbook’s entry %s says what it means, how to look, what to do',
    (entry) => {
      const [, section = ''] = runbook.split(`## ${entry}\n`);
      const [text = ''] = section.split('\n## ');

      expect([...text.matchAll(/^\*\*(.+?)\*\*:/gm)].map(([, word]) => word)).toEqual([
        'Means',
        'Look',
        'Do',
      ]);
    },
  );

  test('every dead-letter queue is looked into, and has an alarm of its own', () => {
    const deadLetterQueues = resourcesOf(template, 'AWS::SQS::Queue')
      .filter(([, { Properties }]) => Properties?.RedrivePolicy === undefined)
      .map(([id]) => id);
    const [, check] =
      resourcesOf(template, 'AWS::Lambda::Function').find(
        ([, each]) => pathOf(each) === 'Health/Check/Function',
      ) ?? [];
    const watched = alarms.map(([, , alarm]) => property(alarm, 'MetricName'));

    expect([...referencesIn(check?.Properties?.Environment)]).toEqual(
      expect.arrayContaining(deadLetterQueues),
    );
    const { deadLettersWaiting, eventsNotDelivered, lateObjectsNotListed } = HEALTH_METRICS;
    expect(deadLetterQueues).toHaveLength(3);
    expect(watched).toEqual(
      expect.arrayContaining([deadLettersWaiting, eventsNotDelivered, lateObjectsNotListed]),
    );
  });

  test('silence makes every alarm go off, but of two of the completeness check, which has one for it', () => {
    const heedless = alarms.filter(([, , alarm]) => property(alarm, 'TreatMissingData') !== 'breaching');

    expect(heedless.map(([, , alarm]) => nameOf(alarm)).toSorted()).toEqual([
      'CompletenessGaps',
      'CompletenessTampered',
    ]);
  });
}

/** Condition of a statement that lets CloudWatch act: the stack's name begins the name of each of its alarms. */
const ALARMS_OF_THE_STACK = {
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  ArnLike: {
    'aws:SourceArn': {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':cloudwatch:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':alarm:',
          { Ref: 'AWS::StackName' },
          '-*',
        ],
      ],
    },
  },
};

/** What follows the stack's name in the alarm's. */
function nameOf(alarm: Resource): string {
  const { 'Fn::Join': join } = property<{ 'Fn::Join': [separator: string, pieces: unknown[]] }>(
    alarm,
    'AlarmName',
  );
  return String(join[1].at(-1)).replace(/^-/, '');
}

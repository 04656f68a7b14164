import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import { existsQueue } from './queues.ts';
import type { Template } from './stacks.ts';
import { failing, queue } from './templates.ts';

/** Stacks as such: parameters, conditions, rules, roll-back, retention. */
export function stackLifecycleTests({ stacks, client }: Fixture): void {
  const sqs = new SQSClient(client);

  const queueExists = (name: string) => existsQueue(sqs, name);

  describe('stacks', () => {
    it('never show a NoEcho parameter', async () => {
      const template: Template = {
        Parameters: { Key: { Type: 'String', NoEcho: true } },
        Resources: { Queue: queue },
      };

      await stacks.deploy('no-echo', template, { Key: 'a-secret-value' });

      expect(JSON.stringify(await stacks.describe('no-echo'))).not.toContain('a-secret-value');
      expect((await stacks.describe('no-echo')).Parameters).toEqual([
        { ParameterKey: 'Key', ParameterValue: '****' },
      ]);
    });

    it('refuse a parameter that does not match its pattern, length or values', async () => {
      const template: Template = {
        Parameters: {
          Bucket: {
            Type: 'String',
            Default: 'ok',
            AllowedPattern: '^[a-z]+$',
            ConstraintDescription: 'small letters',
          },
          Token: { Type: 'String', Default: 'abcd', MinLength: 4, MaxLength: 6 },
          Switch: { Type: 'String', Default: 'true', AllowedValues: ['true', 'false'] },
          Days: { Type: 'Number', Default: 0, MinValue: 0, MaxValue: 90 },
        },
        Resources: { Queue: queue },
      };

      await expect(stacks.changeSet('pattern', template, { Bucket: 'Not-OK' })).rejects.toThrow(
        /small letters/,
      );
      await expect(stacks.changeSet('length', template, { Token: 'abc' })).rejects.toThrow(/Token/);
      await expect(stacks.changeSet('values', template, { Switch: 'maybe' })).rejects.toThrow(/Switch/);
      await expect(stacks.changeSet('number', template, { Days: '91' })).rejects.toThrow(/Days/);
    });

    it('refuse what a rule of the template forbids', async () => {
      const template: Template = {
        Parameters: { A: { Type: 'String', Default: '' }, B: { Type: 'String', Default: '' } },
        Rules: {
          OneOfThem: {
            Assertions: [
              {
                Assert: {
                  'Fn::Not': [
                    {
                      'Fn::And': [{ 'Fn::Equals': [{ Ref: 'A' }, ''] }, { 'Fn::Equals': [{ Ref: 'B' }, ''] }],
                    },
                  ],
                },
                AssertDescription: 'Give A or B',
              },
            ],
          },
        },
        Resources: { Queue: queue },
      };

      await expect(stacks.changeSet('rules', template)).rejects.toThrow(/Give A or B/);
      expect((await stacks.changeSet('rules', template, { B: 'b' })).status).toBe('CREATE_COMPLETE');
    });

    it('make what their conditions say, and change with them', async () => {
      const template: Template = {
        Mappings: { Regions: { 'eu-central-1': { Known: 'yes' } } },
        Parameters: { Make: { Type: 'String', Default: 'true' }, Delay: { Type: 'String', Default: '' } },
        Conditions: {
          Make: { 'Fn::Equals': [{ Ref: 'Make' }, 'true'] },
          HasDelay: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Delay' }, ''] }] },
          Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
          // The region of the stack is looked up in a map, as the region check does it.
          Known: { 'Fn::Equals': [{ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Known'] }, 'yes'] },
          All: { 'Fn::And': [{ Condition: 'Make' }, { Condition: 'Here' }, { Condition: 'Known' }] },
        },
        Resources: {
          Queue: {
            Type: 'AWS::SQS::Queue',
            Properties: {
              QueueName: 'conditional-always',
              DelaySeconds: { 'Fn::If': ['HasDelay', { Ref: 'Delay' }, { Ref: 'AWS::NoValue' }] },
            },
          },
          Maybe: {
            Type: 'AWS::SQS::Queue',
            Condition: 'All',
            Properties: { QueueName: 'conditional-maybe' },
          },
        },
        Outputs: { Which: { Value: { 'Fn::If': ['All', { Ref: 'Maybe' }, 'none'] } } },
      };

      const made = await stacks.deploy('conditions', template);
      expect(await queueExists('conditional-maybe')).toBe(true);
      expect(made.outputs.Which).toContain('conditional-maybe');

      const without = await stacks.deploy('conditions', template, { Make: 'false', Delay: '5' });
      expect(without).toMatchObject({ status: 'UPDATE_COMPLETE', outputs: { Which: 'none' } });
      expect(await queueExists('conditional-maybe')).toBe(false);
    });

    it('join the values of a list parameter', async () => {
      const { outputs } = await stacks.deploy(
        'list',
        {
          Parameters: { List: { Type: 'CommaDelimitedList' } },
          Resources: { Queue: queue },
          Outputs: {
            Joined: { Value: { 'Fn::Join': ['/', { Ref: 'List' }] } },
            Second: { Value: { 'Fn::Select': [1, { Ref: 'List' }] } },
          },
        },
        { List: 'a,b,c' },
      );

      expect(outputs).toEqual({ Joined: 'a/b/c', Second: 'b' });
    });

    it('answer a change set that changes nothing as AWS does, so that the CDK can tell', async () => {
      const template: Template = { Resources: { Queue: queue } };

      await stacks.deploy('no-change', template);
      const changeSet = await stacks.changeSet('no-change', template);

      expect(changeSet.status).toBe('FAILED');
      expect(changeSet.reason).toMatch(/didn't contain changes|No updates are to be performed/);
    });

    it('keep live resources and put changed ones back when an update fails', async () => {
      const template = (delay: number, more: object): Template => ({
        Resources: {
          Queue: {
            Type: 'AWS::SQS::Queue',
            Properties: { QueueName: 'kept-by-roll-back', DelaySeconds: delay },
          },
          ...more,
        },
      });

      await stacks.deploy('roll-back', template(1, {}));
      const failed = await stacks.deploy(
        'roll-back',
        template(2, {
          Added: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'removed-by-roll-back' } },
          Failing: failing(['Queue', 'Added']),
        }),
      );

      expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await queueExists('kept-by-roll-back')).toBe(true);
      expect(await queueExists('removed-by-roll-back')).toBe(false);
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: await stacks.physicalId('roll-back', 'Queue'),
          AttributeNames: ['DelaySeconds'],
        }),
      );
      expect(Attributes.DelaySeconds).toBe('1');
    });

    it('keep what DeletionPolicy retains', async () => {
      const retained = (QueueName: string, DeletionPolicy: string) => ({
        Type: 'AWS::SQS::Queue',
        DeletionPolicy,
        Properties: { QueueName },
      });
      const template = (prefix: string, more: object = {}): Template => ({
        Resources: {
          Retain: retained(`${prefix}-retain`, 'Retain'),
          Except: retained(`${prefix}-except`, 'RetainExceptOnCreate'),
          Delete: retained(`${prefix}-delete`, 'Delete'),
          ...more,
        },
      });

      const deleted = await stacks.delete(await stacks.deploy('retain', template('kept')));
      expect(deleted.status).toBe('DELETE_COMPLETE');
      expect(await queueExists('kept-retain')).toBe(true);
      expect(await queueExists('kept-except')).toBe(true);
      expect(await queueExists('kept-delete')).toBe(false);

      const failed = await stacks.deploy(
        'retain-failed',
        template('rolled', { Failing: failing(['Except']) }),
      );
      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await queueExists('rolled-except')).toBe(false);
    });
  });
}

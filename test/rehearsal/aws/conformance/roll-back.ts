import { rm, writeFile } from 'node:fs/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import { existsQueue } from './queues.ts';
import type { Template } from './stacks.ts';
import { customResources, failing, recordingProvider } from './templates.ts';

interface Request {
  readonly RequestType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

/** How a creation fails, how it is undone, and in which order. */
export function rollBackTests({ stacks, recorder, client, failingCreation }: Fixture): void {
  const sqs = new SQSClient(client);
  const requests = (name: string): string[] =>
    (recorder.told(name) as Request[]).map((request) =>
      [request.RequestType, request.LogicalResourceId, request.PhysicalResourceId].filter(Boolean).join(' '),
    );
  const fail = (stack: string, resource: string, when: 'before' | 'after' = 'before') =>
    writeFile(failingCreation, JSON.stringify({ stack, resource, reason: 'Access denied.', when }));
  const named = (QueueName: string, more: object = {}) => ({
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName },
    ...more,
  });
  const order = async (stack: string, status: string): Promise<string[]> =>
    (await stacks.events(stack))
      .filter(
        ({ ResourceStatus, ResourceType }) => ResourceStatus === status && /Queue$/.test(ResourceType ?? ''),
      )
      .map(({ LogicalResourceId = '' }) => LogicalResourceId);

  describe('a creation that is told to fail', () => {
    afterEach(() => rm(failingCreation, { force: true }));

    it('says why, is rolled back, and names the resource as the reason', async () => {
      const template: Template = { Resources: { Made: named('told-made'), Refused: named('told-refused') } };
      await fail('told', 'Refused');

      const failed = await stacks.deploy('told', template);

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures('told')).toEqual(['Refused: Access denied.']);
      const events = await stacks.events('told');
      expect(events.find(({ ResourceStatus }) => ResourceStatus === 'ROLLBACK_IN_PROGRESS')).toMatchObject({
        ResourceStatusReason:
          'The following resource(s) failed to create: [Refused]. Rollback requested by user.',
      });
      expect(await existsQueue(sqs, 'told-made')).toBe(false);
      expect(await existsQueue(sqs, 'told-refused')).toBe(false);
    });

    it('is the one of that stack only, and works again when the file is gone', async () => {
      const template: Template = { Resources: { Refused: named('told-other') } };
      await fail('told-another', 'Refused');
      expect((await stacks.deploy('told-other', template)).status).toBe('CREATE_COMPLETE');

      await rm(failingCreation);
      expect(
        (await stacks.deploy('told-another', { Resources: { Refused: named('told-another') } })).status,
      ).toBe('CREATE_COMPLETE');
    });

    it('comes after everything that can do without it', async () => {
      const Resources = {
        A: named('late-a'),
        B: named('late-b', { DependsOn: 'A' }),
        C: named('late-c', { DependsOn: 'B' }),
        D: named('late-d'),
      };
      await fail('late', 'A');
      await stacks.deploy('late', { Resources });

      expect(await order('late', 'CREATE_COMPLETE')).toEqual(['D']);
      expect(await order('late', 'CREATE_FAILED')).toEqual(['A']);
    });

    it('sends a custom resource that was never called a Delete, with an id that it never gave', async () => {
      const name = 'told-custom';
      await fail(name, 'One');

      await stacks.deploy(
        name,
        customResources(recordingProvider(recorder.url, name), { One: { Id: 'one' } }),
      );

      expect(requests(name)).toEqual(['Delete One One-without-answer']);
    });

    it('sends a custom resource whose answer was lost the same', async () => {
      const name = 'told-unanswered';
      await fail(name, 'One', 'after');

      const failed = await stacks.deploy(
        name,
        customResources(recordingProvider(recorder.url, name), { One: { Id: 'one' } }),
      );

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(requests(name)).toEqual(['Create One', 'Delete One One-without-answer']);
    });
  });

  describe('dependencies', () => {
    const letters = ['A', 'B', 'C', 'D', 'E', 'F'];
    const template = (prefix: string, more: object = {}): Template => ({
      Resources: {
        ...Object.fromEntries(letters.map((letter) => [letter, named(`${prefix}-${letter}`)])),
        Last: named(`${prefix}-last`, { DependsOn: letters.slice(0, 3) }),
        ...more,
      },
    });

    it('alone decide the order: what is deleted goes in another than it came in', async () => {
      const made = await stacks.deploy('order', template('order'));
      await stacks.delete(made);

      const created = await order(made.id, 'CREATE_COMPLETE');
      const deleted = await order(made.id, 'DELETE_COMPLETE');
      expect(created.toSorted()).toEqual([...letters, 'Last']);
      expect(deleted.toSorted()).toEqual([...letters, 'Last']);
      expect(deleted).not.toEqual(created.toReversed());
      for (const letter of letters.slice(0, 3)) {
        expect(created.indexOf(letter)).toBeLessThan(created.indexOf('Last'));
        expect(deleted.indexOf(letter)).toBeGreaterThan(deleted.indexOf('Last'));
      }
    });

    it('do so in a roll-back, too', async () => {
      await stacks.deploy('order-back', template('back', { Failing: failing([...letters, 'Last']) }));

      const created = await order('order-back', 'CREATE_COMPLETE');
      const deleted = await order('order-back', 'DELETE_COMPLETE');
      expect(deleted.toSorted()).toEqual([...letters, 'Last']);
      expect(deleted).not.toEqual(created.toReversed());
      expect(deleted.indexOf('Last')).toBeLessThan(
        Math.min(...['A', 'B', 'C'].map((id) => deleted.indexOf(id))),
      );
    });

    it('hold when an update cleans up: a custom resource goes before its function', async () => {
      const name = 'order-clean-up';
      const provider = recordingProvider(recorder.url, name);
      const kept = { Kept: named('order-clean-up') };

      await stacks.deploy(name, {
        Resources: { ...kept, ...customResources(provider, { One: { Id: 'one' } }).Resources },
      });
      const updated = await stacks.deploy(name, { Resources: kept });

      expect(updated.status).toBe('UPDATE_COMPLETE');
      expect(requests(name)).toEqual(['Create One', 'Delete One one']);
      expect(await stacks.failures(name)).toEqual([]);
    });

    it('hold when an update fails: a custom resource that it added and that failed is sent a Delete', async () => {
      const name = 'order-update-back';
      const provider = recordingProvider(recorder.url, name);
      const one = { One: { Id: 'one' } };

      await stacks.deploy(name, customResources(provider, one));
      const failed = await stacks.deploy(
        name,
        customResources(provider, { ...one, Two: { Id: 'two', FailOn: 'Create' } }),
      );

      expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(requests(name)).toEqual(['Create One', 'Create Two', 'Delete Two two']);
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { Fixture } from './fixture.ts';
import { customResources, recordingProvider } from './templates.ts';

interface Request {
  readonly RequestType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** What CloudFormation promises a custom resource, as far as the product counts on it. */
export function customResourceTests({ stacks, recorder }: Fixture): void {
  const requests = (name: string): string[] =>
    (recorder.told(name) as Request[]).map((request) =>
      [request.RequestType, request.LogicalResourceId, request.PhysicalResourceId].filter(Boolean).join(' '),
    );
  const provider = (name: string) => recordingProvider(recorder.url, name);

  describe('custom resources', () => {
    it('are created, updated in place and deleted, with their data and old properties', async () => {
      const name = 'custom-lifecycle';
      const template = (revision: number) => ({
        ...customResources(provider(name), { One: { Id: 'one', Revision: revision, Nested: { On: true } } }),
        Outputs: { Echo: { Value: { 'Fn::GetAtt': ['One', 'Echo'] } } },
      });

      const created = await stacks.deploy(name, template(1));
      const updated = await stacks.deploy(name, template(2));
      const deleted = await stacks.delete(created);

      expect(created).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { Echo: 'echo of one' } });
      expect(updated.status).toBe('UPDATE_COMPLETE');
      expect(deleted.status).toBe('DELETE_COMPLETE');
      expect(requests(name)).toEqual(['Create One', 'Update One one', 'Delete One one']);
      const update = recorder.told(name)[1] as Request;
      // As on AWS, numbers and booleans arrive as strings.
      expect(update.ResourceProperties).toMatchObject({ Revision: '2', Nested: { On: 'true' } });
      expect(update.OldResourceProperties).toMatchObject({ Revision: '1' });
    });

    it('are not called by an update that does not concern them', async () => {
      const name = 'custom-unconcerned';
      const template = (b: string) =>
        customResources(provider(name), { A: { Id: 'a' }, B: { Id: 'b', Value: b } });

      await stacks.deploy(name, template('1'));
      await stacks.deploy(name, template('2'));

      expect(requests(name)).toEqual(['Create A', 'Create B', 'Update B b']);
    });

    it('that change their physical id are replaced: the old one is deleted at the end', async () => {
      const name = 'custom-replaced';
      const template = (id: string) =>
        customResources(provider(name), { One: { Id: id }, Two: { Id: 'two', On: id } });

      await stacks.deploy(name, template('old'));
      await stacks.deploy(name, template('new'));

      expect(requests(name).slice(2)).toEqual(['Update One old', 'Update Two two', 'Delete One old']);
    });

    it('created before one that fails are deleted again, and so is the failed one', async () => {
      const name = 'custom-create-fails';

      const failed = await stacks.deploy(
        name,
        customResources(provider(name), { One: { Id: 'one' }, Two: { Id: 'two', FailOn: 'Create' } }),
      );

      expect(failed.status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures(name)).toContainEqual(expect.stringContaining('told to fail on Create'));
      expect(requests(name)).toEqual(['Create One', 'Create Two', 'Delete Two two', 'Delete One one']);
    });

    it('are put back by an update that fails', async () => {
      const name = 'custom-update-fails';
      const template = (revision: string, failOn: string) =>
        customResources(provider(name), {
          One: { Id: 'one', Revision: revision },
          Two: { Id: 'two', Revision: revision, FailOn: failOn },
        });

      await stacks.deploy(name, template('1', ''));
      const failed = await stacks.deploy(name, template('2', 'Update'));

      expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      const seen = recorder.told(name) as Request[];
      expect(
        seen
          .slice(2)
          .map(({ LogicalResourceId: id, ResourceProperties: { Revision } }) => `${id} ${Revision}`),
      ).toEqual(expect.arrayContaining(['One 2', 'Two 2', 'One 1', 'Two 1']));
      expect(requests(name)).not.toContainEqual(expect.stringContaining('Delete'));
    });

    it('that refuse to be deleted fail the deletion, and are asked again by the next', async () => {
      const name = 'custom-delete-fails';
      const template = (failOn: string) =>
        customResources(provider(name), { One: { Id: 'one', FailOn: failOn } });

      const created = await stacks.deploy(name, template('Delete'));
      const refused = await stacks.delete(created);
      expect(refused.status).toBe('DELETE_FAILED');
      expect(await stacks.failures(created.id)).toContainEqual(
        expect.stringContaining('told to fail on Delete'),
      );

      await stacks.delete(created);
      expect(requests(name)).toEqual(['Create One', 'Delete One one', 'Delete One one']);
    });

    it('that refuse to be deleted by a roll-back are asked again by the deletion that follows', async () => {
      const name = 'custom-roll-back-fails';

      const failed = await stacks.deploy(
        name,
        customResources(provider(name), {
          One: { Id: 'one', FailOn: 'Delete' },
          Two: { Id: 'two', FailOn: 'Create' },
        }),
      );
      await stacks.delete(failed);

      expect(failed.status).toBe('ROLLBACK_FAILED');
      expect(requests(name)).toEqual([
        'Create One',
        'Create Two',
        'Delete Two two',
        'Delete One one',
        'Delete One one',
      ]);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { clientsFor } from '../../../../rehearsal/aws/inventory/clients.ts';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';

const SQL = 'SELECT 1';

const template = (query: object): Template => ({
  Resources: {
    Database: {
      Type: 'AWS::Glue::Database',
      Properties: { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseInput: { Name: 'conformance' } },
    },
    View: {
      Type: 'AWS::Glue::Table',
      Properties: {
        CatalogId: { Ref: 'AWS::AccountId' },
        DatabaseName: { Ref: 'Database' },
        TableInput: {
          Name: 'events',
          TableType: 'VIRTUAL_VIEW',
          Parameters: { presto_view: 'true' },
          StorageDescriptor: { Columns: [{ Name: 'id', Type: 'string' }], SerdeInfo: {} },
          ViewOriginalText: { 'Fn::Join': ['', ['/* Presto View: ', { 'Fn::Base64': '{}' }, ' */']] },
        },
      },
    },
    WorkGroup: {
      Type: 'AWS::Athena::WorkGroup',
      Properties: {
        Name: { Ref: 'AWS::StackName' },
        RecursiveDeleteOption: true,
        WorkGroupConfiguration: {
          EnforceWorkGroupConfiguration: true,
          BytesScannedCutoffPerQuery: 100_000_000_000,
          ResultConfiguration: { OutputLocation: 's3://results/' },
        },
      },
    },
    Query: {
      Type: 'AWS::Athena::NamedQuery',
      Properties: {
        Name: 'saved',
        Database: { Ref: 'Database' },
        QueryString: SQL,
        WorkGroup: { Ref: 'WorkGroup' },
        ...query,
      },
    },
  },
  Outputs: { Query: { Value: { Ref: 'Query' } } },
});

/** Glue's tables and views, Athena's workgroups and saved queries are as a template says. */
export function queryTests({ aws, stacks }: Fixture): void {
  describe('tables, views and saved queries', () => {
    const { athena, glue } = clientsFor(aws, aws.region);
    const saved = (NamedQueryId = '') => athena('GetNamedQuery', { NamedQueryId });

    it('have the settings of the template, and go with it', async () => {
      const made = await stacks.deploy('queries', template({}));

      expect(made.status).toBe('CREATE_COMPLETE');
      expect(await glue('GetTable', { DatabaseName: 'conformance', Name: 'events' })).toMatchObject({
        Table: { TableType: 'VIRTUAL_VIEW', ViewOriginalText: '/* Presto View: e30= */' },
      });
      expect(await athena('GetWorkGroup', { WorkGroup: 'queries' })).toMatchObject({
        WorkGroup: { Configuration: { BytesScannedCutoffPerQuery: 100_000_000_000 } },
      });
      expect(await saved(made.outputs.Query)).toMatchObject({
        NamedQuery: { Name: 'saved', Database: 'conformance', WorkGroup: 'queries', QueryString: SQL },
      });

      await stacks.delete(made);
      await expect(saved(made.outputs.Query)).rejects.toThrow('not found');
    });

    it('a saved query that changes is another one', async () => {
      const made = await stacks.deploy('queries', template({}));
      const changed = await stacks.deploy('queries', template({ QueryString: 'SELECT 2' }));

      expect(changed.status).toBe('UPDATE_COMPLETE');
      expect(changed.outputs.Query).not.toBe(made.outputs.Query);
      expect(await saved(changed.outputs.Query)).toMatchObject({ NamedQuery: { QueryString: 'SELECT 2' } });
      await expect(saved(made.outputs.Query)).rejects.toThrow('not found');
      await stacks.delete(changed);
    });

    it('a saved query in a workgroup that is not there fails its stack', async () => {
      const made = await stacks.deploy('queries-nowhere', template({ WorkGroup: 'elsewhere' }));

      expect(made.status).toBe('ROLLBACK_COMPLETE');
      expect(await stacks.failures(made.id)).toContainEqual(expect.stringContaining('elsewhere'));
    });
  });
}

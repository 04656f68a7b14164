import { expect, test } from 'vitest';
import { property, resourcesOf, type Template } from '../template.ts';

/** What Athena is told: which days it looks into, and which columns there are. */
export function queryTests(template: Template): void {
  test('asks the saved questions of the last 30 days', () => {
    const queries = resourcesOf(template, 'AWS::Athena::NamedQuery').map(([, query]) =>
      property<string>(query, 'QueryString'),
    );

    expect(queries).toHaveLength(10);
    for (const query of queries) {
      expect(query).toMatch(
        /^WITH events AS \(SELECT \* FROM audit_events WHERE eventday >= .*INTERVAL '30' DAY/,
      );
    }
  });

  test('looks into days from the parameter on, in the archive and in CloudTrail', () => {
    const first = (separator: string) => ({
      'Fn::Join': [separator, { 'Fn::Split': ['-', { Ref: 'QueriesFirstDay' }] }],
    });
    const dayRanges = resourcesOf(template, 'AWS::Glue::Table').flatMap(([, table]) =>
      Object.entries(
        property<{ Parameters: Record<string, unknown> }>(table, 'TableInput').Parameters,
      ).filter(([name]) => /^projection\.(event)?day\.range$/.test(name)),
    );

    expect(dayRanges).toHaveLength(7);
    for (const [name, range] of dayRanges) {
      const [separator, ahead] = name.includes('event') ? ['', 2] : ['/', 1];
      expect(range).toEqual({ 'Fn::Join': ['', [first(separator), `,NOW+${ahead}DAYS`]] });
    }
  });

  test('is told of each view the columns that it has', () => {
    const columnsOf = (name: string) =>
      resourcesOf(template, 'AWS::Glue::Table')
        .map(([, table]) =>
          property<{ Name: string; StorageDescriptor: { Columns: { Name: string }[] } }>(table, 'TableInput'),
        )
        .find(({ Name }) => Name === name)
        ?.StorageDescriptor.Columns.map(({ Name }) => Name) ?? [];

    expect(columnsOf('all_events')).toEqual(columnsOf('audit_events'));
    expect(columnsOf('cloudtrail_events')).toEqual([
      ...columnsOf('audit_events'),
      'account',
      'region',
      'day',
    ]);
  });
}

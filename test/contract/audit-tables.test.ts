import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { archiveHour, derivedDayPrefix } from '../../contract/archive.ts';
import {
  CLOUDTRAIL_VIEW_COLUMNS,
  cloudTrailEventsSql,
  cloudTrailTable,
} from '../../contract/audit-cloudtrail.ts';
import { AUDIT_QUESTIONS, questionSql } from '../../contract/audit-questions.ts';
import { columnsOf, OCSF_CLASS_NAMES } from '../../contract/audit-schema.ts';
import { ATHENA, auditEventsSql, DUCKDB, tableName, VIEW_COLUMNS } from '../../contract/audit-sql.ts';
import { auditTables, glueColumns, prestoView } from '../../contract/audit-tables.ts';
import { OCSF_CLASSES } from '../../contract/ocsf.ts';
import { filingTime } from '../../lambda/archive/raw/archive-id.ts';

const TABLES = auditTables({ bucket: 'derived', awsRegion: 'us-east-1', firstDay: '20250101' });

describe("the archive's tables", () => {
  test('find the files where they are written, of each class, source and day', () => {
    for (const className of OCSF_CLASS_NAMES) {
      const table = TABLES.find(({ name }) => name === tableName(className));
      const found = table?.parameters['storage.location.template']
        ?.replace(`\${source}`, 'ibmcloud')
        .replace(`\${eventday}`, '20260301');
      expect(found).toBe(`s3://derived/${derivedDayPrefix('ibmcloud', className, 'us-east-1', '20260301')}`);
    }
  });

  test('find what has no usable time in tables of its own, which the archive looks into for nothing else', () => {
    const undated = derivedDayPrefix(
      'cloudone',
      'authentication',
      'us-east-1',
      archiveHour(filingTime(Number.NaN)).slice(0, 8),
    );
    const [, table] = TABLES.filter(({ name }) => name.startsWith('audit_authentication'));
    expect(table?.parameters).not.toHaveProperty(['projection.eventday.range']);
    const day = table?.parameters['projection.eventday.values'] ?? '';
    const found = table?.parameters['storage.location.template']
      ?.replace(`\${source}`, 'cloudone')
      .replace(`\${eventday}`, day);
    expect(found).toBe(`s3://derived/${undated}`);
    for (const { name } of TABLES) {
      expect(auditEventsSql(ATHENA)).toContain(`FROM ${name} e`);
      expect(auditEventsSql(DUCKDB).includes(`FROM ${name} e`)).toBe(!name.endsWith('_undated'));
    }
  });

  test('have no column twice, in any case: Glue knows small letters only', () => {
    for (const { columns, partitionKeys } of TABLES) {
      const names = [...columns, ...partitionKeys].map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.map((name) => name.toLowerCase())).toEqual(names);
    }
  });

  test('have structs and lists as Hive writes them', () => {
    const table = TABLES.find(({ name }) => name === 'audit_api_activity');
    expect(table?.columns.find(({ name }) => name === 'resources')?.type).toBe(
      'array<struct<uid:string,name:string,type:string,data:string>>',
    );
  });

  test('have the attributes that OCSF gives each class, and no others', () => {
    const facts = readFileSync(
      new URL('../lambda/archive/ocsf/schema/ocsf-1.8.0.jsonl', import.meta.url),
      'utf8',
    );
    const classes = facts
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind?: string; uid?: number; attributes?: object })
      .filter(({ kind }) => kind === 'class');
    for (const className of OCSF_CLASS_NAMES) {
      const known = Object.keys(
        classes.find(({ uid }) => uid === OCSF_CLASSES[className].uid)?.attributes ?? {},
      );
      expect(known).toEqual(expect.arrayContaining(columnsOf(className).map(({ name }) => name)));
    }
  });
});

describe('the views', () => {
  test('have the columns that Glue and Trino are told, in their order', () => {
    const view = JSON.parse(prestoView('SELECT 1', 'audit', VIEW_COLUMNS)) as {
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    };
    expect(view).toMatchObject({ originalSql: 'SELECT 1', catalog: 'awsdatacatalog', schema: 'audit' });
    expect(view.columns.map(({ name }) => name)).toEqual(glueColumns(VIEW_COLUMNS).map(({ name }) => name));
    expect(view.columns[0]).toEqual({ name: 'time', type: 'timestamp(3)' });
    const named = [...cloudTrailEventsSql(ATHENA).matchAll(/ AS "(?<name>\w+)"/g)].map(([, name]) => name);
    expect(named).toEqual(CLOUDTRAIL_VIEW_COLUMNS.map(({ name }) => name));
  });

  test('take the source of the partition, so that one source is read alone', () => {
    expect(auditEventsSql(ATHENA).match(/e\."source" AS "source"/g)).toHaveLength(12);
  });

  test('read lists and JSON in Trino’s words', () => {
    const sql = auditEventsSql(ATHENA);
    expect(sql).toContain('element_at(e."resources", 1)."uid"');
    expect(sql).toContain(`json_extract_scalar(e."unmapped", '$.attention') AS "attention"`);
    expect(sql).toContain('COALESCE(e."actor"."user"."name", e."actor"."user"."uid") AS "principal"');
  });
});

test("the table over a trail's files names accounts, regions and days", () => {
  const { parameters, columns } = cloudTrailTable({
    location: 's3://trail/AWSLogs/o-1234567890/',
    accounts: ['111122223333', '444455556666'],
    regions: ['us-east-1'],
    firstDay: '2026/01/01',
  });
  expect(parameters).toMatchObject({
    'projection.account.values': '111122223333,444455556666',
    'storage.location.template': `s3://trail/AWSLogs/o-1234567890/\${account}/CloudTrail/\${region}/\${day}/`,
  });
  expect(columns.find(({ name }) => name === 'resources')?.type).toBe(
    'array<struct<arn:string,accountid:string,type:string>>',
  );
});

test('a question of the last days names them before anything is read', () => {
  const [question] = AUDIT_QUESTIONS;
  expect(question && questionSql(question, 30)).toMatch(
    /^WITH events AS \(SELECT \* FROM audit_events WHERE eventday >= .*'30'/,
  );
  expect(question && questionSql(question)).toMatch(/^WITH events AS \(SELECT \* FROM audit_events\)\n/);
});

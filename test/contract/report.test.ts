import { describe, expect, test } from 'vitest';
import { AUDIT_SOURCES } from '../../contract/archive.ts';
import {
  DEFAULT_COLUMNS,
  parseReports,
  ReportDefinitionError,
  readReportDefinition,
  reportKey,
} from '../../contract/report.ts';
import { REPORT_ATTRIBUTES, readReportFilter } from '../../contract/report-attributes.ts';

const LEAST = { name: 'access', title: 'Access' };

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ReportDefinitionError);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
}

describe('a definition', () => {
  test('needs a name and a title only', () => {
    expect(readReportDefinition(LEAST)).toEqual({
      ...LEAST,
      subtitle: '',
      titlePage: false,
      label: '',
      sources: AUDIT_SOURCES,
      range: { last: { count: 24, unit: 'hour' } },
      timeZone: 'UTC',
      include: [],
      exclude: [],
      columns: DEFAULT_COLUMNS,
      furtherColumns: ['attention', 'id'],
      formats: ['pdf'],
      every: undefined,
      at: 6,
      mailTo: [],
    });
  });

  test('knows every attribute of a controller audit report, however it is written', () => {
    for (const [attribute, column] of Object.entries(REPORT_ATTRIBUTES)) {
      const first = attribute.charAt(0).toLowerCase() + attribute.slice(1);
      for (const name of [attribute, first, column]) {
        expect(readReportFilter(`${name}:a:b`)).toEqual({ column, value: 'a:b' });
        expect(readReportDefinition({ ...LEAST, columns: [name] })).toMatchObject({
          columns: [column, 'changes'],
          furtherColumns: [],
        });
      }
    }
  });

  test.each([
    [true, ['time', 'event'], ['time', 'event', 'changes']],
    [true, ['changes', 'time'], ['changes', 'time']],
    [false, ['time', 'changes'], ['time']],
  ])('showDiff %j makes columns %j into %j', (showDiff, columns, expected) => {
    expect(readReportDefinition({ ...LEAST, showDiff, columns }).columns).toEqual(expected);
  });

  test('covers the period before the one in which it is due', () => {
    expect(readReportDefinition({ ...LEAST, every: 'week' }).range).toEqual({ previous: 'week' });
  });

  test.each([
    ['24 hours', { count: 24, unit: 'hour' }],
    ['7d', { count: 7, unit: 'day' }],
    ['1 Month', { count: 1, unit: 'month' }],
    ['2w', { count: 2, unit: 'week' }],
  ])('reads the last %j', (last, expected) => {
    expect(readReportDefinition({ ...LEAST, range: { last } }).range).toEqual({ last: expected });
  });

  test.each([
    [{ name: 'Access' }, 'field name', '"Access"'],
    [{ name: 'a/b' }, 'field name', '"a/b"'],
    [{ title: '' }, 'field title', '1 to 120'],
    [{ title: 'a\r\nBcc: x@example.com' }, 'field title', 'a line'],
    [{ title: undefined }, 'field title', 'given nothing'],
    [{ label: 'x'.repeat(41) }, 'field label', '40'],
    [{ sources: [] }, 'field sources', 'cloudone'],
    [{ sources: ['cloudone', 'cloudone'] }, 'field sources', 'some of'],
    [{ range: { last: '5 minutes' } }, 'field range', '5 minutes'],
    [{ range: { last: '0 days' } }, 'field range', '0 days'],
    [{ range: { from: '2026-02-30', to: '2026-03-01' } }, 'field range', '2026-02-30'],
    [{ range: { from: '2026-03-01' } }, 'field range', 'from'],
    [{ timeZone: 'Asia/Edo' }, 'field timeZone', 'Asia/Edo'],
    [{ include: ['UserName:alice', 'Colour:red'] }, 'field include', '"Colour:red"'],
    [{ include: ['UserName:'] }, 'field include', 'UserName:'],
    [{ exclude: ['time:2026'] }, 'field exclude', 'time:2026'],
    [{ columns: ['time', 'colour'] }, 'field columns', '"colour"'],
    [{ columns: ['event', 'Action'] }, 'field columns', 'different'],
    [{ columns: ['changes'], showDiff: false }, 'field columns', 'showDiff'],
    [{ formats: ['docx'] }, 'field formats', 'pdf, json, csv'],
    [{ every: 'year' }, 'field every', 'year'],
    [{ at: 24 }, 'field at', '0 to 23'],
    [{ mailTo: ['nobody'] }, 'field mailTo', 'nobody'],
    [{ subTitle: 'x' }, '"subTitle"', 'subtitle'],
    [{ every: 'day', range: { from: '2026-03-01', to: '2026-03-02' } }, 'field range', 'every'],
    [{ every: 'day', range: { previous: 'month' } }, 'field range', '{"previous": "day"}'],
  ])('%j is refused, with what is allowed', (change, where, what) => {
    const message = messageOf(() => readReportDefinition({ ...LEAST, ...change }));
    expect(message).toContain(where);
    expect(message).toContain(what);
    expect(message).toContain('docs/audit-reports.md');
  });
});

describe('the parameter', () => {
  test('is empty, or a list', () => {
    expect(parseReports(' ')).toEqual([]);
    expect(parseReports('[]')).toEqual([]);
    expect(parseReports(JSON.stringify([{ ...LEAST, every: 'month' }]))).toMatchObject([
      { name: 'access', every: 'month' },
    ]);
  });

  test.each([
    ['{', 'no JSON'],
    ['{}', 'list of reports'],
    ['[1]', 'Report 1 is 1'],
    [JSON.stringify([LEAST]), 'Report 1 has no schedule'],
    [
      JSON.stringify([
        { ...LEAST, every: 'day' },
        { ...LEAST, every: 'week' },
      ]),
      'Report 2 is called "access", like report 1',
    ],
    [JSON.stringify([{ ...LEAST, every: 'day', title: 'x'.repeat(4_100) }]), '3000'],
  ])('%j is refused', (json, words) => {
    expect(messageOf(() => parseReports(json))).toContain(words);
  });

  test('every fault of every report is told at once', () => {
    const message = messageOf(() => parseReports(JSON.stringify([{ name: 'A' }, { ...LEAST, at: 'six' }])));
    for (const words of ['Report 1, field name', 'Report 1, field title', 'Report 2, field at']) {
      expect(message).toContain(words);
    }
  });
});

test('keys are those of the archive', () => {
  expect(reportKey('access', '2026-W09', 'csv')).toBe('reports/access/2026-W09.csv');
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUDIT_COLUMNS } from '../../../../contract/audit-columns.ts';
import type { EventRow } from '../../../../lambda/archive/ocsf/action-course.ts';
import { withoutFormulas } from '../../../../lambda/archive/reports/csv.ts';
import { makeReport } from '../../../../lambda/archive/reports/make-report.ts';
import { dangerousText, each, order, row } from './rows.ts';

const NO_FONTS = { regular: '', bold: '' };

async function csvOf(rows: readonly EventRow[], given: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trailbridge-test-'));
  try {
    const { files } = await makeReport(order(given), () => each(rows), ['csv'], folder, NO_FONTS);
    return await readFile(files.get('csv') ?? '', 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** RFC 4180 to the letter: fields that are quoted, or hold none of what must be; lines end in CR LF, the last one, too. */
function strictlyParsed(text: string): string[][] {
  const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  const records: string[][] = [];
  let position = 0;
  while (position < text.length) {
    const record: string[] = [];
    for (;;) {
      field.lastIndex = position;
      const match = field.exec(text);
      record.push((match?.[1]?.replaceAll('""', '"') ?? match?.[2]) as string);
      position = field.lastIndex;
      if (text.startsWith('\r\n', position)) {
        position += 2;
        break;
      }
      expect(text[position]).toBe(',');
      position += 1;
    }
    records.push(record);
  }
  return records;
}

/** What a spreadsheet calculates, whatever it looks through before the first sign that is seen. */
const CALCULATED = /^[\s\p{Cc}\p{Cf}"]*[=+\-@＝＋－＠﹦﹢﹣﹫−]/u;

const TEXT_COLUMNS = AUDIT_COLUMNS.filter(({ type }) => type === 'text').map(({ name }) => name);

test('every column of every event is read back, and none is calculated', async () => {
  const columns = AUDIT_COLUMNS.map(({ name }) => name);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(dangerousText, { minLength: TEXT_COLUMNS.length, maxLength: TEXT_COLUMNS.length }), {
        maxLength: 4,
      }),
      async (events) => {
        const rows = events.map((texts) =>
          row(Object.fromEntries(TEXT_COLUMNS.map((name, index) => [name, texts[index]]))),
        );
        const text = await csvOf(rows, { columns });
        expect(text.startsWith('\uFEFF')).toBe(true);
        const [heading, ...lines] = strictlyParsed(text.slice(1));
        expect(heading).toEqual(AUDIT_COLUMNS.map((column) => column.heading));
        expect(lines).toHaveLength(events.length);
        lines.forEach((cells, index) => {
          expect(cells).toHaveLength(columns.length);
          TEXT_COLUMNS.filter((name) => name !== 'source').forEach((name) => {
            const cell = cells[columns.indexOf(name)] ?? '';
            expect(cell).not.toMatch(CALCULATED);
            // Only apostrophes are added.
            const given = events[index]?.[TEXT_COLUMNS.indexOf(name)] ?? '';
            expect(cell.replaceAll("'", '')).toBe(given.replaceAll("'", ''));
          });
        });
      },
    ),
    { numRuns: 30 },
  );
});

test('no cell begins with a formula where a spreadsheet takes another separator', () => {
  fc.assert(
    fc.property(dangerousText, fc.constantFrom(',', ';', '|', '\t', '\n'), (text, separator) => {
      for (const cell of withoutFormulas(text).split(separator)) {
        expect(cell).not.toMatch(CALCULATED);
      }
    }),
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', "'\rx"],
  ['  =1', "'  =1"],
  ['\u200B=1', "'\u200B=1"],
  ['＝1+1', "'＝1+1"],
  ['−1', "'−1"],
  ['a;=cmd|x', "a;'=cmd|x"],
  ['a\n=1', "a\n'=1"],
  ['a;=1;=2|-3', "a;'=1;'=2|'-3"],
  ['alice@example.com', 'alice@example.com'],
  ['a-b=c+d', 'a-b=c+d'],
  ['', ''],
])('%j becomes %j', (text, expected) => {
  expect(withoutFormulas(text)).toBe(expected);
});

test('changes are told as old → new, with what they mean', async () => {
  const changes = [
    {
      field: 'mfa',
      label: 'MFA',
      old: 'TOTP',
      old_meaning: 'one-time code',
      new: 'NONE',
      new_meaning: 'no factor',
    },
    { field: 'ips', label: 'Addresses', old: null, new: '' },
    { field: 'n', label: 'Limit', old: 5, new: { a: 1 } },
  ];
  const text = await csvOf([row({ changes })], { columns: ['time', 'changes'] });
  expect(strictlyParsed(text.slice(1))[1]).toEqual([
    '2026-03-01T00:00:00.000+09:00',
    'MFA: TOTP (one-time code) → NONE (no factor)\nAddresses: → (none)\nLimit: 5 → {"a":1}',
  ]);
});

test('a source is told as it is, whatever it is called', async () => {
  expect(
    await csvOf([row({ source: 'valueOf' }), row({ source: 'cloudone' })], { columns: ['source'] }),
  ).toContain('"valueOf",\r\n"Trend Cloud One",');
});

test('each event says why to look at it and leads back to the archive, unless columns are named', async () => {
  const event = row({ attention: 'A log-in failed' });
  const [heading, cells] = strictlyParsed((await csvOf([event], {})).slice(1));
  expect(heading?.slice(-2)).toEqual(['Look at first', 'Archive id']);
  expect(cells?.slice(-2)).toEqual(['A log-in failed', event.id]);
  expect(await csvOf([event], { columns: ['time'] })).not.toContain(event.id);
});

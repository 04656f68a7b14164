/** A query's result for a person or a spreadsheet. */
import { stringify } from 'csv-stringify/sync';
import { withoutFormulas } from '../../lambda/archive/reports/csv.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { cutToWidth, displayWidth } from '../text-width.ts';
import type { JsonValue, QueryResult } from './duckdb.ts';

const GAP = '  ';
/** A column is not made narrower than this. */
const LEAST_WIDTH = 6;
const NOTHING = '-';

/** @param width of the terminal; without it, columns are as wide as they have to be. */
export function tableOf({ columns, rows }: QueryResult, width?: number): string {
  if (rows.length === 0) {
    return 'Nothing was found.';
  }
  const lines = [
    columns.map(({ name }) => printable(name)),
    ...rows.map((row) => row.map((value) => printable(textOf(value, NOTHING)))),
  ];
  const natural = columns.map((_, index) =>
    Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))),
  );
  const widths = width === undefined ? natural : fitted(natural, width - GAP.length * (columns.length - 1));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const cell = cutToWidth(text, widths[index] ?? 0);
          const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
          return columns[index]?.isNumber === true ? space + cell : cell + space;
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Takes from the widest columns first. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  for (let over = widths.reduce((sum, each) => sum + each, 0) - width; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= LEAST_WIDTH) {
      break;
    }
    widths[widest] = now - 1;
  }
  return widths;
}

function textOf(value: JsonValue, nothing: string): string {
  if (value === null) {
    return nothing;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** With a heading line, as RFC 4180 has it, and without formulas: see `withoutFormulas`. Numbers are left as they are. */
export function csvOf({ columns, rows }: QueryResult): string {
  const cells = rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? String(value) : withoutFormulas(textOf(value, '')))),
  );
  return stringify([columns.map(({ name }) => withoutFormulas(name)), ...cells]);
}

/** Each row as an object. */
export function objectsOf({ columns, rows }: QueryResult): readonly Readonly<Record<string, JsonValue>>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

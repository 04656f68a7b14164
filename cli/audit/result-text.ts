/** A query's result for a person, a spreadsheet or a program: as text in pieces, of which few are in memory at a time. */
import { BYTE_ORDER_MARK, csvLine, withoutFormulas } from '../../lambda/archive/reports/csv.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { jsonText } from '../terminal-text.ts';
import { cutToWidth, displayWidth } from '../text-width.ts';
import type { JsonValue, QueryResult, Row } from './duckdb.ts';

const GAP = '  ';
/** A column is not made narrower than this. */
const LEAST_WIDTH = 6;
const NOTHING = '-';
/** How wide a column has to be is known when all its rows are. */
export const MOST_TABLE_ROWS = 1000;

export interface Table {
  readonly text: string;
  /** Whether there are more rows than a table shows. */
  readonly isCut: boolean;
}

/** @param width of the terminal; without it, columns are as wide as they have to be. */
export async function tableOf({ columns, rows }: QueryResult, width?: number): Promise<Table> {
  const lines: string[][] = [];
  let isCut = false;
  for await (const row of rows) {
    if (lines.length === MOST_TABLE_ROWS) {
      isCut = true;
      break;
    }
    lines.push(row.map((value) => printable(textOf(value, NOTHING))));
  }
  const text =
    lines.length === 0
      ? 'Nothing was found.'
      : aligned(columns, [columns.map(({ name }) => printable(name)), ...lines], width);
  return { text, isCut };
}

function aligned(
  columns: QueryResult['columns'],
  lines: readonly (readonly string[])[],
  width: number | undefined,
): string {
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

/** As reports are: with a heading line, quoted, and without formulas: see `withoutFormulas`. Numbers are left as they are. */
export async function* csvOf({ columns, rows }: QueryResult): AsyncGenerator<string, void, undefined> {
  yield BYTE_ORDER_MARK + csvLine(columns.map(({ name }) => withoutFormulas(name)));
  for await (const row of rows) {
    yield csvLine(
      row.map((value) => (typeof value === 'number' ? String(value) : withoutFormulas(textOf(value, '')))),
    );
  }
}

/** An array, each row an object. */
export async function* jsonOf({ columns, rows }: QueryResult): AsyncGenerator<string, void, undefined> {
  let before = '[\n';
  for await (const row of rows) {
    yield before + jsonText(objectOf(columns, row), 2).replaceAll(/^/gm, '  ');
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** A row, by its columns' names. */
function objectOf(columns: QueryResult['columns'], row: Row): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
}

/** A query's result for a person, a spreadsheet or a program: as text in pieces, of which few are in memory at a time. */
import { BYTE_ORDER_MARK, csvLine, withoutFormulas } from '../../lambda/archive/reports/csv.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { jsonText } from '../terminal-text.ts';
import { cutToWidth, displayWidth } from '../text-width.ts';
import type { JsonValue, QueryResult, Row } from './duckdb.ts';

const GAP = '  ';
/** A column of words is not made narrower than this: where there is less room, records stand one below another. */
const LEAST_WIDTH = 12;
/** Columns that are never cut: of an id or a time, the beginning is of no use. */
const WHOLE = /(?:^|_)(?:id|time|day)$/i;
const NOTHING = '-';
/** How wide a column has to be is known when all its rows are. */
export const MOST_TABLE_ROWS = 1000;

export interface Table {
  readonly text: string;
  /** Rows that are shown. */
  readonly rows: number;
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
      : arranged(columns, [columns.map(({ name }) => printable(name)), ...lines], width);
  return { text, rows: lines.length, isCut };
}

/** @param lines the first with the names of the columns. */
function arranged(
  columns: QueryResult['columns'],
  lines: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const natural = columns.map((_, index) =>
    Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))),
  );
  const widths = width === undefined ? natural : fitted(columns, natural, width);
  return widths === undefined ? oneBelowAnother(lines) : aligned(columns, lines, widths);
}

/** Nothing is cut: a terminal breaks lines that are longer than it is wide. */
function oneBelowAnother([names = [], ...records]: readonly (readonly string[])[]): string {
  const widest = Math.max(...names.map(displayWidth));
  return records
    .map((record) =>
      record
        .map((text, index) => {
          const name = names[index] ?? '';
          return `${name}${' '.repeat(widest - displayWidth(name))}${GAP}${text}`;
        })
        .join('\n'),
    )
    .join('\n\n');
}

function aligned(
  columns: QueryResult['columns'],
  lines: readonly (readonly string[])[],
  widths: readonly number[],
): string {
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

/**
 * Takes from the widest columns of words first.
 *
 * @returns `undefined` where the columns do not fit side by side.
 */
function fitted(
  columns: QueryResult['columns'],
  natural: readonly number[],
  width: number,
): readonly number[] | undefined {
  const widths = [...natural];
  const isWhole = columns.map(({ name, isNumber }) => isNumber || WHOLE.test(name));
  const room = width - GAP.length * (columns.length - 1);
  for (let over = widths.reduce((sum, each) => sum + each, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...widths.filter((_, index) => isWhole[index] !== true));
    if (widest <= LEAST_WIDTH) {
      return undefined;
    }
    widths[widths.findIndex((each, index) => each === widest && isWhole[index] !== true)] = widest - 1;
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

/** A query's result for a person or a spreadsheet. */
import { stringify } from 'csv-stringify/sync';
import { printable } from '../../lambda/shared/remote-words.ts';
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
  const natural = columns.map((_, index) => Math.max(...lines.map((line) => columnsIn(line[index] ?? ''))));
  const widths = width === undefined ? natural : fitted(natural, width - GAP.length * (columns.length - 1));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const cell = cut(text, widths[index] ?? 0);
          const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - columnsIn(cell)));
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

function cut(text: string, width: number): string {
  if (columnsIn(text) <= width) {
    return text;
  }
  let kept = '';
  for (const character of text) {
    if (columnsIn(kept + character) > width - 1) {
      break;
    }
    kept += character;
  }
  return `${kept}…`;
}

/** Chinese, Japanese and Korean characters take two columns. Source: Unicode Standard Annex 11, "East Asian Width". */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function columnsIn(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

function textOf(value: JsonValue, nothing: string): string {
  if (value === null) {
    return nothing;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * With a heading line, as RFC 4180 has it. What a spreadsheet would take for a formula begins with an apostrophe: whoever
 * chooses a user's name must not choose what runs on an analyst's machine (OWASP, "CSV Injection"). Numbers are left as they are.
 */
export function csvOf({ columns, rows }: QueryResult): string {
  const cells = rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? String(value) : harmless(textOf(value, '')))),
  );
  return stringify([columns.map(({ name }) => harmless(name)), ...cells]);
}

function harmless(text: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

/** Each row as an object. */
export function objectsOf({ columns, rows }: QueryResult): readonly Readonly<Record<string, JsonValue>>[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

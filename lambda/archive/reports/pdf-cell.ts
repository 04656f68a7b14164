/** What fits into a cell of the table on paper. */
import type { ReportColumnName } from '../../../contract/report-attributes.ts';

/** How wide columns are to each other; points at the usual size of the letters. */
const USUAL_WIDTHS: Readonly<Partial<Record<ReportColumnName, number>>> = {
  time: 66,
  source: 60,
  event: 112,
  activity: 54,
  class: 70,
  class_uid: 36,
  outcome: 40,
  course: 90,
  severity: 50,
  attention: 110,
  principal: 96,
  source_ip: 62,
  object_type: 97,
  object_name: 112,
  changes: 180,
  message: 170,
  id: 130,
};
const USUAL_WIDTH = 84;

/** Of a table's columns, in points, that fill a width. */
export function columnWidths(columns: readonly ReportColumnName[], available: number): readonly number[] {
  const usual = columns.map((column) => USUAL_WIDTHS[column] ?? USUAL_WIDTH);
  const sum = usual.reduce((total, width) => total + width, 0);
  return usual.map((width) => Math.floor(((width * available) / sum) * 100) / 100);
}

/** Letters get smaller where columns are many. Points. */
export function fontSizeFor(columns: number): number {
  if (columns <= 10) {
    return 7;
  }
  return columns <= 16 ? 5.5 : 4.5;
}

/** A row of so many lines fits on a page at every size of the letters. */
const MOST_LINES = 36;
const CUT = '… (in full in the JSON and CSV formats)';

/** Noto Sans JP: ideographs, kana and full-width forms are as wide as high; others are on average somewhat more than half. */
const WIDE = /[\u1100-\u115F\u2E80-\uFFDC]/;
const NARROW_EM = 0.62;

/** How many lines a text takes, at most, in a column. */
export function linesOf(text: string, width: number, fontSize: number): number {
  return text
    .split('\n')
    .reduce((lines, line) => lines + Math.max(1, Math.ceil(widthOf(line, fontSize) / width)), 0);
}

/**
 * Cuts a text that would make its row longer than a page, and says so.
 *
 * @param lines that are left in the cell
 */
export function fitted(text: string, width: number, fontSize: number, lines: number = MOST_LINES): string {
  // No letter is narrower than a fifth of its height: what is beyond that cannot fit, and is not measured.
  const possible = text.slice(0, Math.ceil((lines * width * 5) / fontSize));
  if (possible === text && linesOf(text, width, fontSize) <= lines) {
    return text;
  }
  let taken = '';
  let used = 0;
  let column = 0;
  for (const letter of possible) {
    column += letter === '\n' ? width : widthOf(letter, fontSize);
    if (letter === '\n' || column > width) {
      used += 1;
      column = letter === '\n' ? 0 : widthOf(letter, fontSize);
    }
    if (used >= lines - linesOf(CUT, width, fontSize)) {
      break;
    }
    taken += letter;
  }
  return `${taken}${CUT}`;
}

/**
 * As many of a list's texts as fit into a cell together, the last one cut if need be.
 */
export function fittedList(texts: readonly string[], width: number, fontSize: number): readonly string[] {
  const shown: string[] = [];
  let left = MOST_LINES;
  for (const text of texts) {
    if (left <= 0) {
      return [...shown.slice(0, -1), CUT];
    }
    const fit = fitted(text, width, fontSize, left);
    shown.push(fit);
    left -= linesOf(fit, width, fontSize);
  }
  return shown;
}

function widthOf(text: string, fontSize: number): number {
  let em = 0;
  for (const letter of text) {
    em += WIDE.test(letter) || letter.length > 1 ? 1 : NARROW_EM;
  }
  return em * fontSize;
}

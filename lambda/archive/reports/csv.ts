/** A report as CSV (RFC 4180), for spreadsheets: what it holds is shown, and never calculated. */
import { stringify } from 'csv-stringify/sync';
import type { EventRow } from '../ocsf/action-course.ts';
import { cellText, headingOf } from './cell.ts';
import { type ReportWriter, TextFile } from './report-file.ts';
import { columnsOf, type ReportOrder } from './report-head.ts';

/** Without it, Excel takes UTF-8 for the code page of the machine. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** What makes a spreadsheet calculate a cell: `=`, `+`, `-`, `@`, and what it, or a normalisation on the way, takes for them. */
const FORMULA_SIGNS =
  '=+\\-@\u2212\u207A\u207B\u207C\u208A\u208B\u208C\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20';
/** What may stand before such a sign and not be seen: quotation marks, white space, control and format characters. */
const UNSEEN = `["'\\s\\p{Cc}\\p{Cf}]*`;

const FORMULA = new RegExp(`^${UNSEEN}[${FORMULA_SIGNS}]`, 'u');
/** Where a spreadsheet that takes another separator than the comma, as in most of Europe, would begin a cell. */
const LATER_FORMULA = new RegExp(`([,;|\\t\\r\\n]${UNSEEN})(?=[${FORMULA_SIGNS}])`, 'gu');
const LEADING_CONTROL = /^[\t\r\n]/;

/**
 * Makes a text safe for a spreadsheet: an apostrophe says that what follows is text. Source: OWASP, "CSV Injection", which
 * also names separators within a text: a cell ends there in a spreadsheet of another language.
 */
export function withoutFormulas(text: string): string {
  const later = text.replace(LATER_FORMULA, "$1'");
  return FORMULA.test(text) || LEADING_CONTROL.test(text) ? `'${later}` : later;
}

export class CsvWriter implements ReportWriter {
  readonly #file: TextFile;
  readonly #order: ReportOrder;

  private constructor(file: TextFile, order: ReportOrder) {
    this.#file = file;
    this.#order = order;
  }

  static async create(path: string, order: ReportOrder): Promise<CsvWriter> {
    const file = await TextFile.create(path);
    await file.write(`${BYTE_ORDER_MARK}${csvLine(columnsOf(order).map(headingOf))}`);
    return new CsvWriter(file, order);
  }

  add(row: EventRow): Promise<void> {
    const { timeZone } = this.#order.definition;
    return this.#file.write(
      csvLine(columnsOf(this.#order).map((column) => withoutFormulas(cellText(row, column, timeZone)))),
    );
  }

  end(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** With its line break; every cell is quoted. */
export function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { quoted: true, quoted_empty: false, record_delimiter: 'windows' });
}

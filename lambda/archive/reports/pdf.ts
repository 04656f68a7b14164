/** A report as PDF, A4 landscape. */
import { writeFile } from 'node:fs/promises';
import type { ReportColumnName } from '../../../contract/report-attributes.ts';
import type { EventRow } from '../ocsf/action-course.ts';
import type { PdfContent, PdfDocument } from './pdf-document.ts';
import { PdfLetters } from './pdf-letters.ts';
import { COLOURS, MARGINS, PAGE_WIDTH } from './pdf-style.ts';
import { number, summaryOf, titlePage } from './pdf-summary.ts';
import { eventTable } from './pdf-table.ts';
// biome-ignore lint/correctness/useImportExtensions: the rule takes the types beside a JavaScript module for the module.
import pdfmake from './pdfmake.mjs';
import type { ReportWriter } from './report-file.ts';
import { periodInWords, type ReportOrder } from './report-head.ts';
import type { ReportSummary } from './summary.ts';

/**
 * Events on paper at most: the whole table is laid out in memory, and nobody turns a thousand pages. What that takes is in
 * docs/adr/0030-audit-reports.md.
 */
export const MOST_PDF_EVENTS = 10_000;

/**
 * TrueType files of Noto Sans JP, which has Japanese, Greek, Cyrillic and most Latin letters, not all: Ł is lacking, and so are
 * other scripts. Both have the same ones.
 */
export interface PdfFonts {
  readonly regular: string;
  readonly bold: string;
}

const FONT = 'Noto Sans JP';

/** Keeps the first events until the end, for how many there are stands above them. */
export class PdfWriter implements ReportWriter {
  readonly #path: string;
  readonly #order: ReportOrder;
  readonly #fonts: PdfFonts;
  readonly #rows: EventRow[] = [];

  constructor(path: string, order: ReportOrder, fonts: PdfFonts) {
    this.#path = path;
    this.#order = order;
    this.#fonts = fonts;
  }

  async add(row: EventRow): Promise<void> {
    if (this.#rows.length < MOST_PDF_EVENTS) {
      this.#rows.push(row);
    }
  }

  async end(summary: ReportSummary): Promise<void> {
    await writeFile(this.#path, await pdfBytes(this.#order, summary, this.#rows, this.#fonts));
  }

  async close(): Promise<void> {
    // The file is written at once.
  }
}

/** The same bytes for the same order: the dates in it are the order's own. */
async function pdfBytes(
  order: ReportOrder,
  summary: ReportSummary,
  rows: readonly EventRow[],
  fonts: PdfFonts,
): Promise<Buffer> {
  pdfmake.setFonts({ [FONT]: { normal: fonts.regular, bold: fonts.bold } });
  // Nothing that an event holds makes it open a file or an address.
  pdfmake.setLocalAccessPolicy((path) => path === fonts.regular || path === fonts.bold);
  pdfmake.setUrlAccessPolicy(() => false);
  const letters = new PdfLetters(await glyphs());
  return await pdfmake.createPdf(pagesOf(order, summary, rows, letters)).getBuffer();
}

/** Whether the font has a code point: asked of the font as a document opens it. */
async function glyphs(): Promise<(codePoint: number) => boolean> {
  const document = await pdfmake.createPdf({ content: [], defaultStyle: { font: FONT } }).getStream();
  const { font } = document.provideFont(FONT, false, false);
  return (codePoint) => font.hasGlyphForCodePoint(codePoint);
}

function pagesOf(
  order: ReportOrder,
  summary: ReportSummary,
  rows: readonly EventRow[],
  letters: PdfLetters,
): PdfDocument {
  const { definition, made } = order;
  const { columns, timeZone } = definition;
  // Before the summary, which counts what the font lacks.
  const label = letters.printed(definition.label);
  const events =
    rows.length === 0 ? [] : [eventTable(rows, shownColumns(columns, rows), timeZone, letters, PAGE_WIDTH)];
  return {
    info: {
      title: definition.title,
      subject: definition.subtitle,
      author: 'Trailbridge',
      creator: 'Trailbridge',
      creationDate: new Date(made.at),
    },
    displayTitle: true,
    pageSize: 'A4',
    pageOrientation: 'landscape',
    pageMargins: [MARGINS.left, MARGINS.top, MARGINS.right, MARGINS.bottom],
    defaultStyle: { font: FONT, fontSize: 8.5, color: COLOURS.text },
    header: (page) =>
      headerOf(definition.titlePage, page, { title: letters.printed(definition.title), label }),
    footer: (page, pages) => footerOf(order, page, pages),
    content: [
      ...(definition.titlePage ? [titlePage(order, letters)] : []),
      summaryOf(order, summary, rows.length, letters),
      ...events,
    ],
  };
}

/** Where no action is told in two events, there is no column for it: paper is narrow. */
function shownColumns(
  columns: readonly ReportColumnName[],
  rows: readonly EventRow[],
): readonly ReportColumnName[] {
  const others = columns.filter((column) => column !== 'course');
  return others.length === 0 || rows.some(({ course }) => course !== null) ? columns : others;
}

/** The label on every page; the title on those that have no large one. */
function headerOf(
  titlePage: boolean,
  page: number,
  { title, label }: { readonly title: string; readonly label: string },
): PdfContent {
  const firstOfEvents = titlePage ? 2 : 1;
  return {
    margin: [MARGINS.left, 20, MARGINS.right, 0],
    columns: [
      { text: page > firstOfEvents ? title : '', fontSize: 8, color: COLOURS.quiet },
      {
        text: label,
        width: 'auto',
        alignment: 'right',
        fontSize: 11,
        bold: true,
        color: COLOURS.label,
        characterSpacing: 1,
      },
    ],
  };
}

function footerOf({ definition, period }: ReportOrder, page: number, pages: number): PdfContent {
  return {
    margin: [MARGINS.left, 14, MARGINS.right, 0],
    fontSize: 7.5,
    color: COLOURS.quiet,
    columns: [
      { text: `Trailbridge audit archive · ${periodInWords(period, definition.timeZone)}` },
      { text: `Page ${number(page)} of ${number(pages)}`, alignment: 'right', width: 'auto' },
    ],
  };
}

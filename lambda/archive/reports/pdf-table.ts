/** The events of a report as a table on A4 pages. */
import type { ReportColumnName } from '../../../contract/report-attributes.ts';
import type { EventRow } from '../ocsf/action-course.ts';
import { cellText, changesOf, formerValue, headingOf, newValue } from './cell.ts';
import { columnWidths, fitted, fittedList, fontSizeFor } from './pdf-cell.ts';
import type { PdfContent, PdfLayout } from './pdf-document.ts';
import type { PdfLetters } from './pdf-letters.ts';
import { COLOURS } from './pdf-style.ts';
import { timeInWords } from './zoned-time.ts';

const PADDING = 3;
const CHANGE_SIGN = ' → ';

/** Lines between rows only, and the heading set off: rows to look at first are shaded. */
export function eventTableLayout(isShaded: (row: number) => boolean): PdfLayout {
  return {
    hLineWidth: (line) => (line === 0 ? 0 : 0.4),
    vLineWidth: () => 0,
    hLineColor: () => COLOURS.line,
    paddingLeft: () => PADDING,
    paddingRight: () => PADDING,
    paddingTop: () => 2.5,
    paddingBottom: () => 2.5,
    fillColor: (row) => {
      if (row === 0) {
        return COLOURS.heading;
      }
      return isShaded(row - 1) ? COLOURS.attention : null;
    },
  };
}

/**
 * @param available points between the page's margins
 */
export function eventTable(
  rows: readonly EventRow[],
  columns: readonly ReportColumnName[],
  timeZone: string,
  letters: PdfLetters,
  available: number,
): PdfContent {
  const fontSize = fontSizeFor(columns.length);
  const widths = columnWidths(columns, available - columns.length * 2 * PADDING);
  const heading: PdfContent[] = columns.map((column) => ({
    text: headingOf(column),
    bold: true,
    color: COLOURS.onHeading,
  }));
  const body = rows.map((row) =>
    columns.map((column, index) =>
      cellOf(row, column, { timeZone, letters, fontSize, width: widths[index] ?? 0 }),
    ),
  );
  return {
    table: { headerRows: 1, dontBreakRows: true, widths, body: [heading, ...body] },
    layout: eventTableLayout((row) => rows[row]?.attention !== null),
    fontSize,
    lineHeight: 0.88,
  };
}

interface CellPlace {
  readonly timeZone: string;
  readonly letters: PdfLetters;
  readonly fontSize: number;
  readonly width: number;
}

function cellOf(row: EventRow, column: ReportColumnName, place: CellPlace): PdfContent {
  const { timeZone, letters, width, fontSize } = place;
  if (column === 'changes') {
    return changesCell(row, place);
  }
  if (column === 'time') {
    const [day, time, offset] = timeInWords(row.time, timeZone).split(' ');
    return `${day}\n${time} ${offset}`;
  }
  const text = fitted(letters.printed(cellText(row, column, timeZone)), width, fontSize);
  return column === 'outcome' && text === 'Failure' ? { text, color: COLOURS.failure, bold: true } : text;
}

/** What it was and what it is now, each in a colour of its own; where they do not all fit, as plain text. */
function changesCell(row: EventRow, { letters, width, fontSize }: CellPlace): PdfContent {
  const changes = changesOf(row).map((change) => ({
    label: letters.printed(change.label),
    former: letters.printed(formerValue(change)),
    present: letters.printed(newValue(change)),
  }));
  const texts = changes.map(({ label, former, present }) => `${label}: ${former}${CHANGE_SIGN}${present}`);
  const shown = fittedList(texts, width, fontSize);
  if (shown.length !== texts.length || shown.some((text, index) => text !== texts[index])) {
    return { stack: shown };
  }
  return {
    stack: changes.map(({ label, former, present }) => ({
      text: [
        { text: `${label}: `, color: COLOURS.quiet },
        { text: former, color: COLOURS.former },
        { text: former === '' ? CHANGE_SIGN.trimStart() : CHANGE_SIGN },
        { text: present, bold: true, color: COLOURS.present },
      ],
    })),
  };
}

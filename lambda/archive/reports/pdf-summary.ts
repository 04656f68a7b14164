/** What stands on a report's pages before the events. */
import { SOURCE_NAMES } from '../../../contract/archive.ts';
import type { PdfContent, PdfNode } from './pdf-document.ts';
import type { PdfLetters } from './pdf-letters.ts';
import { COLOURS } from './pdf-style.ts';
import {
  CHANGES_NOT_KEPT,
  completenessInWords,
  excludedInWords,
  includedInWords,
  makingInWords,
  periodInWords,
  type ReportOrder,
  sourcesInWords,
} from './report-head.ts';
import type { Count, ReportSummary } from './summary.ts';

const MOST_COUNTS = 8;

/** The title page: what the report is, and nothing of what it found. */
export function titlePage(order: ReportOrder, letters: PdfLetters): PdfContent {
  const { title, subtitle } = order.definition;
  return {
    stack: [
      {
        text: letters.printed(title),
        fontSize: 34,
        bold: true,
        color: COLOURS.heading,
        margin: [0, 120, 0, 8],
      },
      { text: letters.printed(subtitle), fontSize: 17, color: COLOURS.quiet, margin: [0, 0, 0, 48] },
      factTable(order, letters),
    ],
    pageBreak: 'after',
  };
}

/**
 * Title, what is told of, and how many events of what there are.
 *
 * @param letters that have printed the events, so that it is known what the font lacks
 */
export function summaryOf(
  order: ReportOrder,
  summary: ReportSummary,
  shown: number,
  letters: PdfLetters,
): PdfContent {
  const { title, subtitle, titlePage } = order.definition;
  const subtitleLine: PdfNode = {
    text: letters.printed(subtitle),
    fontSize: 10.5,
    color: COLOURS.quiet,
    margin: [0, 1, 0, 0],
  };
  return [
    { text: letters.printed(title), fontSize: 17, bold: true, color: COLOURS.heading },
    ...(subtitle === '' ? [] : [subtitleLine]),
    ...(titlePage ? [] : [{ ...factTable(order, letters), margin: [0, 8, 0, 0] } satisfies PdfNode]),
    ...counts(summary, letters),
    ...notes(order, summary, shown, letters).map(
      (text): PdfContent => ({ text, margin: [0, 0, 0, 5], bold: true, color: COLOURS.former }),
    ),
  ];
}

function factTable(order: ReportOrder, letters: PdfLetters): PdfNode {
  const { definition, period } = order;
  const facts = [
    ['Time range', periodInWords(period, definition.timeZone)],
    ['Sources', sourcesInWords(definition)],
    ['Included', includedInWords(definition)],
    ['Excluded', excludedInWords(definition)],
    ['Collection', completenessInWords(order)],
    ['Made', makingInWords(order)],
  ];
  return {
    table: {
      widths: [70, '*'],
      body: facts.map(([name = '', value = '']) => [
        { text: name, color: COLOURS.quiet },
        { text: letters.printed(value) },
      ]),
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingLeft: () => 0,
      paddingTop: () => 1.5,
      paddingBottom: () => 1.5,
    },
  };
}

function counts(summary: ReportSummary, letters: PdfLetters): PdfContent[] {
  const { events, bySource, byOutcome, byEvent, attention } = summary;
  const table = (heading: string, counts: readonly Count[], nothing?: string) =>
    countTable(heading, counts, letters, nothing);
  const sources = bySource.map(([source, count]): Count => [SOURCE_NAMES[source], count]);
  return [
    {
      columns: [
        table('Events', [['In all', events], ...sources]),
        table('Outcome', byOutcome),
        table('Action', byEvent),
        table('Look at first', attention, 'nothing that stands out'),
      ],
      columnGap: 14,
      margin: [0, 10, 0, 10],
    },
  ];
}

function countTable(
  heading: string,
  counts: readonly Count[],
  letters: PdfLetters,
  nothing = 'none',
): PdfContent {
  const further = counts.slice(MOST_COUNTS).reduce((sum, [, count]) => sum + count, 0);
  const rows: readonly Count[] = [
    ...counts.slice(0, MOST_COUNTS),
    ...(further > 0 ? [[`${counts.length - MOST_COUNTS} others`, further] as const] : []),
  ];
  return {
    width: '*',
    table: {
      widths: ['*', 'auto'],
      body: [
        [{ text: heading, bold: true, colSpan: 2, color: COLOURS.heading }, ''],
        ...rows.map(([name, count]) => [
          { text: letters.printed(name) },
          { text: number(count), alignment: 'right' as const },
        ]),
        ...(rows.length === 0 ? [[{ text: nothing, color: COLOURS.quiet, colSpan: 2 }, '']] : []),
      ],
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingTop: () => 1.5,
      paddingBottom: () => 1.5,
      fillColor: () => COLOURS.panel,
    },
  };
}

function notes(
  order: ReportOrder,
  summary: ReportSummary,
  shown: number,
  { lacking }: PdfLetters,
): readonly string[] {
  const { columns } = order.definition;
  const { events, attention, unended, changesNotKept, damaged } = summary;
  return [
    ...(shown < events
      ? [
          `The first ${number(shown)} of ${number(events)} events are shown here; the CSV and JSON formats of this report hold all. ` +
            'The counts above are of all events.',
        ]
      : []),
    ...(damaged > 0 ? [damageInWords(damaged)] : []),
    ...(unended > 0 ? [unendedInWords(unended)] : []),
    ...(changesNotKept && columns.includes('changes') ? [CHANGES_NOT_KEPT] : []),
    ...(attention.length > 0 ? ['Shaded events are those to look at first.'] : []),
    ...(lacking > 0 ? [lackingInWords(lacking)] : []),
    ...(events === 0 ? ['There is no such event in this time range.'] : []),
  ];
}

export function damageInWords(damaged: number): string {
  return `Not complete: ${number(damaged)} ${damaged === 1 ? 'place' : 'places'} of the archive could not be read.`;
}

function lackingInWords(lacking: number): string {
  return lacking === 1
    ? 'One character that the font lacks is written by its number in Unicode, as \\u{…}.'
    : `${number(lacking)} characters that the font lacks are written by their numbers in Unicode, as \\u{…}.`;
}

function unendedInWords(unended: number): string {
  return unended === 1
    ? 'One action was begun, and no end of it is known.'
    : `${number(unended)} actions were begun, and no end of them is known.`;
}

/** @returns `10,000` */
export function number(count: number): string {
  return count.toLocaleString('en-US');
}

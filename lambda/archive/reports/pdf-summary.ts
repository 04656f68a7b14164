/** What stands on a report's pages before the events. */
import { SOURCE_NAMES } from '../../../contract/archive.ts';
import { printed } from './pdf-cell.ts';
import type { PdfContent, PdfNode } from './pdf-document.ts';
import { COLOURS } from './pdf-style.ts';
import {
  CHANGES_NOT_KEPT,
  completenessInWords,
  excludedInWords,
  includedInWords,
  periodInWords,
  type ReportOrder,
  sourcesInWords,
} from './report-head.ts';
import type { Count, ReportSummary } from './summary.ts';

const MOST_COUNTS = 8;

/** The title page: what the report is, and nothing of what it found. */
export function titlePage(order: ReportOrder): PdfContent {
  const { title, subtitle } = order.definition;
  return {
    stack: [
      { text: printed(title), fontSize: 34, bold: true, color: COLOURS.heading, margin: [0, 120, 0, 8] },
      { text: printed(subtitle), fontSize: 17, color: COLOURS.quiet, margin: [0, 0, 0, 48] },
      factTable(order),
    ],
    pageBreak: 'after',
  };
}

/** Title, what is told of, and how many events of what there are. */
export function summaryOf(order: ReportOrder, summary: ReportSummary, shown: number): PdfContent {
  const { title, subtitle, titlePage } = order.definition;
  const subtitleLine: PdfNode = {
    text: printed(subtitle),
    fontSize: 10.5,
    color: COLOURS.quiet,
    margin: [0, 1, 0, 0],
  };
  return [
    { text: printed(title), fontSize: 17, bold: true, color: COLOURS.heading },
    ...(subtitle === '' ? [] : [subtitleLine]),
    ...(titlePage ? [] : [{ ...factTable(order), margin: [0, 8, 0, 0] } satisfies PdfNode]),
    ...counts(summary),
    ...notes(order, summary, shown).map(
      (text): PdfContent => ({ text, margin: [0, 0, 0, 5], bold: true, color: COLOURS.former }),
    ),
  ];
}

function factTable(order: ReportOrder): PdfNode {
  const { definition, period } = order;
  const facts = [
    ['Time range', periodInWords(period, definition.timeZone)],
    ['Sources', sourcesInWords(definition)],
    ['Included', includedInWords(definition)],
    ['Excluded', excludedInWords(definition)],
    ['Collection', completenessInWords(order)],
  ];
  return {
    table: {
      widths: [70, '*'],
      body: facts.map(([name = '', value = '']) => [
        { text: name, color: COLOURS.quiet },
        { text: printed(value) },
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

function counts({ events, bySource, byOutcome, byEvent, attention }: ReportSummary): PdfContent[] {
  const sources = bySource.map(([source, count]): Count => [SOURCE_NAMES[source], count]);
  return [
    {
      columns: [
        countTable('Events', [['In all', events], ...sources]),
        countTable('Outcome', byOutcome),
        countTable('Action', byEvent),
        countTable('Look at first', attention, 'nothing that stands out'),
      ],
      columnGap: 14,
      margin: [0, 10, 0, 10],
    },
  ];
}

function countTable(heading: string, counts: readonly Count[], nothing = 'none'): PdfContent {
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
          { text: printed(name) },
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

function notes(order: ReportOrder, summary: ReportSummary, shown: number): readonly string[] {
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
    ...(events === 0 ? ['There is no such event in this time range.'] : []),
  ];
}

export function damageInWords(damaged: number): string {
  return `Not complete: ${number(damaged)} ${damaged === 1 ? 'place' : 'places'} of the archive could not be read.`;
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

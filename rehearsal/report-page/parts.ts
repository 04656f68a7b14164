/** Pieces that the sections share. */

import { type Child, html, type Markup, trusted } from '../../page/html.ts';
import { count } from './format.ts';

/** `good` and `bad` judge; `note` asks for a look; `idle` says that there was nothing to judge. */
export type Tone = 'good' | 'bad' | 'note' | 'idle';

const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M4.5 8.5l2.5 2.5 4.5-5.5',
  bad: 'M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6',
  note: 'M8 4.4v4.4M8 11.4v.2',
  idle: 'M5 8h6',
};

/** A sign whose shape, not only its colour, tells the tone. It stands beside words that say the same. */
export function sign(tone: Tone): Markup {
  return html`<svg class="sign ${tone}" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7.25"/><path d="${SHAPES[tone]}"/></svg>`;
}

/** A sign with its words. */
export function verdict(tone: Tone, words: Child): Markup {
  return html`<span class="verdict ${tone}">${sign(tone)}<span>${words}</span></span>`;
}

/** `id` is one of ours, not a report's. */
export function section(id: string, title: string, body: Child): Markup {
  return html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>`;
}

/** Items shown before the rest is folded away. */
const VISIBLE_ITEMS = 8;

/** A list of codes, names or sentences; a long one folds. */
export function list(items: readonly Child[], className = 'plain'): Markup {
  if (items.length === 0) return html``;
  const [visible, folded] = [items.slice(0, VISIBLE_ITEMS), items.slice(VISIBLE_ITEMS)];
  const listOf = (some: readonly Child[]) =>
    html`<ul class="${className}">${some.map((item) => html`<li>${item}</li>`)}</ul>`;
  return html`${listOf(visible)}${folded.length > 0 && fold(`${count(folded.length)} more`, listOf(folded))}`;
}

/** Folded away unless `open`; printing shows it in any case. */
export function fold(summary: Child, body: Child, open = false): Markup {
  return html`<details${open ? trusted(' open') : ''}><summary>${summary}</summary>${body}</details>`;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Child;
  /** Figures stand to the right. */
  readonly numeric?: boolean;
  /** Names and codes that must not be broken within. */
  readonly unbroken?: boolean;
}

/**
 * A table whose first column heads its rows. On a phone each row becomes a block with the columns' titles in
 * it; the roles are said aloud because browsers forget a table's own ones when it is laid out so.
 */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const style = (column: Column<Row>) => (column.numeric ? 'figure' : column.unbroken ? 'unbroken' : 'text');
  const bodyCell = (column: Column<Row>, index: number, row: Row) =>
    index === 0
      ? html`<th scope="row" role="rowheader">${column.cell(row)}</th>`
      : html`<td role="cell" class="${style(column)}" data-title="${column.title}"><div>${column.cell(row)}</div></td>`;
  return html`
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table role="table" class="stacking">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader" class="${style(column)}">${column.title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${columns.map((column, index) => bodyCell(column, index, row))}</tr>`)}</tbody>
</table></div>`;
}

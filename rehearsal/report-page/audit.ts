/** What was archived of the three vendors' audit logs, what was asked of it, and what was reported. */

import { html, type Markup } from '../../page/html.ts';
import type { AuditAnswer, RehearsalReport } from '../report.ts';
import { bytes, count, counted, sourceName } from './format.ts';
import { fold, list, section, table, verdict } from './parts.ts';

type Audit = RehearsalReport['audit'];

export function auditSection({ audit }: RehearsalReport): Markup {
  if (audit.sources.length === 0) return html``;
  return section(
    'audit',
    'Audit archive',
    html`<p class="intro">What the vendors hold, compared to the character with what the archive holds.</p>
${sources(audit)}
${audit.answers.length > 0 && html`<h3>Asked of it</h3>${audit.answers.map(answer)}`}
${audit.reports.length > 0 && html`<h3>Reports</h3>${reports(audit)}`}`,
  );
}

function sources({ sources: all }: Audit): Markup {
  return table(
    'Records by source',
    [
      { title: 'Source', cell: ({ source }) => sourceName(source) },
      { title: 'Held', numeric: true, cell: ({ held }) => count(held) },
      { title: 'Archived', numeric: true, cell: ({ archived }) => count(archived) },
      {
        title: 'Missing or twice',
        cell: ({ missing, surplus, sameIds }) =>
          verdict(missing + surplus + sameIds === 0 ? 'good' : 'bad', count(missing + surplus + sameIds)),
      },
      { title: 'Rows derived', numeric: true, cell: ({ derived }) => count(derived) },
      { title: 'Runs', numeric: true, cell: ({ runs }) => count(runs) },
      { title: 'Against', cell: ({ difficulties }) => difficulties.join(', ') || 'nothing' },
    ],
    all,
  );
}

/** The summary says how to find it oneself. */
function answer({ name, question, rows, first }: AuditAnswer): Markup {
  const summary = html`${question}? <span class="muted">${counted(rows, 'row')} · <code>audit query --saved ${name}</code></span>`;
  return fold(
    summary,
    answerTable(first.length < rows ? `The first ${count(first.length)}` : 'All of them', first),
  );
}

function answerTable(caption: string, rows: AuditAnswer['first']): Markup {
  // The archive's own id is long, and tells a reader nothing.
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'id');
  const told = names.filter((name) => rows.some((row) => textOf(row[name]) !== ''));
  return table<AuditAnswer['first'][number]>(
    caption,
    told.map((name) => ({
      title: name.replaceAll('_', ' '),
      cell: (row) => textOf(row[name]),
      numeric: rows.every((row) => typeof row[name] === 'number'),
    })),
    rows,
  );
}

const ISO_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\.\d{3}Z$/;

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value ?? '').replace(ISO_TIME, '$1 $2');
}

function reports({ reports: files, mail }: Audit): Markup {
  const links = files.map(
    ({ copy, key, bytes: size }) =>
      html`<a href="${copy}">${key}</a> <span class="muted">${bytes(size)}</span>`,
  );
  return html`${list(links)}
${mail !== null && html`<p>${verdict('good', `Mailed to ${mail.to.join(', ')} with these attached: “${mail.subject}”`)}</p>`}`;
}

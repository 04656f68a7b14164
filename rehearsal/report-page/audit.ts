/** What was archived of the three vendors' audit logs, what was asked of it, and what was reported. */

import { type Child, html, type Markup } from '../../page/html.ts';
import type { AuditAnswer, RehearsalReport } from '../report.ts';
import { bytes, count, counted, sourceName } from './format.ts';
import { list, section, table, verdict } from './parts.ts';

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

/** The rows say how they were found, so that one can find them oneself. */
function answer({ name, question, rows, first }: AuditAnswer): Markup {
  const shown = first.length < rows ? `, ${count(first.length)} shown` : '';
  return html`<p><strong>${question}?</strong> <span class="muted">${counted(rows, 'row')}${shown} · <code>audit query --saved ${name}</code></span></p>
${answerTable(question, first)}`;
}

function answerTable(question: string, rows: AuditAnswer['first']): Child {
  // The archive's own id is long, and tells a reader nothing.
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'id');
  const told = names.filter((name) => rows.some((row) => textOf(row[name]) !== ''));
  return table<AuditAnswer['first'][number]>(
    question,
    told.map((name) => ({ title: name.replaceAll('_', ' '), cell: (row) => textOf(row[name]) })),
    rows,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

function reports({ reports: files, mail }: Audit): Markup {
  const links = files.map(
    ({ copy, key, bytes: size }) =>
      html`<a href="${copy}">${key}</a> <span class="muted">${bytes(size)}</span>`,
  );
  return html`${list(links)}
${mail !== null && html`<p>${verdict('good', `Mailed to ${mail.to.join(', ')} with these attached: “${mail.subject}”`)}</p>`}`;
}
